// Where a read stands: the two clocks of the caller, turned into a place in the record.
import { refusal, type Refusal } from '#crisis/refusal.js';
import type { Reliability } from '#crisis/admiralty.js';
import type { SourceFilter } from '#crisis/standing.js';
import { formatMoment } from '#crisis/time.js';
import { citablePosition, permalinkTo, refuseUnsettled, type FirstParked } from './citation.js';
import type { CrisisRow } from './tables/crises.js';
import type { EntriesBy } from './tables/entries.js';
import { FOREVER } from './tables/validity.js';
import { ReadRefused, type ReadPoint } from './read-side.js';
import type { Rows } from './rows.js';

/** A point of one crisis's record. */
export interface Point extends EntriesBy {
  readonly crisis: CrisisRow;
  /** ms */
  readonly asOf: number;
  /** ms */
  readonly knownAt: number;
  /** The last position of the crisis's track events that counts: rows are seen that are valid there. */
  readonly known: number;
  /** The position that the answer names: the one that it is pinned to, else how far the log is applied. Registers count up to it. */
  readonly position: number;
  readonly pinned: boolean;
  /** ISO; of a pinned point as it was at its position, so that its answer has the same bytes for ever. */
  readonly settledUntil: string | null;
  /** Of a settled answer. */
  readonly permalink: string | undefined;
  readonly counting: Counting;
  /** By {@link counting}, with the grades that stood at this point. */
  readonly filter: SourceFilter | undefined;
}

/** Whose reports count, as the caller said. */
export type Counting = Pick<ReadPoint, 'excludeSource' | 'minReliability'>;

/** What every answer begins with. */
export interface Preface {
  readonly asOf: string;
  readonly knownAt: string;
  readonly position: string;
  readonly settledUntil: string | null;
  /** Where this very answer can be read for ever, if it is settled. */
  readonly permalink: string | undefined;
}

/**
 * @throws ReadRefused `unknown-crisis` for one that nobody has opened; one that was opened after `knownAt` resolves
 * @throws ReadRefused `unknown-source` where a source is to be left out that nobody has registered: with all sources, an answer would pass for one without it
 */
export function pointOf(rows: Rows, name: string, read: ReadPoint): Point {
  const crisis = crisisNamed(rows, name);
  // What is cited was answered once, and is answered again.
  if (read.projection === undefined) refuseUnknownSources(rows, crisis, read);
  return pointIn(rows, crisis, read);
}

/** The same for a crisis in which none of the sources that are left out need be known: one of several that are asked at once. */
export function pointIn(rows: Rows, crisis: CrisisRow, read: ReadPoint): Point {
  const applied = rows.checkpoint.read().position;
  const position = pinnedPosition(read, applied);
  const pinned = read.position !== undefined;
  const last = rows.events.lastKnown(crisis.id, FOREVER);
  const knownAt = read.knownAt ?? Math.max(read.now, last?.recorded ?? read.now);
  const known = Math.min(rows.events.lastKnown(crisis.id, knownAt)?.position ?? 0, position);
  const by = { knownAt, position };
  const parked = firstParkedOf(rows, crisis);
  refuseUnsettled(read, position, parked);
  const latest = pinned ? (rows.events.lastCountedOfCrisis(crisis.id, position)?.recorded ?? null) : crisis.latest;
  const settled = settledUntil({ latest, firstParked: parked === undefined || position < parked.position ? null : parked.recorded });
  const asOf = read.asOf ?? read.now;
  const citable = pinned || (latest !== null && knownAt < latest) ? citablePosition(by, parked) : undefined;
  const permalink = citable === undefined ? undefined : permalinkTo(read.address, { asOf, knownAt, position: citable }, rows.store);
  const filter = filterOf(rows, crisis, read, by);
  return { ...by, crisis, asOf, known, pinned, settledUntil: settled, permalink, counting: read, filter };
}

function firstParkedOf(rows: Rows, { id, firstParked }: CrisisRow): FirstParked | undefined {
  return firstParked === null ? undefined : { position: rows.parked.firstOfCrisis(id)!, recorded: firstParked };
}

/** The same point, at another moment and another place of the record. */
export function pointAt(
  rows: Rows,
  { crisis, counting }: Pick<Point, 'crisis' | 'counting'>,
  asOf: number,
  knownAt: number,
  position: number,
): Point {
  const filter = filterOf(rows, crisis, counting, { knownAt, position });
  const settled = settledUntil(crisis);
  return { crisis, asOf, knownAt, known: position, position, pinned: true, settledUntil: settled, permalink: undefined, counting, filter };
}

export function crisisNamed(rows: Rows, name: string): CrisisRow {
  const crisis = rows.crises.crisis(name);
  if (crisis === undefined || rows.entries.first(crisis.id, 'crisis', '') === undefined)
    throw notFound('unknown-crisis', `There is no crisis "${name}"`);
  return crisis;
}

export function prefaceOf({ asOf, knownAt, position, settledUntil: until, permalink }: Point): Preface {
  return { asOf: formatMoment(asOf), knownAt: formatMoment(knownAt), position: String(position), settledUntil: until, permalink };
}

/** Answers whose `knownAt` is before it never change again. Null: there is nothing yet that could settle one. */
export function settledUntil({ latest, firstParked }: Pick<CrisisRow, 'latest' | 'firstParked'>): string | null {
  if (latest === null) return null;
  const until = firstParked === null ? latest : Math.min(latest, firstParked);
  return until <= -FOREVER ? null : formatMoment(until);
}

export function notFound(code: string, detail: string): ReadRefused {
  return new ReadRefused(refusal('not-found', code, detail));
}

export function refused(kind: Refusal['kind'], code: string, detail: string): ReadRefused {
  return new ReadRefused(refusal(kind, code, detail));
}

/** @throws ReadRefused `not-reached` for a position that is not applied yet: its answer is not known */
export function pinnedPosition(read: ReadPoint, applied: number): number {
  if (read.position === undefined) return applied;
  if (read.position > BigInt(applied))
    throw new ReadRefused(
      refusal('unavailable', 'not-reached', `The read side has come to position ${applied}, not yet to ${read.position}`),
    );
  return Number(read.position);
}

function refuseUnknownSources(rows: Rows, { id, name }: CrisisRow, { excludeSource = [] }: Counting): void {
  const unknown = excludeSource.filter((source) => rows.entries.first(id, 'source', source) === undefined);
  if (unknown.length === 0) return;
  const named = unknown.map((source) => `"${source}"`).join(', ');
  throw refused('not-found', 'unknown-source', `The crisis "${name}" has no source ${named} that could be left out`);
}

function filterOf(
  rows: Rows,
  crisis: CrisisRow,
  { excludeSource = [], minReliability }: Counting,
  by: EntriesBy,
): SourceFilter | undefined {
  if (excludeSource.length === 0 && minReliability === undefined) return undefined;
  const grades = new Map<string, Reliability | undefined>();
  const reliabilityOf = (source: string): Reliability | undefined => {
    if (!grades.has(source))
      grades.set(source, rows.entries.resolve(crisis.id, 'source', source, by)?.['reliability'] as Reliability | undefined);
    return grades.get(source);
  };
  return { exclude: excludeSource, minReliability, reliabilityOf };
}
