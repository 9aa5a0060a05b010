// Tension: Goldstein scores of what happened, weighted towards the last days.
import { cameoCode, type QuadClass } from './cameo.js';
import { defaultCameo } from './default-cameo.js';
import { formatDay } from './time.js';
import type { Development } from './vocabulary/types.js';

/** Weight of a day against the day after it, in a 7-day exponentially weighted mean (alpha = 2 / (7 + 1)). */
const DAY_WEIGHT = 1 - 2 / 8;
/** A day this old weighs less than a ten-millionth of today. */
export const HORIZON_DAYS = 56;
const TREND_DAYS = 14;

/** The CAMEO code of a development: its own, else its type's default. */
export function cameoOf(development: Development): string {
  return development.cameo ?? defaultCameo(development);
}

/** The Goldstein score of a development, -10 (conflict) to 10 (cooperation). An alleged or denied action does not count: undefined. */
export function goldsteinOf(development: Development): number | undefined {
  return countedCode(development)?.goldstein;
}

/** Score and quad class of a development that counts. The score is in tenths, a whole number: sums of these are exact. */
export function scoreOf(development: Development): { readonly tenths: number; readonly quadClass: QuadClass } | undefined {
  const code = countedCode(development);
  return code && { tenths: Math.round(code.goldstein * 10), quadClass: code.quadClass };
}

function countedCode(development: Development) {
  if (development.type === 'ActionReported' && (development.claim === 'alleged' || development.claim === 'denied')) return undefined;
  return cameoCode(cameoOf(development));
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
  const sums = new TensionSums(today);
  for (const day of days.toSorted((a, b) => a.day - b.day)) sums.add(day);
  return sums.tension;
}

/** Of what tension on a day is made. Days are added oldest first: sums of fractions depend on their order. */
export class TensionSums {
  #weights = 0;
  #weighted = 0;
  readonly #last = { count: 0, tenths: 0 };
  readonly #before = { count: 0, tenths: 0 };

  /** @param today in days since 1970-01-01 */
  constructor(private readonly today: number) {}

  add({ day, count, sum }: DayScore): void {
    const age = this.today - day;
    if (age < 0 || age >= HORIZON_DAYS || count === 0) return;
    const weight = DAY_WEIGHT ** age;
    this.#weights += weight;
    this.#weighted += weight * (sum / count);
    const window = age < TREND_DAYS ? this.#last : age < 2 * TREND_DAYS ? this.#before : undefined;
    if (window === undefined) return;
    window.count += count;
    window.tenths += tenthsOf(sum);
  }

  copy(): TensionSums {
    const copy = new TensionSums(this.today);
    copy.#weights = this.#weights;
    copy.#weighted = this.#weighted;
    Object.assign(copy.#last, this.#last);
    Object.assign(copy.#before, this.#before);
    return copy;
  }

  get tension(): Tension {
    return {
      score: this.#weights === 0 ? null : round(this.#weighted / this.#weights),
      trend: this.#last.count === 0 || this.#before.count === 0 ? null : round(meanOf(this.#last) - meanOf(this.#before)),
    };
  }
}

/** What happened on one day, by quad class: how many developments counted in each, in the order of the classes. */
export interface DayEvents extends DayScore {
  readonly classes: readonly [verbalCooperation: number, materialCooperation: number, verbalConflict: number, materialConflict: number];
}

/** What counted in some days. */
export interface TensionPeriod {
  /** How many developments counted. */
  count: number;
  /** Mean Goldstein score; null if nothing counted. */
  mean: number | null;
  verbalCooperation: number;
  materialCooperation: number;
  verbalConflict: number;
  materialConflict: number;
  /** Which part of what counted was conflict, 0 to 1, by quad class; null if nothing counted. */
  conflict: { verbal: number; material: number } | null;
}

export interface TensionDay extends TensionPeriod {
  /** In UTC. */
  day: string;
  /** As it stood at the end of the day: see {@link Tension}. */
  score: number | null;
}

export interface TensionReport extends Tension {
  /** The 14 days up to today, and the 14 before: `trend` is the mean of these less the mean of those. */
  last: TensionPeriod & { from: string; to: string };
  before: TensionPeriod & { from: string; to: string };
  /** Oldest first; a day on which nothing counted is there too. */
  days: TensionDay[];
}

/**
 * Tension day by day. Pure.
 * @param days of all days that {@link tensionDaysOf} names, in any order, a day once
 * @param today in days since 1970-01-01 @param listed how many days are shown, with today as the last
 */
export function tensionReport(days: readonly DayEvents[], today: number, listed: number): TensionReport {
  const within = (from: number, to: number): TensionPeriod => periodOf(days.filter(({ day }) => day >= from && day <= to));
  const period = (from: number, to: number) => ({ from: formatDay(from), to: formatDay(to), ...within(from, to) });
  return {
    ...tensionAt(days, today),
    last: period(today - TREND_DAYS + 1, today),
    before: period(today - 2 * TREND_DAYS + 1, today - TREND_DAYS),
    days: Array.from({ length: listed }, (_, index) => {
      const day = today - listed + 1 + index;
      return { day: formatDay(day), score: tensionAt(days, day).score, ...within(day, day) };
    }),
  };
}

/** How many days, with today as the last, {@link tensionReport} has to know to show some. */
export function tensionDaysOf(listed: number): number {
  return Math.max(listed - 1 + HORIZON_DAYS, 2 * TREND_DAYS);
}

function periodOf(days: readonly DayEvents[]): TensionPeriod {
  const classes = [0, 0, 0, 0];
  let tenths = 0;
  for (const day of days) {
    day.classes.forEach((count, index) => (classes[index]! += count));
    tenths += tenthsOf(day.sum);
  }
  const [verbalCooperation, materialCooperation, verbalConflict, materialConflict] = classes as [number, number, number, number];
  const count = verbalCooperation + materialCooperation + verbalConflict + materialConflict;
  return {
    count,
    mean: count === 0 ? null : round(meanOf({ count, tenths })),
    verbalCooperation,
    materialCooperation,
    verbalConflict,
    materialConflict,
    conflict: count === 0 ? null : { verbal: round(verbalConflict / count), material: round(materialConflict / count) },
  };
}

/** A whole number: sums of it keep no error of binary fractions. */
function tenthsOf(sum: number): number {
  return Math.round(sum * 10);
}

function meanOf({ count, tenths }: { readonly count: number; readonly tenths: number }): number {
  return tenths / 10 / count;
}

/** To thousandths. */
function round(score: number): number {
  return Math.round(score * 1000) / 1000 || 0;
}
