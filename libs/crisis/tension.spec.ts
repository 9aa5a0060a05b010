import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cameoOf, goldsteinOf, tensionAt, type DayScore } from './tension.js';
import { development } from './testing/factories.js';

const day = (at: number, sum: number, count = 1): DayScore => ({ day: at, count, sum });

describe('the score of a development', () => {
  it('is of its own code, else of its type’s', () => {
    expect(cameoOf(development('MeetingHeld', 'd'))).toBe('040');
    expect(cameoOf(development('MeetingHeld', 'd', { cameo: '190' }))).toBe('190');
    expect(goldsteinOf(development('MeetingHeld', 'd', { cameo: '190' }))).toBe(-10);
  });

  it.each([
    ['reported', true],
    ['confirmed', true],
    ['alleged', false],
    ['denied', false],
  ])('of an action that is %s counts: %s', (claim, counts) => {
    expect(goldsteinOf(development('ActionReported', 'd', { claim })) !== undefined).toBe(counts);
  });
});

describe('tension', () => {
  it('is unknown where nothing happened in eight weeks', () => {
    expect(tensionAt([], 100)).toEqual({ score: null, trend: null });
    expect(tensionAt([day(44, 5), day(101, 5), day(99, 0, 0)], 100)).toEqual({ score: null, trend: null });
    expect(tensionAt([day(45, 5)], 100).score).toBe(5);
  });

  it('weighs each day with three quarters of the day after it', () => {
    expect(tensionAt([day(100, 4), day(99, 0)], 100).score).toBe(2.286); // 4 / 1.75
    expect(tensionAt([day(100, 8, 2), day(99, 0)], 100).score).toBe(2.286); // a day counts by its mean
  });

  it('has the trend of two weeks against the two before', () => {
    expect(tensionAt([day(100, -6, 2), day(87, -3), day(86, 3), day(73, 1)], 100).trend).toBe(-5);
    expect(tensionAt([day(100, -6)], 100).trend).toBeNull();
    expect(tensionAt([day(100, 1), day(72, 1)], 100).trend).toBeNull();
  });

  it('does not depend on the order of the days, and lies between the lowest and the highest', () => {
    const days = fc.uniqueArray(
      fc.record({ day: fc.integer({ min: 30, max: 105 }), count: fc.constant(1), sum: fc.integer({ min: -10, max: 10 }) }),
      { selector: (each) => each.day },
    );
    fc.assert(
      fc.property(days, (drawn) => {
        const { score } = tensionAt(drawn, 100);
        expect(tensionAt(drawn.toReversed(), 100).score).toBe(score);
        const counted = drawn.filter((each) => each.day <= 100 && each.day > 44).map(({ sum }) => sum);
        if (counted.length === 0) return expect(score).toBeNull();
        expect(score).toBeGreaterThanOrEqual(Math.min(...counted) - 0.001);
        return expect(score).toBeLessThanOrEqual(Math.max(...counted) + 0.001);
      }),
    );
  });
});
