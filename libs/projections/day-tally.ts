// What happened by day, for whatever it is counted: a crisis, a track, an actor, a pair of actors.
import { PARTS, pairName, pairsIn, partsIn, type Part } from '#crisis/parts.js';
import type { Standing } from '#crisis/standing.js';
import { scoreOf, type DayEvents } from '#crisis/tension.js';

export type TallyKind = 'crisis' | 'track' | 'actor' | 'pair';

/** What one development adds to one tally. */
export interface Share {
  readonly kind: TallyKind;
  /** Of the track, the actor, or both actors; '' for the crisis. */
  readonly name: string;
  /** The actor's; `named` for all that is no actor's. */
  readonly part: Part;
  /** Undefined: it does not count in scores. */
  readonly score: { readonly tenths: number; readonly quadClass: 1 | 2 | 3 | 4 } | undefined;
}

/** Everything to which a visible development adds. What does not count in scores counts for actors only. */
export function sharesOf({ content, resolved }: Standing): Share[] {
  const score = scoreOf(content);
  const shares: Share[] = [];
  if (score !== undefined) {
    shares.push({ kind: 'crisis', name: '', part: 'named', score }, { kind: 'track', name: content.track, part: 'named', score });
    for (const [a, b] of pairsIn(content, resolved)) shares.push({ kind: 'pair', name: pairName(a, b), part: 'named', score });
  }
  for (const [name, part] of partsIn(content, resolved)) shares.push({ kind: 'actor', name, part, score });
  return shares;
}

/** Sums of what developments add. */
export class DayTally {
  /** By {@link PARTS}. */
  readonly parts = PARTS.map(() => 0);
  /** Of those that count in scores, by quad class. */
  readonly classes: [number, number, number, number] = [0, 0, 0, 0];
  tenths = 0;

  /** @param times -1 takes away */
  add({ part, score }: Pick<Share, 'part' | 'score'>, times: 1 | -1 = 1): void {
    this.parts[PARTS.indexOf(part)]! += times;
    if (score === undefined) return;
    this.classes[score.quadClass - 1]! += times;
    this.tenths += times * score.tenths;
  }

  addAll(other: DayTally): void {
    other.parts.forEach((count, index) => (this.parts[index]! += count));
    other.classes.forEach((count, index) => (this.classes[index]! += count));
    this.tenths += other.tenths;
  }

  countOf(part: Part): number {
    return this.parts[PARTS.indexOf(part)]!;
  }

  get developments(): number {
    return this.parts.reduce((sum, count) => sum + count, 0);
  }
}

/** As tension wants them. @param days by day of occurrence, in days since 1970-01-01 */
export function dayEvents(days: ReadonlyMap<number, DayTally>): DayEvents[] {
  return [...days].map(([day, { classes, tenths }]) => ({
    day,
    count: classes[0] + classes[1] + classes[2] + classes[3],
    sum: tenths / 10,
    classes,
  }));
}
