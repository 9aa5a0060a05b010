// Tension: Goldstein scores of what happened, weighted towards the last days.
import { cameoCode } from './cameo.js';
import { defaultCameo } from './default-cameo.js';
import type { Development } from './vocabulary/types.js';

/** Weight of a day against the day after it, in a 7-day exponentially weighted mean (alpha = 2 / (7 + 1)). */
const DAY_WEIGHT = 1 - 2 / 8;
/** A day this old weighs less than a ten-millionth of today. */
const HORIZON_DAYS = 56;
const TREND_DAYS = 14;

/** The CAMEO code of a development: its own, else its type's default. */
export function cameoOf(development: Development): string {
  return development.cameo ?? defaultCameo(development);
}

/** The Goldstein score of a development, -10 (conflict) to 10 (cooperation). An alleged or denied action does not count: undefined. */
export function goldsteinOf(development: Development): number | undefined {
  if (development.type === 'ActionReported' && (development.claim === 'alleged' || development.claim === 'denied')) return undefined;
  return cameoCode(cameoOf(development))?.goldstein;
}

/** What happened on one day: how many developments counted, and the sum of their scores. */
export interface DayScore {
  /** In days since 1970-01-01. */
  readonly day: number;
  readonly count: number;
  readonly sum: number;
}

export interface Tension {
  /** 7-day exponentially weighted mean of the daily mean Goldstein scores; null if nothing counted in eight weeks. Lower is tenser. */
  score: number | null;
  /** Mean score of the last 14 days less that of the 14 before; null if either had nothing. Below zero: it gets tenser. */
  trend: number | null;
}

/** How many days before a day {@link tensionAt} looks at. */
export const TENSION_DAYS = HORIZON_DAYS;

/** Tension on a day. @param days of the last {@link TENSION_DAYS} days, in any order, a day once; others are left out @param today in days since 1970-01-01 */
export function tensionAt(days: readonly DayScore[], today: number): Tension {
  let weights = 0;
  let weighted = 0;
  const last = { count: 0, sum: 0 };
  const before = { count: 0, sum: 0 };
  for (const { day, count, sum } of days.toSorted((a, b) => a.day - b.day)) {
    const age = today - day;
    if (age < 0 || age >= HORIZON_DAYS || count === 0) continue;
    const weight = DAY_WEIGHT ** age;
    weights += weight;
    weighted += (weight * sum) / count;
    const window = age < TREND_DAYS ? last : age < 2 * TREND_DAYS ? before : undefined;
    if (window !== undefined) {
      window.count += count;
      window.sum += sum;
    }
  }
  return {
    score: weights === 0 ? null : round(weighted / weights),
    trend: last.count === 0 || before.count === 0 ? null : round(last.sum / last.count - before.sum / before.count),
  };
}

/** Sums of tenths keep no error of binary fractions. */
function round(score: number): number {
  return Math.round(score * 1000) / 1000 || 0;
}
