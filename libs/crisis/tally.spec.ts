import { describe, expect, it } from '@jest/globals';
import { evolveStanding } from './standing.js';
import { tallyOf } from './tally.js';
import { record, standing } from './testing/factories.js';

describe('what a development counts for', () => {
  it('is one development, one meeting if it is one, and its score in tenths', () => {
    expect(tallyOf(standing('MeetingHeld', 'd', { cameo: '036' }))).toEqual({
      developments: 1,
      meetingsHeld: 1,
      verification: 'single-source',
      score: 40,
    });
    expect(tallyOf(standing('ActionReported', 'd', { claim: 'denied' }))).toMatchObject({
      developments: 1,
      meetingsHeld: 0,
      score: undefined,
    });
  });

  it('is nothing but one retraction once it is retracted', () => {
    const retracted = evolveStanding(standing('MeetingHeld', 'd'), record('DevelopmentRetracted'));
    expect(tallyOf(retracted)).toEqual({ developments: 0, meetingsHeld: 0, verification: 'retracted', score: undefined });
  });

  it('is nothing at all without a supporting report, retracted or not', () => {
    const filter = { exclude: ['reuters'], reliabilityOf: () => 'A' as const };
    const retracted = evolveStanding(standing('MeetingHeld', 'd'), record('DevelopmentRetracted'));
    expect([tallyOf(standing('MeetingHeld', 'd'), filter), tallyOf(retracted, filter)]).toEqual([undefined, undefined]);
  });
});
