// One track at two points, as what moved between them is found: what both read is read together.
import { SlotTable } from '#crisis/slot-table.js';
import type { TrackAt } from '#crisis/track-moves.js';
import { trackState } from '#crisis/track-state.js';
import { KeptSlots, type ReadTogether } from './kept-slots.js';
import type { Point } from './point.js';
import type { Rows } from './rows.js';
import type { TrackRow } from './tables/crises.js';
import type { LastCounted } from './tables/events.js';
import type { Place, Standing } from './tables/standing-slots.js';
import type { JudgedSupports } from './tables/supports.js';
import { judgedSupports, talliesOf, trackInfo, trackSlots, verifiedBy, WITHOUT_THE_DAY, type TrackRead } from './track-read.js';
import { TallyTable } from './tally-table.js';

/** @param track undefined for one of which nothing was ever recorded */
export function trackAtBoth(rows: Rows, name: string, track: TrackRow | undefined, from: Point, to: Point): [TrackAt, TrackAt] {
  const [before, after] = readAtBoth(rows, track, from, to);
  const trackAt = (point: Point, { slots, tallies }: TrackRead): TrackAt => ({
    state: trackState(trackInfo(rows, point, name, track), slots, tallies, point.asOf),
    slots,
    asOf: point.asOf,
  });
  return [trackAt(from, before), trackAt(to, after)];
}

/** Tension and what is uncertain move with every day: they are not compared, and not read. */
function readAtBoth(rows: Rows, track: TrackRow | undefined, from: Point, to: Point): [TrackRead, TrackRead] {
  if (track === undefined) return [nothingAt(from), nothingAt(to)];
  const [first, last] = [rows.events.lastCounted(track.id, from.known), rows.events.lastCounted(track.id, to.known)];
  const [was, is] = rows.standing.atBoth(track.id, placeOf(from, first), placeOf(to, last));
  const supports = judgedSupports(rows, track, to.filter);
  // Sources are graded at each point by itself.
  const supportsBefore = to.counting.minReliability === undefined ? supports : judgedSupports(rows, track, from.filter);
  return [readAt(rows, track, from, first, was, supportsBefore), readAt(rows, track, to, last, is, supports)];
}

function readAt(
  rows: Rows,
  track: TrackRow,
  point: Point,
  last: LastCounted | undefined,
  standing: Standing,
  supports: JudgedSupports,
): TrackRead {
  if (last === undefined) return nothingAt(point);
  const slots = trackSlots(rows, track, point.known, supports, last.latestOccurrence!);
  const together: ReadTogether = {
    standing,
    standingOf: (slot, keys) => rows.standing.of(track.id, slot, keys, placeOf(point, last)),
    failing: supports.failing,
    verified: verifiedBy(rows, supports),
  };
  return {
    slots: new KeptSlots(slots, point.asOf, together),
    tallies: talliesOf(rows, point, track, last, supports, WITHOUT_THE_DAY),
  };
}

/** Nothing that is known begins later than the last that does: what was recorded since is not walked over. */
function placeOf({ known, asOf }: Point, last: LastCounted | undefined): Place {
  return { known, asOf: Math.min(asOf, last?.latestOccurrence ?? asOf) };
}

function nothingAt({ asOf }: Point): TrackRead {
  return { slots: new SlotTable(), tallies: new TallyTable().at(asOf) };
}
