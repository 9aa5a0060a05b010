// One crisis: what its registers say, and how its tracks stand.
import { compareOrder } from '#crisis/order.js';
import type { Tallies } from '#crisis/track-state.js';
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
  let last: Tallies['lastDevelopment'];
  // Counted are all tracks that have developments by then, also one that was registered later than these are said to be.
  for (const { name } of rows.crises.tracks(point.crisis)) {
    const { tallies } = readTrack(rows, point, name, WITHOUT_THE_DAY);
    developments += tallies.developments;
    const { lastDevelopment: own } = tallies;
    if (own !== undefined && (last === undefined || compareOrder(own.order, last.order) > 0)) last = own;
  }
  return { tracks: tracksAt(rows, point).length, developments, lastDevelopmentAt: last?.occurredAt ?? null };
}

function entriesOf(rows: Rows, point: Point, kind: RegisterKind): object[] {
  const { crisis } = point;
  return rows.entries.listed(crisis.id, kind, point).map((id) => ({ id, ...rows.entries.resolve(crisis.id, kind, id, point) }));
}
