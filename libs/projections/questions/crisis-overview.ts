// One crisis: what its registers say, and how its tracks stand.
import { compareOrder, type Order } from '#crisis/order.js';
import { parseOccurrence } from '#crisis/time.js';
import { pointOf, prefaceOf, type Point } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { RegisterKind, Whole } from '../tables/entries.js';
import { trackStateAt, readTrack, tracksAt, WITHOUT_THE_DAY } from '../track-read.js';

export function answerCrisis(rows: Rows, read: Questions['crisis']): object {
  const point = pointOf(rows, read.crisis, read);
  const { crisis } = point;
  const tracks = tracksAt(rows, point).map((name) => trackStateAt(rows, point, name, WITHOUT_THE_DAY));
  const { developments, lastDevelopmentAt } = countsAt(rows, point);
  return {
    ...prefaceOf(point),
    crisis: {
      id: crisis.name,
      ...rows.entries.resolve(crisis.id, 'crisis', '', point),
      closed: closureAt(rows, point),
      actors: entriesOf(rows, point, 'actor'),
      issues: entriesOf(rows, point, 'issue'),
      sources: entriesOf(rows, point, 'source'),
      tracks: tracks.map(({ id, title, parties, status }) => ({ id, title, parties, status })),
      developments,
      lastDevelopmentAt,
    },
  };
}

/** The mark that a crisis is over, if it was made by then. */
export function closureAt(rows: Rows, point: Point): Whole | undefined {
  return rows.entries.standing(point.crisis.id, 'closure', '', point);
}

export function countsAt(rows: Rows, point: Point): { tracks: number; developments: number; lastDevelopmentAt: string | null } {
  let developments = 0;
  let last: { order: Order; occurredAt: string } | undefined;
  // Counted are all tracks that have developments by then, also one that was registered later than these are said to be.
  for (const { name } of rows.crises.tracks(point.crisis)) {
    const { tallies } = readTrack(rows, point, name, WITHOUT_THE_DAY);
    developments += tallies.developments;
    if (tallies.lastDevelopment === undefined) continue;
    const { occurredAt } = tallies.lastDevelopment;
    const order = { ...parseOccurrence(occurredAt), sequence: 0, position: 0n };
    if (last === undefined || compareOrder(order, last.order) > 0) last = { order, occurredAt };
  }
  return { tracks: tracksAt(rows, point).length, developments, lastDevelopmentAt: last?.occurredAt ?? null };
}

function entriesOf(rows: Rows, point: Point, kind: RegisterKind): object[] {
  const { crisis } = point;
  return rows.entries.listed(crisis.id, kind, point).map((id) => ({ id, ...rows.entries.resolve(crisis.id, kind, id, point) }));
}
