import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cameoOf, goldsteinOf, scoreOf, tensionAt, tensionDaysOf, tensionReport, type DayEvents, type DayScore } from './tension.js';
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

describe('tension day by day', () => {
  const on = (at: number, sum: number, ...classes: [number, number, number, number]): DayEvents => ({
    day: at,
    count: classes.reduce((all, count) => all + count, 0),
    sum,
    classes,
  });
  // Day 100 is 1970-04-11.
  const report = tensionReport([on(100, -8, 1, 0, 2, 1), on(98, 4, 2, 0, 0, 0), on(80, 3, 1, 0, 0, 0)], 100, 3);

  it('lists each day, also those on which nothing counted, with the score as it stood then', () => {
    expect(report.days.map(({ day: name, count, mean, score }) => [name, count, mean, score])).toEqual([
      ['1970-04-09', 2, 2, tensionAt([day(98, 4, 2), day(80, 3)], 98).score],
      ['1970-04-10', 0, null, tensionAt([day(98, 4, 2), day(80, 3)], 99).score],
      ['1970-04-11', 4, -2, report.score],
    ]);
    expect(report.days[0]!.score).toBe(2.006); // (2 + 0.75^18 * 3) / (1 + 0.75^18)
  });

  it('has the shares of conflict, by quad class', () => {
    expect(report.days[2]!.conflict).toEqual({ verbal: 0.5, material: 0.25 });
    expect(report.days[1]!.conflict).toBeNull();
    expect(report.last).toMatchObject({ verbalCooperation: 3, materialCooperation: 0, verbalConflict: 2, materialConflict: 1 });
    expect(report.last.conflict).toEqual({ verbal: 0.333, material: 0.167 });
  });

  it('sets the last 14 days against the 14 before', () => {
    expect(report.last).toMatchObject({ from: '1970-03-29', to: '1970-04-11', count: 6, mean: -0.667 });
    expect(report.before).toMatchObject({ from: '1970-03-15', to: '1970-03-28', count: 1, mean: 3 });
    expect(report.trend).toBe(-3.667);
  });

  it('knows as many days as the first one listed needs', () => {
    expect(tensionDaysOf(1)).toBe(56);
    expect(tensionDaysOf(28)).toBe(83);
  });
});

describe('what counts in a score', () => {
  it('has the quad class of its code', () => {
    expect(scoreOf(development('MeetingHeld', 'd'))).toEqual({ tenths: 10, quadClass: 1 });
    expect(scoreOf(development('ActionReported', 'd', { cameo: '190' }))).toEqual({ tenths: -100, quadClass: 4 });
    expect(scoreOf(development('ActionReported', 'd', { claim: 'denied' }))).toBeUndefined();
  });
});
