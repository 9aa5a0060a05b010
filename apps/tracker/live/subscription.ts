// What a live connection asked for, and which messages that takes in.
import { passes } from '#projections/live-filter.js';
import type { Followed, LiveFilter, LiveProjection } from '#projections/read-side.js';
import type { LiveMessage } from './live-pages.js';

export interface Subscription extends Followed {
  readonly projections: readonly LiveProjection[];
  /** Undefined: everything. */
  readonly filter?: KeyedFilter;
}

/** A filter with a text that is the same for all that are alike: a message is held against each once, however many ask. */
export interface KeyedFilter {
  readonly values: LiveFilter;
  readonly key: string;
}

/** Undefined for a filter that leaves everything in. */
export function keyedFilter(given: LiveFilter): KeyedFilter | undefined {
  const fields = Object.entries(given).filter(([, values]) => values !== undefined);
  if (fields.length === 0) return undefined;
  const sorted = fields.map(([field, values]) => [field, [...values].sort()] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return { values: Object.fromEntries(fields), key: JSON.stringify(sorted) };
}

/** By message and key. */
const verdicts = new WeakMap<LiveMessage, Map<string, boolean>>();

export function takesIn({ projections, filter }: Subscription, message: LiveMessage): boolean {
  if (message.projections !== null && !message.projections.some((projection) => projections.includes(projection))) return false;
  if (filter === undefined) return true;
  let known = verdicts.get(message);
  if (known === undefined) verdicts.set(message, (known = new Map()));
  let verdict = known.get(filter.key);
  if (verdict === undefined) known.set(filter.key, (verdict = passes(message.about, filter.values)));
  return verdict;
}
