// One development, and what is seen of it at different points.
import { describe, expect, it } from '@jest/globals';
import { crisisStream, trackStream } from '#crisis/event.js';
import type { Position, RecordedEvent, Revision } from '#event-store/port.js';
import { MemoryReadSide } from './testing/memory-read-side.js';
import { PROJECTION_VERSION } from './version.js';

const NOW = Date.parse('2022-03-01T00:00:00Z');
const CRISIS = 'crisis';
const TRACK = 'talks';

const REGISTERS = [
  ['CrisisOpened', undefined, { title: 'A crisis' }],
  ['ActorRegistered', 'russia', { name: 'Russia', kind: 'state' }],
  ['SourceRegistered', 'tass', { name: 'TASS', reliability: 'C' }],
  ['SourceRegistered', 'dw', { name: 'DW', reliability: 'B' }],
] as const;

describe('a development', () => {
  it('has every version with the event that made it, and what it is now', () => {
    const readSide = readSideOf(
      statement('said', { day: 10 }),
      about('DevelopmentCorrected', 'said', { day: 11, changes: { summary: 'Otherwise.' }, reason: 'translation', note: 'A word.' }),
      about('ReportAdded', 'said', { day: 12, id: 'r2', report: { source: 'dw' }, stance: 'corroborates' }),
      about('DevelopmentRetracted', 'said', { day: 13, reason: 'duplicate' }),
    );
    const { development } = ask(readSide, 'said');
    expect(development).toMatchObject({
      id: 'said',
      summary: 'Otherwise.',
      retracted: true,
      corrected: true,
      verification: 'retracted',
      sets: [],
    });
    expect(development.recordedAt).toBe('2022-01-10T12:00:00.000Z');
    expect(development.reports).toEqual([
      { id: 'tass', source: 'tass', stance: 'corroborates' },
      { id: 'r2', source: 'dw', stance: 'corroborates' },
    ]);
    expect(development.versions).toMatchObject([
      { by: 'StatementMade', recordedAt: '2022-01-10T12:00:00.000Z', content: { summary: 'Something.' } },
      {
        by: 'DevelopmentCorrected',
        reason: 'translation',
        note: 'A word.',
        changes: { summary: 'Otherwise.' },
        content: { summary: 'Otherwise.' },
      },
      { by: 'ReportAdded', report: { source: 'dw' }, stance: 'corroborates' },
      { by: 'DevelopmentRetracted', reason: 'duplicate' },
    ]);
    const then = ask(readSide, 'said', { knownAt: Date.parse('2022-01-12T00:00:00Z') }).development;
    expect(then).toMatchObject({ summary: 'Otherwise.', verification: 'single-source' });
    expect(then).not.toHaveProperty('retracted');
    expect(then.versions).toHaveLength(2);
  });

  it('names what took the place of what it set, by the end of the time that is asked for', () => {
    const readSide = readSideOf(
      statement('first', { day: 10 }),
      statement('third', { day: 12, occurredAt: '2022-01-12' }),
      statement('second', { day: 13, occurredAt: '2022-01-11' }),
    );
    const replacedBy = (id: string, asOf?: number): unknown =>
      ask(readSide, id, asOf === undefined ? {} : { asOf }).development.sets[0].replacedBy;
    expect(['first', 'second', 'third'].map((id) => replacedBy(id))).toEqual(['second', 'third', undefined]);
    expect(replacedBy('first', Date.parse('2022-01-10T23:00:00Z'))).toBeUndefined();
    expect(ask(readSide, 'first').development.sets).toMatchObject([{ slot: 'statement', key: 'russia', value: { speaker: 'russia' } }]);
  });

  it('says which of its references dangle', () => {
    const readSide = readSideOf(
      statement('first', { day: 10 }),
      statement('second', { day: 11, relatesTo: [{ development: 'first', relation: 'follows' }] }),
      about('DevelopmentRetracted', 'first', { day: 12, reason: 'duplicate' }),
    );
    expect(ask(readSide, 'second').development.dangling).toEqual(['/relatesTo/0/development']);
    expect(ask(readSide, 'second', { knownAt: Date.parse('2022-01-11T13:00:00Z') }).development).not.toHaveProperty('dangling');
  });

  it('without any source that supports it says so', () => {
    const readSide = readSideOf(statement('said', { day: 10 }));
    expect(ask(readSide, 'said', { excludeSource: ['tass'] }).development).toMatchObject({ unsupported: true, reports: [], sets: [] });
  });
});

describe('a source that nobody has registered', () => {
  const readSide = readSideOf(statement('said', { day: 10 }));

  it('cannot be left out: nobody is answered as if it had been', () => {
    const asked = { crisis: CRISIS, now: NOW, excludeSource: ['tass', 'tas'] };
    const refusal = expect.objectContaining({ kind: 'not-found', code: 'unknown-source', detail: expect.stringContaining('"tas"') });
    for (const question of ['crisis', 'tracks'] as const)
      expect(() => readSide.ask(question, asked)).toThrow(expect.objectContaining({ refusal }));
    expect(() => readSide.lines('replay', { ...asked, until: NOW, by: 'occurred' })).toThrow(expect.objectContaining({ refusal }));
  });

  it('is left out of all crises, and of what was cited', () => {
    expect(readSide.ask('crises', { now: NOW, excludeSource: ['tas'] }).crises).toMatchObject([{ developments: 1 }]);
    const cited = { asOf: NOW, knownAt: NOW, position: 1n, projection: PROJECTION_VERSION, log: 'store' };
    expect(readSide.ask('tracks', { crisis: CRISIS, now: NOW, excludeSource: ['tas'], ...cited }).tracks).toHaveLength(1);
  });
});

describe('a promise', () => {
  it('is open again once the answer that had closed it is retracted, even if the promise was recorded after its answer', () => {
    const readSide = readSideOf(
      event('ProposalTabled', { id: 'draft', day: 10, by: 'russia', to: ['west'], title: 'A draft' }),
      event('ResponseDelivered', { id: 'answer', day: 12, by: 'west', to: 'russia', proposal: 'draft', form: 'written' }),
      event('ResponsePromised', {
        id: 'promise',
        day: 13,
        occurredAt: '2022-01-11',
        by: 'west',
        to: 'russia',
        proposal: 'draft',
        undertaking: 'An answer',
      }),
      about('DevelopmentRetracted', 'answer', { day: 14, reason: 'factual-error' }),
    );
    const open = (knownAt: string): string[] =>
      readSide
        .ask('track', { crisis: CRISIS, track: TRACK, now: NOW, knownAt: Date.parse(knownAt) })
        .track.openCommitments.map(({ promise }: any) => promise);
    expect(open('2022-01-13T23:00:00Z')).toEqual([]);
    expect(open('2022-01-14T23:00:00Z')).toEqual(['promise']);
  });
});

describe('what was closed', () => {
  const by = { source: 'dw' };
  const readSide = readSideOf(
    event('ProposalTabled', { id: 'draft', day: 10, by: 'russia', to: ['west'], title: 'A draft' }),
    event('ResponsePromised', { id: 'promise', day: 10, by: 'west', to: 'russia', proposal: 'draft', undertaking: 'An answer' }),
    event('MeetingAnnounced', { id: 'round', day: 10, scheduledFor: '2022-01-20', participants: ['russia', 'west'] }),
    event('ResponseDelivered', { id: 'answer', day: 12, by: 'west', to: 'russia', proposal: 'draft', form: 'written', reports: [by] }),
    event('MeetingHeld', { id: 'held', day: 13, participants: ['russia', 'west'], announcement: 'round', reports: [by] }),
  );
  const state = (more: object = {}): any =>
    readSide.ask('track', { crisis: CRISIS, track: TRACK, now: NOW, asOf: Date.parse('2022-01-14'), ...more }).track;

  it('by all that is reported', () => {
    expect(state()).toMatchObject({ openCommitments: [], openProposals: [], nextMeeting: null, developments: 5, meetingsHeld: 1 });
  });

  it.each([{ excludeSource: ['tass'] }, { minReliability: 'B' as const }])(
    'is nowhere without whoever reported that it was opened: %j',
    (filter) => {
      expect(state(filter)).toMatchObject({ openCommitments: [], openProposals: [], nextMeeting: null, developments: 2, meetingsHeld: 1 });
    },
  );

  it('is open without the one source that reported how it was closed', () => {
    const without = state({ excludeSource: ['dw'] });
    expect(without.openCommitments).toMatchObject([{ promise: 'promise', state: 'open' }]);
    expect(without.openProposals).toMatchObject([{ proposal: 'draft' }]);
    expect(without.nextMeeting).toMatchObject({ announcement: 'round' });
    expect(without).toMatchObject({ developments: 3, meetingsHeld: 0, whoseMove: ['west'], status: 'awaiting-response' });
  });
});

describe('a timeline', () => {
  const readSide = readSideOf(
    statement('first', { day: 10, summary: 'The talks in Genève begin.', about: ['forces'], place: { name: 'Geneva' } }),
    statement('second', { day: 11, summary: 'They end.', reports: [{ source: 'dw', quote: 'a dead end' }] }),
    event('TrackSuspended', { id: 'third', day: 12 }),
    about('DevelopmentRetracted', 'second', { day: 13, reason: 'duplicate' }),
  );
  const found = (filter: object, more: object = {}): string[] =>
    readSide
      .ask('timeline', { crisis: CRISIS, now: NOW, order: 'oldest', limit: 50, filter, ...more })
      .developments.map(({ id }: any) => id);

  it.each([
    [{}, ['first', 'third']],
    [{ type: ['StatementMade'] }, ['first']],
    [{ actor: ['russia'] }, ['first']],
    [{ actor: ['nobody'] }, []],
    [{ issue: ['forces'] }, ['first']],
    [{ source: ['tass', 'dw'] }, ['first', 'third']],
    [{ track: ['talks'], type: ['TrackSuspended', 'StatementMade'] }, ['first', 'third']],
    [{ track: ['council'] }, []],
    [{ from: Date.parse('2022-01-11'), to: Date.parse('2022-01-12') }, ['third']],
    [{ verification: ['retracted'] }, ['second']],
    [{ verification: ['retracted', 'single-source'] }, ['first', 'second', 'third']],
    [{ q: 'geneve talks' }, ['first']],
    [{ q: 'Geneva' }, ['first']],
    [{ q: 'Russia begin' }, ['first']],
    [{ q: 'end' }, []],
    [{ q: '"; drop table' }, []],
  ])('filtered by %j has %j', (filter, ids) => {
    expect(found(filter)).toEqual(ids);
  });

  it('shows of what is retracted only what a report still supports, as the state counts it', () => {
    const without = readSideOf(
      statement('said', { day: 10 }),
      about('DevelopmentRetracted', 'said', { day: 11, reason: 'duplicate' }),
      about('ReportWithdrawn', 'said', { day: 12, report: 'tass' }),
    );
    const shown = (knownAt?: number): [number, number] => {
      const point = { crisis: CRISIS, now: NOW, ...(knownAt === undefined ? {} : { knownAt }) };
      const { developments } = without.ask('timeline', { ...point, filter: { verification: ['retracted'] }, order: 'oldest', limit: 5 });
      return [developments.length, without.ask('track', { ...point, track: TRACK }).track.verification.retracted];
    };
    expect(shown(Date.parse('2022-01-12T00:00:00Z'))).toEqual([1, 1]);
    expect(shown()).toEqual([0, 0]);
  });

  it('finds words as they were known', () => {
    expect(found({ q: 'dead' }, { knownAt: Date.parse('2022-01-12T00:00:00Z') })).toEqual(['second']);
  });
});

it.each([
  { parts: [0, 0, 0, 0, 9e15, 0, 1] },
  { parts: [0, 0, 0, 0, 0, -9e15, 1] },
  { parts: [0, 0, 0, 0, 0, 0, -1] },
  { parts: [0, 0, 0, 0, 0, 0, 0.5] },
  { parts: [0, 0, 0, 0, 0, 0] },
  { parts: [-1, 0, 0, 1], q: 'word' },
  { parts: [0, 9e15, 0, 1], q: 'word' },
  { parts: [0, 0, 0, -1], q: 'word' },
])('a cursor that nobody was given is refused: %j', ({ parts, q }: { parts: number[]; q?: string }) => {
  const readSide = readSideOf(statement('said', { day: 10 }));
  const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url');
  const filter = q === undefined ? {} : { q };
  const ask = (): any => readSide.ask('timeline', { crisis: CRISIS, now: NOW, filter, order: 'newest', limit: 1, cursor });
  expect(ask).toThrow(expect.objectContaining({ refusal: expect.objectContaining({ kind: 'invalid', code: 'invalid-cursor' }) }));
});

interface Told {
  readonly type: string;
  readonly data: Record<string, unknown>;
  /** Of January 2022; recorded at noon. */
  readonly day: number;
}

function event(type: string, { day, ...fields }: { id: string; day: number } & Record<string, unknown>): Told {
  const envelope = { occurredAt: `2022-01-${day}`, summary: 'Something.', reports: [{ source: 'tass' }] };
  return { type, day, data: { type, crisis: CRISIS, track: TRACK, ...envelope, ...fields } };
}

function statement(id: string, fields: { day: number } & Record<string, unknown>): Told {
  return event('StatementMade', { id, speaker: 'russia', ...fields });
}

function about(type: string, development: string, { day, ...fields }: { day: number } & Record<string, unknown>): Told {
  return { type, day, data: { type, crisis: CRISIS, track: TRACK, id: `${development}-${type.toLowerCase()}`, development, ...fields } };
}

function readSideOf(...told: readonly Told[]): MemoryReadSide {
  const registers = REGISTERS.map(([type, id, content]): [string, Told] => [
    crisisStream(CRISIS),
    { type, day: 10, data: { type, crisis: CRISIS, id, entry: 1, content } },
  ]);
  const opened = { type: 'TrackOpened', crisis: CRISIS, track: TRACK, entry: 1, content: { title: 'Talks', parties: ['russia', 'west'] } };
  const all = [
    ...registers,
    ...[{ type: 'TrackOpened', day: 10, data: opened }, ...told].map((each): [string, Told] => [trackStream(CRISIS, TRACK), each]),
  ];
  return new MemoryReadSide(
    all.map(([stream, { type, data, day }], index): RecordedEvent => ({
      id: 'id',
      type,
      data: JSON.stringify(data),
      metadata: JSON.stringify({ recordedAt: `2022-01-${day}T12:00:00.000Z`, recordedBy: 'desk', schemaVersion: 1, digest: 'd' }),
      stream,
      revision: BigInt(index) as Revision,
      position: BigInt(index + 1) as Position,
    })),
  );
}

function ask(readSide: MemoryReadSide, id: string, point: object = {}): any {
  return readSide.ask('development', { crisis: CRISIS, track: TRACK, id, now: NOW, ...point });
}
