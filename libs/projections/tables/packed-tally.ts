// What a development adds to the counts of its track, as one small number.
import { VERIFICATIONS } from '#crisis/standing.js';
import type { Tally } from '#crisis/tally.js';

/** Scores lie from -100 to 100 tenths; 0 in their place means that none counts. */
const SCORE_OFFSET = 101;

export function packTally({ developments, meetingsHeld, verification, score }: Tally): number {
  return (
    VERIFICATIONS.indexOf(verification) |
    (developments << 2) |
    (meetingsHeld << 3) |
    ((score === undefined ? 0 : score + SCORE_OFFSET) << 4)
  );
}

export function unpackTally(packed: number): Tally {
  const score = packed >> 4;
  return {
    verification: VERIFICATIONS[packed & 3]!,
    developments: ((packed >> 2) & 1) as 0 | 1,
    meetingsHeld: ((packed >> 3) & 1) as 0 | 1,
    score: score === 0 ? undefined : score - SCORE_OFFSET,
  };
}
