// What a live connection asked for, and which messages that takes in.
import { passes, type Subject } from '#projections/live-filter.js';
import type { Followed, LiveFilter, LiveProjection } from '#projections/read-side.js';

export interface Subscription extends Followed {
  readonly projections: readonly LiveProjection[];
  /** Undefined: everything. */
  readonly filter?: KeyedFilter;
}

/** A filter with a text that is the same for all who ask alike: a message is held against each once, however many ask. */
export interface KeyedFilter {
  readonly values: LiveFilter;
  readonly key: string;
}

/** Undefined for a filter that leaves everything in. @param projections what it is given with */
export function keyedFilter(given: LiveFilter, projections: readonly LiveProjection[]): KeyedFilter | undefined {
  const fields = Object.entries(given).filter(([, values]) => values !== undefined);
  if (fields.length === 0) return undefined;
  const sorted = fields
    .map(([field, values]) => [field, values.toSorted(alphabetically)] as const)
    .sort(([a], [b]) => alphabetically(a, b));
  return { values: Object.fromEntries(fields), key: JSON.stringify([projections, sorted]) };
}

/** Whom a message is for. */
export interface Addressed {
  /** It concerns those who asked for one of these; null: everyone. */
  readonly projections: readonly LiveProjection[] | null;
  /** What it is about, to be held against filters. */
  readonly about: readonly Subject[];
}

/** By message and key. */
const verdicts = new WeakMap<Addressed, Map<string, boolean>>();

export function takesIn({ projections, filter }: Subscription, message: Addressed): boolean {
  if (message.projections !== null && !message.projections.some((projection) => projections.includes(projection))) return false;
  if (filter === undefined) return true;
  let known = verdicts.get(message);
  if (known === undefined) verdicts.set(message, (known = new Map()));
  let verdict = known.get(filter.key);
  if (verdict === undefined) known.set(filter.key, (verdict = passes(message.about, filter.values, projections)));
  return verdict;
}

function alphabetically(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
