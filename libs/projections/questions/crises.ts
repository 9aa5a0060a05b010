// Which crises there are.
import { formatMoment } from '#crisis/time.js';
import { permalinkTo, refuseUnsettled } from '../citation.js';
import { pinnedPosition, pointIn, type Point, type Preface } from '../point.js';
import type { Questions, ReadPoint } from '../read-side.js';
import type { Rows } from '../rows.js';
import { FOREVER } from '../tables/validity.js';
import { closureAt, countsAt } from './crisis-overview.js';

/** A crisis in the list of crises. */
export interface CrisisOverview {
  id: string;
  title: unknown;
  openedAt: string;
  closed: boolean;
  tracks: number;
  developments: number;
  lastDevelopmentAt: string | null;
}

export function answerCrises(rows: Rows, read: Questions['crises']): object {
  return crisesAt(rows, read);
}

/** Those that were opened by `knownAt`. The list is not settled unless it is pinned: an archive may bring in a crisis of long ago. */
export function crisesAt(rows: Rows, read: ReadPoint): Preface & { readonly crises: CrisisOverview[] } {
  const opened = rows.crises.crises().filter(({ id }) => rows.entries.first(id, 'crisis', '') !== undefined);
  const points = opened.map((crisis) => pointIn(rows, crisis, read));
  const knownAt = Math.max(read.knownAt ?? read.now, ...(read.knownAt === undefined ? points.map((point) => point.knownAt) : []));
  const crises = points.flatMap((point) => overviewAt(rows, point) ?? []);
  const asOf = read.asOf ?? read.now;
  const position = pinnedPosition(read, rows.checkpoint.read().position);
  const parked = rows.parked.first();
  refuseUnsettled(read, position, parked === undefined ? undefined : { position: parked, recorded: -FOREVER });
  const settled = read.position !== undefined && (parked === undefined || position < parked);
  return {
    asOf: formatMoment(asOf),
    knownAt: formatMoment(knownAt),
    position: String(position),
    settledUntil: null,
    permalink: settled ? permalinkTo(read.address, { asOf, knownAt, position }, rows.store) : undefined,
    crises,
  };
}

/** Undefined where it was not opened by then. */
export function overviewAt(rows: Rows, point: Point): CrisisOverview | undefined {
  const { crisis } = point;
  const title = rows.entries.standing(crisis.id, 'crisis', '', point)?.['title'];
  if (title === undefined) return undefined;
  const openedAt = formatMoment(rows.entries.first(crisis.id, 'crisis', '')!.recorded);
  return { id: crisis.name, title, openedAt, closed: closureAt(rows, point) !== undefined, ...countsAt(rows, point) };
}
