// Timelines under every filter equal a naive fold of the log at every point.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VERIFICATIONS } from '#crisis/standing.js';
import type { DevelopmentType } from '#crisis/vocabulary/types.js';
import type { Questions } from './read-side.js';
import { ACTORS, DAY, histories, ISSUES, SOURCES, TRACKS } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { naiveTimeline } from './testing/naive-lists.js';
import { pointIn, points } from './testing/points.js';

/** Most of the time undefined: under many filters at once nothing is left. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const someOf = <T>(...names: readonly T[]): fc.Arbitrary<readonly T[] | undefined> => seldom(fc.subarray([...names], { minLength: 1 }));

/** Beside the moment of a point, ms. */
const beside = seldom(fc.integer({ min: -40 * DAY, max: 5 * DAY }));

const filters = fc.record({
  type: someOf<DevelopmentType>('StatementMade', 'ResponsePromised', 'MeetingHeld', 'PositionTaken', 'ActionReported'),
  track: someOf(...TRACKS, 'nowhere'),
  actor: someOf(...ACTORS, 'nobody'),
  issue: someOf(...ISSUES),
  source: someOf(...SOURCES),
  verification: someOf(...VERIFICATIONS),
  from: beside,
  to: beside,
});

/** Everything of a timeline, page by page. */
function allPages(readSide: MemoryReadSide, params: Omit<Questions['timeline'], 'cursor'>): any[] {
  const found: any[] = [];
  let cursor: string | undefined;
  do {
    const page = readSide.ask('timeline', { ...params, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.developments.length).toBeLessThanOrEqual(params.limit);
    found.push(...page.developments);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

describe('a timeline', () => {
  it('under any filters equals a naive fold of the log, page by page, in both orders', () => {
    fc.assert(
      fc.property(histories(), points, filters, fc.integer({ min: 1, max: 9 }), (events, drawn, { from, to, ...names }, limit) => {
        using readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          const filter = { ...names, from: from && point.asOf + from, to: to && point.asOf + to };
          const expected = naiveTimeline(fold, 'alpha', point, filter);
          const read = { crisis: 'alpha', ...point, filter, limit };
          expect(allPages(readSide, { ...read, order: 'oldest' })).toEqual(expected);
          expect(allPages(readSide, { ...read, order: 'newest' })).toEqual(expected.toReversed());
        }
      }),
      { numRuns: 150 },
    );
  });
});
