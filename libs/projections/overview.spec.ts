// Overviews of crises, and single developments, equal a naive fold of the log at every point.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crisisStream } from '#crisis/event.js';
import { formatMoment } from '#crisis/time.js';
import type { Position, RecordedEvent, Revision } from '#event-store/port.js';
import { ReadRefused } from './read-side.js';
import { ACTORS, BEGIN, CRISES, DAY, histories, ISSUES, SOURCES, TRACKS } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { naiveCrises, naiveCrisis, naiveDevelopment } from './testing/naive-lists.js';
import { pointIn, points } from './testing/points.js';

/** A further entry of a register, or a closure. */
interface Entry {
  /** Where in the history, percent. */
  readonly at: number;
  /** ms after the beginning */
  readonly recorded: number;
  readonly crisis: string;
  readonly entry: readonly [type: string, id: string | undefined, content: object];
}

const entries: fc.Arbitrary<Entry[]> = fc.array(
  fc.record({
    at: fc.nat({ max: 100 }),
    recorded: fc.integer({ min: 0, max: 40 * DAY }),
    crisis: fc.constantFrom(...CRISES),
    entry: fc.constantFrom<readonly [string, string | undefined, object]>(
      ['CrisisOpened', undefined, { title: 'Another title' }],
      ['CrisisClosed', undefined, { note: 'It is over' }],
      ['CrisisClosed', undefined, {}],
      ['ActorRegistered', ACTORS[0], { name: 'Another name', kind: 'state', memberOf: ['nato'] }],
      ['ActorRegistered', 'late-comer', { name: 'Came late', kind: 'person' }],
      ['IssueRaised', ISSUES[0], { title: 'Another title' }],
      ['IssueRaised', 'late-issue', { title: 'Raised late' }],
      ['SourceRegistered', SOURCES[0], { name: 'Another name', reliability: 'D' }],
      ['SourceRegistered', 'late-source', { name: 'Found late', reliability: 'A' }],
      ['SourceRegraded', SOURCES[1], { reliability: 'F' }],
    ),
  }),
  { maxLength: 8 },
);

/** The same history with further entries in it. */
function withEntries(events: readonly RecordedEvent[], more: readonly Entry[]): RecordedEvent[] {
  const all = [...events];
  for (const { at, recorded, crisis, entry } of more) {
    const [type, id, content] = entry;
    const stream = crisisStream(crisis);
    const after = all.findIndex((event) => event.stream === stream);
    const index = Math.max(after + 1, Math.ceil((all.length * at) / 100));
    const metadata = { ...JSON.parse(all[0]!.metadata), recordedAt: formatMoment(BEGIN + recorded) };
    const data = { type, crisis, id, entry: 1, content };
    all.splice(index, 0, { ...all[0]!, type, stream, data: JSON.stringify(data), metadata: JSON.stringify(metadata) });
  }
  const revisions = new Map<string, number>();
  return all.map((event, index) => {
    const revision = (revisions.get(event.stream) ?? -1) + 1;
    revisions.set(event.stream, revision);
    return { ...event, revision: BigInt(revision) as Revision, position: BigInt(2 * index + 1) as Position };
  });
}

describe('an overview', () => {
  it('of one crisis, and of all, equals a naive fold of the log', () => {
    fc.assert(
      fc.property(histories(), entries, points, (history, more, drawn) => {
        const events = withEntries(history, more);
        using readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          for (const crisis of CRISES)
            expect(readSide.ask('crisis', { ...point, crisis }).crisis).toEqual(naiveCrisis(fold, crisis, point));
          expect(readSide.ask('crises', point).crises).toEqual(naiveCrises(fold, CRISES, point));
        }
      }),
      { numRuns: 120, endOnFailure: true },
    );
  });
});

describe('the page of a development', () => {
  it('equals a naive fold of the log', () => {
    fc.assert(
      fc.property(histories({ minLength: 10 }), points, (events, drawn) => {
        using readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        const told = events
          .map(({ data }) => JSON.parse(data))
          .filter(({ summary, crisis }) => summary !== undefined && crisis === 'alpha');
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          for (const { track, id } of told) {
            const expected = naiveDevelopment(fold, 'alpha', { track, id }, point);
            const ask = (): any => readSide.ask('development', { crisis: 'alpha', ...point, track, id }).development;
            if (expected === undefined) expect(ask).toThrow(ReadRefused);
            else expect(ask()).toEqual(expected);
          }
        }
        expect(TRACKS).toEqual(expect.arrayContaining(told.map(({ track }) => track)));
      }),
      { numRuns: 25 },
    );
  });
});
