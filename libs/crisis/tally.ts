// What one development adds to the counts of its track.
import { isSupported, verificationOf, type SourceFilter, type Standing, type Verification } from './standing.js';
import { goldsteinOf } from './tension.js';

export interface Tally {
  /** 1 while it is visible, 0 while it is retracted. */
  readonly developments: 0 | 1;
  readonly meetingsHeld: 0 | 1;
  readonly verification: Verification;
  /** Its Goldstein score in tenths, a whole number: sums of these are exact. Undefined: it does not count. */
  readonly score: number | undefined;
}

/** Undefined where no supporting report is left: such a development counts nowhere, retracted or not. */
export function tallyOf(standing: Standing, filter?: SourceFilter): Tally | undefined {
  if (!isSupported(standing, filter)) return undefined;
  const verification = verificationOf(standing, filter);
  if (standing.retracted) return { developments: 0, meetingsHeld: 0, verification, score: undefined };
  const goldstein = goldsteinOf(standing.content);
  return {
    developments: 1,
    meetingsHeld: standing.content.type === 'MeetingHeld' ? 1 : 0,
    verification,
    score: goldstein === undefined ? undefined : Math.round(goldstein * 10),
  };
}
