// How a development stands: what corrections, retractions, reinstatements and reports have made of it so far.
import { isAtLeast, type Reliability } from './admiralty.js';
import { mergePatch } from './merge-patch.js';
import { parseOccurrence } from './time.js';
import type { Order } from './order.js';
import type { Report } from './vocabulary/envelope.js';
import type { ReportStance } from './vocabulary/record.js';
import type { Development, RecordEvent } from './vocabulary/types.js';

/** What the decider found out when it recorded the event, from what the registers and the track said then. Kept in the metadata. */
export interface Resolved {
  /** For whom the speaker (or who states a position) speaks: the affiliation at the time of recording. */
  readonly onBehalfOf?: string;
  /** The proposal of the promise that a delivery names. */
  readonly proposal?: string;
}

/** One report on a development, under its id, with what it says of it. */
export interface StandingReport {
  readonly id: string;
  readonly report: Report;
  readonly stance: ReportStance;
}

export interface Standing {
  /** With the corrections so far. */
  readonly content: Development;
  readonly resolved: Resolved;
  readonly retracted: boolean;
  /** All that were not withdrawn: the original ones first, as corrected, then the added ones. */
  readonly reports: readonly StandingReport[];
  readonly order: Order;
  readonly added: readonly StandingReport[];
  readonly withdrawn: readonly string[];
}

/** A development when it was first recorded. @param position of its event */
export function firstStanding(development: Development, resolved: Resolved, position: bigint): Standing {
  return assemble(development, resolved, false, [], [], position);
}

/** What of a standing cannot be derived from the rest: what has to be kept to have it again. */
export type KeptStanding = Pick<Standing, 'content' | 'resolved' | 'retracted' | 'added' | 'withdrawn'>;

/** A standing from what was kept of it. @param position of the development's first event */
export function restoredStanding({ content, resolved, retracted, added, withdrawn }: KeptStanding, position: bigint): Standing {
  return assemble(content, resolved, retracted, added, withdrawn, position);
}

/** The standing after a record event of the same track that names this development. Pure and total. @param resolved of the record event */
export function evolveStanding(standing: Standing, event: RecordEvent, resolved: Resolved = {}): Standing {
  const { content, retracted, added, withdrawn, order } = standing;
  switch (event.type) {
    case 'DevelopmentCorrected':
      return assemble(corrected(content, event.changes), resolved, retracted, added, withdrawn, order.position);
    case 'DevelopmentRetracted':
      return { ...standing, retracted: true };
    case 'DevelopmentReinstated':
      return { ...standing, retracted: false };
    case 'ReportAdded':
      return assemble(
        content,
        standing.resolved,
        retracted,
        [...added, { id: event.id, report: event.report, stance: event.stance }],
        withdrawn,
        order.position,
      );
    case 'ReportWithdrawn':
      return assemble(content, standing.resolved, retracted, added, [...withdrawn, event.report], order.position);
  }
}

/** A development with a correction's changes: all but its id, type, crisis and track. */
export function corrected(content: Development, changes: Record<string, unknown>): Development {
  const { id, type, crisis, track } = content;
  return { ...(mergePatch(content, changes) as Development), id, type, crisis, track } as Development;
}

/** The ids of a development's original reports: the given one, else the source's slug, `<source>-2` for its second, and so on. */
export function reportIds(reports: readonly Report[]): string[] {
  if (reports.length === 1) return [reports[0]!.id ?? reports[0]!.source];
  const taken = new Set(reports.flatMap((report) => report.id ?? []));
  return reports.map((report) => {
    if (report.id !== undefined) return report.id;
    let id = report.source;
    for (let number = 2; taken.has(id); number++) id = `${report.source}-${number}`;
    taken.add(id);
    return id;
  });
}

/** Which sources count. By default all do. */
export interface SourceFilter {
  /** Takes out the reports of these sources and those that quote them. */
  readonly exclude: readonly string[];
  /** Keeps the reports of sources that are graded at least so. */
  readonly minReliability?: Exclude<Reliability, 'F'>;
  /** A source's grade at `knownAt`. */
  reliabilityOf(source: string): Reliability | undefined;
}

/** What of a standing says whether, and how, it counts. */
export type Supported = Pick<Standing, 'retracted' | 'reports'>;

/** The reports that a filter leaves. */
export function reportsWith(standing: Supported, filter?: SourceFilter): readonly StandingReport[] {
  if (filter === undefined) return standing.reports;
  const { exclude, minReliability } = filter;
  return standing.reports.filter(({ report }) => {
    if (exclude.includes(report.source) || (report.origin !== undefined && exclude.includes(report.origin))) return false;
    if (minReliability === undefined) return true;
    const reliability = filter.reliabilityOf(report.source);
    return reliability !== undefined && isAtLeast(reliability, minReliability);
  });
}

/** Whether at least one report that supports it is left (one that disputes keeps nothing), retracted or not. */
export function isSupported(standing: Supported, filter?: SourceFilter): boolean {
  return reportsWith(standing, filter).some(({ stance }) => stance === 'corroborates');
}

/** Whether a development counts: not retracted, and supported. */
export function isVisible(standing: Supported, filter?: SourceFilter): boolean {
  return !standing.retracted && isSupported(standing, filter);
}

export const VERIFICATIONS = ['retracted', 'disputed', 'corroborated', 'single-source'] as const;
export type Verification = (typeof VERIFICATIONS)[number];

/** `retracted`, else `disputed`, else `corroborated` by at least two independent origins, else `single-source`. */
export function verificationOf(standing: Supported, filter?: SourceFilter): Verification {
  if (standing.retracted) return 'retracted';
  const reports = reportsWith(standing, filter);
  if (reports.some(({ stance }) => stance === 'disputes')) return 'disputed';
  return new Set(reports.map(({ report }) => report.origin ?? report.source)).size > 1 ? 'corroborated' : 'single-source';
}

function assemble(
  content: Development,
  resolved: Resolved,
  retracted: boolean,
  added: readonly StandingReport[],
  withdrawn: readonly string[],
  position: bigint,
): Standing {
  const ids = reportIds(content.reports);
  const original = content.reports.map((report, index): StandingReport => ({ id: ids[index]!, report, stance: 'corroborates' }));
  const all = added.length === 0 ? original : [...original, ...added];
  const { earliest, latest } = parseOccurrence(content.occurredAt);
  return {
    content,
    resolved,
    retracted,
    reports: withdrawn.length === 0 ? all : all.filter(({ id }) => !withdrawn.includes(id)),
    order: { earliest, latest, sequence: content.sequence ?? 0, position },
    added,
    withdrawn,
  };
}
