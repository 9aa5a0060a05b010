// The Admiralty system of grading: the reliability of a source, the credibility of a report (NATO STANAG 2511 / AJP-2.1).

/** A completely reliable, B usually, C fairly, D not usually, E unreliable, F cannot be judged (which is not "worst"). */
export const RELIABILITIES = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
export type Reliability = (typeof RELIABILITIES)[number];

/** 1 confirmed, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged. */
export const CREDIBILITIES = [1, 2, 3, 4, 5, 6] as const;
export type Credibility = (typeof CREDIBILITIES)[number];

/** Whether a source of this grade is at least as reliable as the one asked for. F cannot be judged, so it never is. */
export function isAtLeast(reliability: Reliability, least: Exclude<Reliability, 'F'>): boolean {
  return reliability !== 'F' && reliability <= least;
}
