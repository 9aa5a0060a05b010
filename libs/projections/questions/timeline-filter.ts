// Whether a development, as it stands, is what a timeline is narrowed to. Time and words are for whoever walks over it.
import { actorsIn, issuesIn } from '#crisis/references.js';
import { isSupported, reportsWith, verificationOf, type Standing } from '#crisis/standing.js';
import type { Point } from '../point.js';
import type { TimelineFilter } from '../read-side.js';

/** What is retracted is shown to those alone who ask for it. */
export function showsRetracted(filter: TimelineFilter): boolean {
  return filter.verification?.includes('retracted') === true;
}

export function matches(standing: Standing, filter: TimelineFilter, point: Point): boolean {
  const { content, resolved } = standing;
  if (standing.retracted && !showsRetracted(filter)) return false;
  // What no report supports is nowhere, as in the counts of a state.
  if (!isSupported(standing, point.filter)) return false;
  if (filter.verification !== undefined && !filter.verification.includes(verificationOf(standing, point.filter))) return false;
  if (filter.type !== undefined && !filter.type.includes(content.type)) return false;
  if (filter.track !== undefined && ![content.track, ...(content.alsoOn ?? [])].some((track) => filter.track!.includes(track)))
    return false;
  if (filter.actor !== undefined && ![...actorsIn(content), resolved.onBehalfOf].some((actor) => filter.actor!.includes(actor!)))
    return false;
  if (filter.issue !== undefined && !issuesIn(content).some((issue) => filter.issue!.includes(issue))) return false;
  const sources = reportsWith(standing, point.filter).flatMap(({ report }) => [report.source, report.origin]);
  return filter.source === undefined || sources.some((source) => filter.source!.includes(source!));
}
