// What a live message is about, and whether that is what somebody follows.
//
// A filter is judged as far as it applies: what has no value for one of its fields (a track's state has no source) is not held
// against it. What is about several things, or about one that a correction made another, passes if any of them does.
import type { CrisisCommitment } from '#crisis/commitments.js';
import type { Meeting } from '#crisis/meetings.js';
import type { CrisisPosition } from '#crisis/positions.js';
import { actorsIn, issuesIn } from '#crisis/references.js';
import { reportsWith, type Standing } from '#crisis/standing.js';
import type { LiveFilter, LiveProjection } from './read-side.js';

/**
 * The values of one thing that a message is about, by the field of a filter; without a field, the field does not apply to it.
 * Where a message tells of several models, it says whom each thing concerns: those who asked for one of `projections`.
 */
export type Subject = { readonly [F in keyof LiveFilter]: readonly string[] } & { readonly projections?: readonly LiveProjection[] };

const FIELDS = ['crisis', 'track', 'actor', 'issue', 'type', 'source'] as const satisfies readonly (keyof LiveFilter)[];

/** @param asked for which models; undefined: for all */
export function passes(about: readonly Subject[], filter: LiveFilter, asked?: readonly LiveProjection[]): boolean {
  const given = FIELDS.filter((field) => filter[field] !== undefined);
  return about.some(
    (subject) =>
      (asked === undefined || (subject.projections?.some((projection) => asked.includes(projection)) ?? true)) &&
      given.every((field) => subject[field]?.some((value) => (filter[field] as readonly string[]).includes(value)) ?? true),
  );
}

/** By the names that a timeline's filter looks for: see questions/timeline-filter.ts. */
export function subjectOfDevelopment(standing: Standing): Subject {
  const { content, resolved } = standing;
  return {
    track: [content.track, ...(content.alsoOn ?? [])],
    actor: defined([...actorsIn(content), resolved.onBehalfOf]),
    issue: issuesIn(content),
    type: [content.type],
    source: defined(reportsWith(standing).flatMap(({ report }) => [report.source, report.origin])),
  };
}

export function subjectOfTrack(track: string): Subject {
  return { track: [track] };
}

export function subjectOfPosition({ party, issue, track, attributed }: CrisisPosition): Subject {
  return { track: defined([track, attributed?.track]), actor: [party], issue: [issue] };
}

export function subjectOfCommitment({ track, by, to }: CrisisCommitment): Subject {
  return { track: [track], actor: [by, to] };
}

export function subjectOfMeeting({ track, participants }: Meeting): Subject {
  return { track: [track], actor: participants };
}

function defined(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}
