import { describe, expect, it } from '@jest/globals';
import { delayAfter, DELAYS_MS, parseRetryAfter } from './retry-schedule.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2022-01-12T12:00:00Z');

describe('the schedule of attempts', () => {
  it('grows, and lasts for a day at least', () => {
    expect(DELAYS_MS.toSorted((a, b) => a - b)).toEqual(DELAYS_MS);
    expect(DELAYS_MS.reduce((sum, delay) => sum + delay)).toBeGreaterThan(24 * HOUR);
  });

  it('has a jitter of up to a tenth, and an end', () => {
    expect(delayAfter(1, undefined, 0)).toBe(5000);
    expect(delayAfter(1, undefined, 0.5)).toBe(5250);
    expect(delayAfter(DELAYS_MS.length, undefined, 1)).toBe(15.4 * HOUR);
    expect(delayAfter(DELAYS_MS.length + 1, 1000, 0)).toBeUndefined();
  });

  it('waits for as long as the receiver asks, within limits', () => {
    expect(delayAfter(1, 60_000, 0)).toBe(60_000);
    expect(delayAfter(2, 60_000, 0)).toBe(300_000);
    expect(delayAfter(1, 1000 * HOUR, 0)).toBe(24 * HOUR);
  });

  it.each([
    ['120', 120_000],
    ['Wed, 12 Jan 2022 12:00:30 GMT', 30_000],
    ['Wed, 12 Jan 2022 11:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads Retry-After: %s', (header, ms) => expect(parseRetryAfter(header, NOW)).toBe(ms));
});
