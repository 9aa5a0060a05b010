// What of an import may be under way side by side. Lines that depend on each other are recorded in their order; those of
// different kinds of dependence wait for each other, crisis by crisis.
import { otherTracksIn } from '#crisis/track-decider.js';
import type { ReadableLine } from './line.js';

/**
 * - `register`, `opening`: what names are made of. Side by side with their like (one stream keeps its order by itself),
 *   with nothing else.
 * - `archive`: with a record time of its own. Side by side with their like, in the order of the file.
 * - `record`: recorded now, so that no archive's line may come after it. Side by side with their like.
 * - `alone`: names another track, which must stand as the lines before have left it; and the next line may refer to it.
 */
type Company = 'register' | 'opening' | 'archive' | 'record' | 'alone';

export class CrisisOrder {
  readonly #underWay = new Map<string, { company: Company; count: number }>();
  #waiting: (() => void) | undefined;

  /** Lets a line through at once (undefined), or resolves when it can be tried again. One caller at a time. */
  enter(line: ReadableLine): Promise<void> | undefined {
    const { crisis } = line.command;
    const company = companyOf(line);
    const present = this.#underWay.get(crisis);
    if (present === undefined) this.#underWay.set(crisis, { company, count: 1 });
    else if (present.company === company && company !== 'alone') present.count++;
    else return new Promise((resolve) => (this.#waiting = resolve));
    return undefined;
  }

  /** The line is settled. */
  leave({ command: { crisis } }: ReadableLine): void {
    const present = this.#underWay.get(crisis)!;
    if (--present.count > 0) return;
    this.#underWay.delete(crisis);
    this.#waiting?.();
    this.#waiting = undefined;
  }
}

function companyOf(line: ReadableLine): Company {
  if (line.kind !== 'record') return line.kind;
  if (otherTracksIn(line.command).length > 0) return 'alone';
  return line.recordedAt === undefined ? 'record' : 'archive';
}
