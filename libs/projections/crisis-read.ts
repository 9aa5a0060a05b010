// The slots of a crisis's tracks at a point of the record, as one.
import { CrisisSlots } from '#crisis/crisis-slots.js';
import type { Point } from './point.js';
import type { Rows } from './rows.js';
import { slotsAt } from './track-read.js';

/** @param named only these tracks; a name that no track has finds nothing */
export function crisisSlotsAt(rows: Rows, point: Point, named?: readonly string[]): CrisisSlots {
  const tracks = rows.crises.tracks(point.crisis).filter(({ name }) => named?.includes(name) ?? true);
  return new CrisisSlots(tracks.map((track) => ({ track: track.name, slots: slotsAt(rows, track, point.known, point.filter) })));
}

/** What no source that counts supports, on any track of the crisis: the numbers of supports. */
export function failingSupports(rows: Rows, { crisis, filter }: Point): ReadonlySet<number> {
  if (filter === undefined) return new Set();
  return new Set(rows.crises.tracks(crisis).flatMap(({ id }) => [...rows.supports.judged(id, filter).failing.keys()]));
}
