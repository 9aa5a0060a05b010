import { describe, expect, it } from '@jest/globals';
import { record, standing } from './testing/factories.js';
import {
  corrected,
  evolveStanding,
  firstStanding,
  isVisible,
  reportIds,
  reportsWith,
  restoredStanding,
  verificationOf,
  type SourceFilter,
  type Standing,
} from './standing.js';
import { parseOccurrence } from './time.js';
import type { Report } from './vocabulary/envelope.js';
import type { RecordEvent } from './vocabulary/types.js';

const withReports = (...reports: object[]): Standing => standing('MeetingHeld', 'd', { reports });
const after = (first: Standing, ...events: RecordEvent[]): Standing => events.reduce((each, event) => evolveStanding(each, event), first);
const added = (id: string, report: object, stance = 'corroborates') => record('ReportAdded', { id, report, stance });
const withdrawn = (report: string) => record('ReportWithdrawn', { report });
const ids = ({ reports }: Standing): string[] => reports.map(({ id }) => id);
const RELIABILITY = { reuters: 'A', tass: 'C', telegram: 'E', anonymous: 'F' } as const;
const filter = (exclude: string[], minReliability?: SourceFilter['minReliability']): SourceFilter => ({
  exclude,
  minReliability,
  reliabilityOf: (source) => RELIABILITY[source as keyof typeof RELIABILITY],
});

describe('the ids of reports', () => {
  it.each([
    [[{ source: 'tass' }], ['tass']],
    [
      [{ source: 'tass' }, { source: 'tass' }, { source: 'dw' }, { source: 'tass' }],
      ['tass', 'tass-2', 'dw', 'tass-3'],
    ],
    [
      [{ source: 'tass', id: 'own' }, { source: 'tass' }],
      ['own', 'tass'],
    ],
    [
      [{ source: 'tass' }, { source: 'dw', id: 'tass' }],
      ['tass-2', 'tass'],
    ],
    [
      [{ source: 'tass' }, { source: 'tass' }, { source: 'tass-2' }],
      ['tass', 'tass-2', 'tass-2-2'],
    ],
  ])('of %j are %j', (reports, expected) => {
    expect(reportIds(reports as Report[])).toEqual(expected);
  });
});

describe('a correction', () => {
  const first = standing('MeetingHeld', 'd', { durationMinutes: 60, sequence: 2, place: { name: 'Geneva' } }, {}, 7n);

  it('merges its changes and counts from then on', () => {
    const { content } = after(
      first,
      record('DevelopmentCorrected', { changes: { durationMinutes: null, outcome: 'progress', place: { point: null } } }),
    );
    expect(content).toMatchObject({ outcome: 'progress', place: { name: 'Geneva' } });
    expect(content).not.toHaveProperty('durationMinutes');
  });

  it('moves a development in time, but it keeps its first position', () => {
    const moved = after(first, record('DevelopmentCorrected', { changes: { occurredAt: '2022-01', sequence: null } }));
    expect(moved.order).toEqual({ ...parseOccurrence('2022-01'), sequence: 0, position: 7n });
  });

  it('cannot make another development of it', () => {
    const changes = { id: 'x', type: 'TrackConcluded', crisis: 'x', track: 'x' };
    expect(corrected(first.content, changes)).toEqual(first.content);
  });

  it('replaces the original reports, and leaves the added and the withdrawn ones alone', () => {
    const before = after(withReports({ source: 'tass' }, { source: 'dw' }), added('later', { source: 'reuters' }), withdrawn('dw'));
    const corrected = after(before, record('DevelopmentCorrected', { changes: { reports: [{ source: 'haaretz' }, { source: 'dw' }] } }));
    expect(ids(corrected)).toEqual(['haaretz', 'later']);
  });

  it('brings its own findings about who speaks for whom', () => {
    const spoken = firstStanding(standing('StatementMade', 'd').content, { onBehalfOf: 'russia' }, 1n);
    const event = record('DevelopmentCorrected', { changes: { speaker: 'ned-price' } });
    expect(evolveStanding(spoken, event, { onBehalfOf: 'united-states' }).resolved).toEqual({ onBehalfOf: 'united-states' });
    expect(evolveStanding(spoken, event).resolved).toEqual({});
  });

  it('leaves a retracted development retracted', () => {
    expect(after(first, record('DevelopmentRetracted'), record('DevelopmentCorrected', { changes: {} })).retracted).toBe(true);
  });
});

describe('a retraction', () => {
  it('takes a development out of sight until it is reinstated', () => {
    const first = standing('MeetingHeld', 'd');
    const retracted = after(first, record('DevelopmentRetracted'));
    expect([isVisible(first), isVisible(retracted)]).toEqual([true, false]);
    expect(verificationOf(retracted)).toBe('retracted');
    expect(after(retracted, record('DevelopmentReinstated'))).toEqual(first);
  });
});

describe('reports', () => {
  it('are the original ones, then the added ones, less the withdrawn ones', () => {
    const reported = after(withReports({ source: 'tass' }, { source: 'tass' }), added('second', { source: 'dw' }), withdrawn('tass'));
    expect(ids(reported)).toEqual(['tass-2', 'second']);
    expect(ids(after(reported, withdrawn('second')))).toEqual(['tass-2']);
  });

  it('all withdrawn take their development out of sight, and a new one brings it back', () => {
    const none = after(withReports({ source: 'tass' }), withdrawn('tass'));
    expect(isVisible(none)).toBe(false);
    expect(isVisible(after(none, added('again', { source: 'dw' })))).toBe(true);
  });

  it('that dispute keep nothing in sight', () => {
    expect(isVisible(after(withReports({ source: 'tass' }), added('no', { source: 'dw' }, 'disputes'), withdrawn('tass')))).toBe(false);
  });
});

describe('a filter of sources', () => {
  const seen = (reports: object[], by: SourceFilter): string[] => reportsWith(withReports(...reports), by).map(({ id }) => id);

  it('takes out the reports that are an excluded source’s own, or quote it', () => {
    const reports = [{ source: 'tass' }, { source: 'dw', origin: 'tass' }, { source: 'dw', origin: 'reuters' }, { source: 'reuters' }];
    expect(seen(reports, filter(['tass']))).toEqual(['dw-2', 'reuters']);
    expect(seen(reports, filter(['dw']))).toEqual(['tass', 'reuters']);
    expect(seen(reports, filter([]))).toEqual(['tass', 'dw', 'dw-2', 'reuters']);
  });

  it('asks for the grade of a report’s own source, not of its origin', () => {
    const reports = [{ source: 'reuters', origin: 'telegram' }, { source: 'telegram', origin: 'reuters' }, { source: 'tass' }];
    expect(seen(reports, filter([], 'C'))).toEqual(['reuters', 'tass']);
    expect(seen(reports, filter([], 'B'))).toEqual(['reuters']);
  });

  it('leaves out whom nobody can judge, and whom nobody knows', () => {
    expect(seen([{ source: 'anonymous' }, { source: 'nobody' }, { source: 'telegram' }], filter([], 'E'))).toEqual(['telegram']);
  });

  it('takes a development out with its last supporting report', () => {
    const disputed = after(withReports({ source: 'tass' }), added('no', { source: 'reuters' }, 'disputes'));
    expect([isVisible(disputed), isVisible(disputed, filter(['tass'])), isVisible(disputed, filter(['reuters']))]).toEqual([
      true,
      false,
      true,
    ]);
    expect(verificationOf(disputed, filter(['reuters']))).toBe('single-source');
  });
});

describe('verification', () => {
  it.each([
    ['single-source', [{ source: 'tass' }]],
    ['single-source', [{ source: 'tass' }, { source: 'tass' }]],
    ['single-source', [{ source: 'tass' }, { source: 'dw', origin: 'tass' }]],
    [
      'single-source',
      [
        { source: 'dw', origin: 'tass' },
        { source: 'reuters', origin: 'tass' },
      ],
    ],
    ['corroborated', [{ source: 'tass' }, { source: 'dw' }]],
    ['corroborated', [{ source: 'tass' }, { source: 'tass', origin: 'dw' }]],
  ])('is %s for %j', (verification, reports) => {
    expect(verificationOf(withReports(...reports))).toBe(verification);
  });

  it('is disputed by a single dispute, until that is withdrawn', () => {
    const disputed = after(withReports({ source: 'tass' }, { source: 'dw' }), added('no', { source: 'reuters' }, 'disputes'));
    expect(verificationOf(disputed)).toBe('disputed');
    expect(verificationOf(after(disputed, withdrawn('no')))).toBe('corroborated');
    expect(verificationOf(after(disputed, record('DevelopmentRetracted')))).toBe('retracted');
  });
});

describe('a standing that was kept', () => {
  it('is the same when it is restored', () => {
    const kept = after(
      withReports({ source: 'tass' }, { source: 'dw' }),
      added('later', { source: 'reuters' }, 'disputes'),
      withdrawn('dw'),
      record('DevelopmentCorrected', { changes: { occurredAt: '2022-02' } }),
      record('DevelopmentRetracted'),
    );
    expect(restoredStanding(kept, kept.order.position)).toEqual(kept);
  });
});
