// Random points to ask at, drawn before the history is known: beside the moments at which something changes in it.
import fc from 'fast-check';
import type { RecordedEvent } from '#event-store/port.js';
import type { ReadPoint } from '../read-side.js';
import { BEGIN, DAY, SOURCES } from './history.js';
import type { NaiveFold } from './naive-fold.js';

/** `of` chooses among a history's moments, `by` a moment beside it, ms. */
interface DrawnMoment {
  readonly of: number;
  readonly by: number;
}

export interface DrawnPoint {
  readonly asOf: DrawnMoment;
  readonly knownAt: DrawnMoment | undefined;
  readonly position: number | undefined;
  readonly excludeSource: readonly string[] | undefined;
  readonly minReliability: 'A' | 'B' | 'C' | 'D' | 'E' | undefined;
}

/** Later than everything in a history. */
export const NOW = BEGIN + 400 * DAY;

const moment: fc.Arbitrary<DrawnMoment> = fc.record({ of: fc.nat({ max: 10_000 }), by: fc.constantFrom(0, 0, 1, -1, 3_600_000, 5 * DAY) });

export const points: fc.Arbitrary<DrawnPoint[]> = fc.array(
  fc.record({
    asOf: moment,
    knownAt: fc.option(moment, { nil: undefined, freq: 3 }),
    position: fc.option(fc.nat({ max: 1000 }), { nil: undefined, freq: 2 }),
    excludeSource: fc.option(fc.subarray(SOURCES, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 2 }),
    minReliability: fc.option(fc.constantFrom('A', 'B', 'C', 'D', 'E'), { nil: undefined, freq: 2 }),
  }),
  { minLength: 6, maxLength: 6 },
);

export function pointIn(
  events: readonly RecordedEvent[],
  fold: NaiveFold,
  { asOf, knownAt, position, excludeSource, minReliability }: DrawnPoint,
): ReadPoint & { asOf: number; knownAt: number } {
  const moments = fold.moments();
  const momentOf = ({ of, by }: DrawnMoment): number => (moments.length === 0 ? BEGIN : moments[of % moments.length]! + by);
  return {
    asOf: momentOf(asOf),
    knownAt: knownAt === undefined ? NOW : momentOf(knownAt),
    ...(position === undefined || events.length === 0 ? {} : { position: events[position % events.length]!.position }),
    ...(excludeSource === undefined ? {} : { excludeSource }),
    ...(minReliability === undefined ? {} : { minReliability }),
    now: NOW,
  };
}
