import { describe, expect, it } from '@jest/globals';
import { Rate } from './rate.js';

describe('a rate', () => {
  it('is of the last ten seconds', () => {
    let now = 1_000;
    const rate = new Rate(() => now);
    expect(rate.perSecond()).toBe(0);
    rate.count(30);
    now += 2_000;
    rate.count(10);
    expect(rate.perSecond()).toBe(20);
    now += 8_500;
    expect(rate.perSecond()).toBe(1);
    now += 10_000;
    expect(rate.perSecond()).toBe(0);
  });
});
