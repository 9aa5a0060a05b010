// Counts of a track: sums of what its developments add.
import { VERIFICATIONS, type Verification } from '#crisis/standing.js';
import type { Tally } from '#crisis/tally.js';

/** Numbers that can be added and taken away again, in any order. */
export class Counts {
  developments = 0;
  meetingsHeld = 0;
  /** By {@link VERIFICATIONS}. */
  readonly verified = VERIFICATIONS.map(() => 0);
  /** How many have a score, and the sum of these in tenths. */
  scored = 0;
  score = 0;

  /** @param times -1 takes away */
  add({ developments, meetingsHeld, verification, score }: Tally, times: 1 | -1 = 1): void {
    this.developments += times * developments;
    this.meetingsHeld += times * meetingsHeld;
    this.verified[VERIFICATIONS.indexOf(verification)]! += times;
    if (score === undefined) return;
    this.scored += times;
    this.score += times * score;
  }

  /** @param times -1 takes away */
  addAll(other: Counts, times: 1 | -1 = 1): void {
    this.developments += times * other.developments;
    this.meetingsHeld += times * other.meetingsHeld;
    other.verified.forEach((count, index) => (this.verified[index]! += times * count));
    this.scored += times * other.scored;
    this.score += times * other.score;
  }

  /** So many more are verified so. */
  verify(verification: Verification, count: number): void {
    this.verified[VERIFICATIONS.indexOf(verification)]! += count;
  }

  get verification(): Record<Verification, number> {
    const [retracted, disputed, corroborated, single] = this.verified as [number, number, number, number];
    return { retracted, disputed, corroborated, 'single-source': single };
  }
}
