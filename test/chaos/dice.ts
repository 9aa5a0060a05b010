// All that is random in a chaos run comes from one seed. What is drawn when still depends on how the processes interleave.
import { seeded } from '../support/seeded.js';

export class Dice {
  /** In [0, 1). */
  readonly next: () => number;

  constructor(readonly seed: number) {
    this.next = seeded(seed);
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  one<T>(of: readonly T[]): T {
    return of[this.between(0, of.length - 1)]!;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A sequence of its own, for who must not disturb the others'. */
  fork(): Dice {
    return new Dice(this.between(0, 2 ** 31));
  }
}
