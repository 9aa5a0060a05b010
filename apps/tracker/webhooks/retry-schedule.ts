// When a delivery that failed is tried again: the example schedule of the Standard Webhooks specification, as far as a day needs it.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What is waited after the first failure, the second, ..., ms: 31 h 35 min in all. */
export const DELAYS_MS: readonly number[] = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR];

/** A delay is up to this part longer than the schedule says, so that what failed together does not come again together. */
const JITTER = 0.1;

/** The longest `Retry-After` that is respected, ms. */
const RETRY_AFTER_MAX_MS = 24 * HOUR;

/**
 * How long to wait before the next attempt, ms; undefined when there is to be none.
 * @param failures so far, one at least
 * @param retryAfter ms, as the receiver asked
 * @param random from 0 to 1
 */
export function delayAfter(failures: number, retryAfter: number | undefined, random: number): number | undefined {
  const delay = DELAYS_MS[failures - 1];
  if (delay === undefined) return undefined;
  return Math.max(Math.round(delay * (1 + JITTER * random)), Math.min(retryAfter ?? 0, RETRY_AFTER_MAX_MS));
}

/** A `Retry-After` header: seconds or an HTTP date, as ms from now. What is neither gives undefined. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * SECOND : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}
