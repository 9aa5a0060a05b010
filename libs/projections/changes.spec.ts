// What changed between two points where nothing was recorded on a track, and in what order what falls due at one moment is told.
import { describe, expect, it } from '@jest/globals';
import { crisisStream, trackStream } from '#crisis/event.js';
import type { Position, RecordedEvent, Revision } from '#event-store/port.js';
import { MemoryReadSide } from './testing/memory-read-side.js';

const CRISIS = 'crisis';
const reports = [{ source: 'tass' }];

const REGISTERS = [
  told(3, undefined, { type: 'CrisisOpened', content: { title: 'A crisis' } }),
  told(3, undefined, { type: 'ActorRegistered', id: 'russia', content: { name: 'Russia', kind: 'state' } }),
  told(3, undefined, { type: 'SourceRegistered', id: 'tass', content: { name: 'TASS', reliability: 'C' } }),
  told(3, 'talks', { type: 'TrackOpened', content: { title: 'Talks', parties: ['russia'] } }),
  told(3, 'council', { type: 'TrackOpened', content: { title: 'Council', parties: ['russia'] } }),
];

describe('changes', () => {
  it('follow from a grade alone, where reliability is asked for', () => {
    const said = { type: 'StatementMade', id: 'said', occurredAt: '2022-01-10', summary: 'It speaks.', speaker: 'russia', reports };
    const later = { ...said, id: 'later', occurredAt: '2022-01-20' };
    const readSide = readSideOf(
      told(10, 'talks', said),
      told(12, undefined, { type: 'SourceRegraded', id: 'tass', content: { reliability: 'E' } }),
      told(20, 'council', later),
    );
    const { tracks } = between(readSide, 11, 15, { minReliability: 'C' });
    expect(tracks.map(({ id }: any) => id)).toEqual(['talks']);
    expect(tracks[0].moved).toContainEqual({
      field: 'latestStatements',
      of: 'russia',
      from: expect.objectContaining({ development: 'said' }),
      to: null,
      wasBecause: 'said',
    });
    expect(between(readSide, 11, 15, {}).tracks).toEqual([]);
  });

  it('follow from a new name alone, recorded between the two points', () => {
    const readSide = readSideOf(
      told(12, 'talks', { type: 'TrackOpened', entry: 2, content: { title: 'Talks in Geneva', parties: ['russia'] } }),
    );
    const { tracks } = between(readSide, 11, 15, {});
    expect(tracks).toEqual([{ id: 'talks', title: 'Talks in Geneva', moved: [{ field: 'title', from: 'Talks', to: 'Talks in Geneva' }] }]);
    expect(between(readSide, 13, 15, {}).tracks).toEqual([]);
  });

  it('tell what falls due at one moment by the names of the tracks, whichever was opened first', () => {
    const announced = { type: 'MeetingAnnounced', occurredAt: '2022-01-10', summary: 'They meet.', participants: ['russia'], reports };
    const readSide = readSideOf(
      told(10, 'talks', { ...announced, id: 'b', scheduledFor: '2022-01-15' }),
      told(10, 'talks', { ...announced, id: 'a', scheduledFor: '2022-01-15' }),
      told(10, 'council', { ...announced, id: 'c', scheduledFor: '2022-01-15' }),
      told(10, 'council', { ...announced, id: 'd', scheduledFor: '2022-01-14' }),
    );
    const { fellDue } = between(readSide, 11, 20, {});
    expect(fellDue.map(({ track, announcement }: any) => `${track}/${announcement}`)).toEqual([
      'council/d',
      'council/c',
      'talks/a',
      'talks/b',
    ]);
  });
});

interface Told {
  readonly day: number;
  readonly track: string | undefined;
  readonly data: { readonly type: string; readonly [field: string]: unknown };
}

/** @param day of January 2022 on which it is recorded */
function told(day: number, track: string | undefined, data: Told['data']): Told {
  return { day, track, data };
}

function between(readSide: MemoryReadSide, from: number, to: number, counting: object): any {
  const [before, after] = [momentOf(from), momentOf(to)];
  const points = { asOf: after, knownAt: after, now: after, from: before, fromKnownAt: before };
  return readSide.ask('changes', { crisis: CRISIS, ...points, limit: 20, ...counting });
}

function readSideOf(...history: readonly Told[]): MemoryReadSide {
  const revisions = new Map<string, number>();
  return new MemoryReadSide(
    [...REGISTERS, ...history].map(({ day, track, data }, index): RecordedEvent => {
      const stream = track === undefined ? crisisStream(CRISIS) : trackStream(CRISIS, track);
      const revision = (revisions.get(stream) ?? -1) + 1;
      revisions.set(stream, revision);
      const metadata = { recordedAt: new Date(momentOf(day)).toISOString(), recordedBy: 'desk', schemaVersion: 1, digest: 'digest' };
      return {
        id: `event-${index}`,
        type: data.type,
        data: JSON.stringify({ crisis: CRISIS, track, entry: 1, ...data }),
        metadata: JSON.stringify(metadata),
        stream,
        revision: BigInt(revision) as Revision,
        position: BigInt(index + 1) as Position,
      };
    }),
  );
}

function momentOf(day: number): number {
  return Date.UTC(2022, 0, day, 12);
}
