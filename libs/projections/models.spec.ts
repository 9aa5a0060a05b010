// The read models over all tracks of a crisis equal a naive fold of the log at every point; what is settled never changes.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COMMITMENT_FILTERS } from '#crisis/commitments.js';
import { MEETING_STATES } from '#crisis/meetings.js';
import type { Question, Questions } from './read-side.js';
import { ACTORS, CRISES, DAY, histories, ISSUES, TRACKS } from './testing/history.js';
import { answered, MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { naiveActors, naiveChanges, naiveCommitments, naiveMeetings, naivePositions, naiveTension } from './testing/naive-models.js';
import { pointIn, points } from './testing/points.js';

/** Some of several names, or no filter. */
const someOf = <T>(...names: readonly T[]): fc.Arbitrary<readonly T[] | undefined> =>
  fc.option(fc.subarray([...names], { minLength: 1 }), { nil: undefined });

const overTracks = { track: someOf(...TRACKS, 'nowhere') };
const limit = fc.integer({ min: 1, max: 9 });

/** Everything of a list, page by page. */
function allPages<Q extends 'commitments' | 'meetings' | 'actors'>(
  readSide: MemoryReadSide,
  question: Q,
  params: Omit<Questions[Q], 'cursor'>,
): any[] {
  const found: any[] = [];
  let cursor: string | undefined;
  do {
    const page = readSide.ask(question, { ...params, ...(cursor === undefined ? {} : { cursor }) });
    expect(page[question].length).toBeLessThanOrEqual(params.limit);
    found.push(...page[question]);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

describe('a read', () => {
  it('of positions equals a naive fold of the log', () => {
    const filters = fc.record({
      ...overTracks,
      party: someOf(...ACTORS),
      issue: someOf(...ISSUES),
      history: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(histories(), points, filters, (events, drawn, filter) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          for (const crisis of CRISES) {
            const { positions } = readSide.ask('positions', { crisis, ...point, ...filter });
            expect(positions).toEqual(naivePositions(fold, crisis, point, filter));
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  it('of commitments equals a naive fold of the log, page by page', () => {
    const filters = fc.record({ ...overTracks, by: someOf(...ACTORS), to: someOf(...ACTORS), state: someOf(...COMMITMENT_FILTERS) });
    fc.assert(
      fc.property(histories(), points, filters, limit, (events, drawn, filter, pageLimit) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          const found = allPages(readSide, 'commitments', { crisis: 'alpha', ...point, ...filter, limit: pageLimit });
          expect(found).toEqual(naiveCommitments(fold, 'alpha', point, filter));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('of meetings equals a naive fold of the log, page by page', () => {
    const filters = fc.record({ ...overTracks, actor: someOf(...ACTORS), state: someOf(...MEETING_STATES) });
    fc.assert(
      fc.property(histories(), points, filters, limit, (events, drawn, filter, pageLimit) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          const found = allPages(readSide, 'meetings', { crisis: 'alpha', ...point, ...filter, limit: pageLimit });
          expect(found).toEqual(naiveMeetings(fold, 'alpha', point, filter));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('of tension equals a naive fold of the log, for the crisis, a track, an actor and a pair', () => {
    const ofWhat = fc.oneof(
      fc.constant({}),
      fc.record({ track: fc.constantFrom(...TRACKS) }),
      fc.record({ actor: fc.subarray(ACTORS, { minLength: 1, maxLength: 2 }) }),
    );
    fc.assert(
      fc.property(histories(), points, ofWhat, fc.integer({ min: 1, max: 40 }), (events, drawn, of, days) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          const { tension } = readSide.ask('tension', { crisis: 'alpha', ...point, ...of, days });
          expect(tension).toEqual(naiveTension(fold, 'alpha', point, { ...of, days }));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('of actors equals a naive fold of the log, page by page', () => {
    fc.assert(
      fc.property(histories(), points, someOf(...ACTORS), limit, (events, drawn, actor, pageLimit) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          const found = allPages(readSide, 'actors', { crisis: 'alpha', ...point, actor, limit: pageLimit });
          expect(found).toEqual(naiveActors(fold, 'alpha', point, { actor }));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('of changes between any two points equals a naive fold of the log', () => {
    fc.assert(
      fc.property(histories(), points, fc.record(overTracks), fc.integer({ min: 1, max: 9 }), (events, drawn, filter, most) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        const ends = drawn.map((each) => pointIn(events, fold, each));
        for (let index = 0; index + 1 < ends.length; index += 2) {
          const to = ends[index]!;
          const other = ends[index + 1]!;
          const from = { ...to, asOf: Math.min(other.asOf, to.asOf), knownAt: Math.min(other.knownAt, to.knownAt) };
          const params = { crisis: 'alpha', ...to, from: from.asOf, fromKnownAt: from.knownAt, ...filter };
          const { happened, learnedLate, corrected, fellDue, tracks, more } = readSide.ask('changes', { ...params, limit: 1000 });
          const all = { happened, learnedLate, corrected, fellDue, tracks };
          expect(all).toEqual(naiveChanges(fold, 'alpha', from, to, filter));
          expect(more).toEqual([]);
          const cut = readSide.ask('changes', { ...params, limit: most });
          for (const [name, set] of Object.entries(all) as [string, any[]][]) expect(cut[name]).toEqual(set.slice(0, most));
          expect(cut.more).toEqual(Object.keys(all).filter((name) => (all as Record<string, any[]>)[name]!.length > most));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('of changes, asked of one read side between all its points and again when more is recorded, equals a naive fold each time', () => {
    fc.assert(
      fc.property(histories({ minLength: 20, maxLength: 90 }), points, fc.nat({ max: 100 }), (events, drawn, percent) => {
        const readSide = new MemoryReadSide();
        const until = Math.ceil((events.length * percent) / 100);
        for (const [first, end] of [
          [0, until],
          [until, events.length],
        ] as const) {
          readSide.apply(events.slice(first, end));
          const so = events.slice(0, end);
          if (so.length === 0) continue;
          const fold = new NaiveFold(so);
          const ends = drawn.slice(0, 4).map((each) => pointIn(so, fold, each));
          for (const to of ends) {
            for (const other of ends) {
              const from = { ...to, asOf: Math.min(other.asOf, to.asOf), knownAt: Math.min(other.knownAt, to.knownAt) };
              const params = { crisis: 'alpha', ...to, from: from.asOf, fromKnownAt: from.knownAt, limit: 1000 };
              const ask = (): string | undefined => answered(() => readSide.body('changes', params));
              const answer = ask();
              expect(ask()).toBe(answer);
              if (answer === undefined) continue;
              const { happened, learnedLate, corrected, fellDue, tracks } = JSON.parse(answer);
              expect({ happened, learnedLate, corrected, fellDue, tracks }).toEqual(naiveChanges(fold, 'alpha', from, to, {}));
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('over long histories equals a naive fold too', () => {
    fc.assert(
      fc.property(histories({ minLength: 250, maxLength: 400, parks: false }), points, (events, drawn) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          const of = { crisis: 'alpha', ...point };
          expect(readSide.ask('positions', { ...of, history: 100 }).positions).toEqual(
            naivePositions(fold, 'alpha', point, { history: 100 }),
          );
          for (const filter of [{}, { track: 'talks' }, { actor: ['russia'] }, { actor: ['united-states', 'russia'] }]) {
            const { tension } = readSide.ask('tension', { ...of, ...filter, days: 3 });
            expect(tension).toEqual(naiveTension(fold, 'alpha', point, { ...filter, days: 3 }));
          }
          expect(allPages(readSide, 'actors', { ...of, limit: 20 })).toEqual(naiveActors(fold, 'alpha', point, {}));
          expect(allPages(readSide, 'commitments', { ...of, limit: 20 })).toEqual(naiveCommitments(fold, 'alpha', point, {}));
          expect(allPages(readSide, 'meetings', { ...of, limit: 20 })).toEqual(naiveMeetings(fold, 'alpha', point, {}));
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('a settled answer', () => {
  it('never changes, whatever is recorded later', () => {
    const asked: { [Q in Question]?: (point: { asOf: number; knownAt: number }) => object } = {
      positions: () => ({ history: 5 }),
      commitments: () => ({ limit: 100 }),
      meetings: () => ({ limit: 100 }),
      tension: () => ({ days: 5 }),
      actors: () => ({ limit: 100 }),
      changes: ({ asOf, knownAt }) => ({ from: asOf - 5 * DAY, fromKnownAt: knownAt - 5 * DAY, limit: 100 }),
    };
    fc.assert(
      fc.property(histories(), points, fc.nat({ max: 100 }), (events, drawn, percent) => {
        const until = Math.ceil((events.length * percent) / 100);
        const readSide = new MemoryReadSide(events.slice(0, until));
        const fold = new NaiveFold(events);
        const settled = drawn.flatMap((each) => {
          const point = pointIn(events, fold, each);
          return CRISES.flatMap((crisis) =>
            (Object.keys(asked) as Question[]).flatMap((question) => {
              const ask = (): string => readSide.body(question, { ...asked[question]!(point), crisis, ...point });
              const before = answered(ask);
              if (before === undefined) return [];
              const { settledUntil, knownAt } = JSON.parse(before);
              const isPinned = point.position !== undefined;
              return isPinned || (settledUntil !== null && knownAt < settledUntil) ? [{ ask, before, isPinned }] : [];
            }),
          );
        });
        readSide.apply(events.slice(until));
        for (const { ask, before, isPinned } of settled) expect(lasting(ask(), isPinned)).toBe(lasting(before, isPinned));
      }),
      { numRuns: 60 },
    );
  });
});

/** Without what may change where the answer is not pinned: position, settledUntil, and the cursor, which names the position. */
function lasting(body: string, isPinned: boolean): string {
  const text = body.replace(/"next":"[^"]*"/, '');
  return isPinned ? text : text.replace(/"position":"\d+","settledUntil":(null|"[^"]*")/, '');
}
