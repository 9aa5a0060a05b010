// One track at two points, as what moved between them is found: what both read is read together, and what never changes is kept.
import { SlotTable } from '#crisis/slot-table.js';
import type { TrackAt } from '#crisis/track-moves.js';
import { trackState } from '#crisis/track-state.js';
import { KeptSlots, type ReadTogether } from './kept-slots.js';
import type { KeptTrack } from './kept-tracks.js';
import type { Point } from './point.js';
import type { Rows } from './rows.js';
import type { TrackRow } from './tables/crises.js';
import type { LastCounted } from './tables/events.js';
import type { Place, Standing } from './tables/standing-slots.js';
import type { JudgedSupports } from './tables/supports.js';
import { judgedSupports, talliesOf, trackInfo, trackSlots, verifiedBy, WITHOUT_THE_DAY, type TrackRead } from './track-read.js';
import { TallyTable } from './tally-table.js';

/** A track on which something was recorded, and the last of it that is known at the later point. */
export interface RecordedTrack {
  readonly row: TrackRow;
  readonly last: LastCounted | undefined;
}

/** What `use` makes of a track at two points. @param track undefined for one on which nothing was ever recorded */
export function atBoth<T>(
  rows: Rows,
  name: string,
  track: RecordedTrack | undefined,
  from: Point,
  to: Point,
  use: (before: TrackAt, after: TrackAt) => T,
): T {
  const trackAt = (point: Point, { slots, tallies }: TrackRead): TrackAt => ({
    state: trackState(trackInfo(rows, point, name, track?.row), slots, tallies, point.asOf),
    slots,
    asOf: point.asOf,
  });
  if (track === undefined) return use(trackAt(from, nothingAt(from)), trackAt(to, nothingAt(to)));
  const both = new TrackAtBoth(rows, track, from, to);
  const made = use(trackAt(from, both.before), trackAt(to, both.after));
  both.keep();
  return made;
}

/** Of one point: the track's last event that is known there, and whether there the track never changes. */
interface End {
  readonly point: Point;
  readonly last: LastCounted | undefined;
  readonly isKept: boolean;
}

class TrackAtBoth {
  private readonly track: TrackRow;
  readonly before: TrackRead;
  readonly after: TrackRead;
  readonly #from: End;
  readonly #to: End;
  #standing: [Standing, Standing] | undefined;

  constructor(
    private readonly rows: Rows,
    { row, last }: RecordedTrack,
    from: Point,
    to: Point,
  ) {
    this.track = row;
    [this.#from, this.#to] = [endAt(from, rows.events.lastCounted(row.id, from.known)), endAt(to, last)];
    this.before = this.#read(this.#from, 0);
    this.after = this.#read(this.#to, 1);
  }

  /** What was read, for whoever asks again. */
  keep(): void {
    for (const [{ last, isKept }, read] of [
      [this.#from, this.before],
      [this.#to, this.after],
    ] as const)
      if (isKept) this.rows.keptTracks.keep(this.track.id, last!.position, read as KeptTrack);
  }

  /** Tension and what is uncertain move with every day: they are not compared, and not read. */
  #read({ point, last, isKept }: End, index: 0 | 1): TrackRead {
    if (last === undefined) return nothingAt(point);
    const { rows, track } = this;
    const kept = isKept ? rows.keptTracks.find(track.id, last.position) : undefined;
    if (kept !== undefined) return kept;
    const supports = judgedSupports(rows, track, point.filter);
    // What is kept is known at the last event as at every later place up to the next.
    const known = isKept ? last.position : point.known;
    return {
      slots: this.#slots({ known, asOf: placeOf(point, last).asOf }, last.latestOccurrence!, supports, this.#standingAt(index)),
      tallies: talliesOf(rows, point, track, last, supports, WITHOUT_THE_DAY),
    };
  }

  #slots(place: Place, latestOccurrence: number, supports: JudgedSupports, standing: Standing): KeptSlots {
    const { rows, track } = this;
    const slots = trackSlots(rows, track, place.known, supports, latestOccurrence);
    const together: ReadTogether = {
      standing,
      standingOf: (slot, keys) => rows.standing.of(track.id, slot, keys, place),
      failing: supports.failing,
      verified: verifiedBy(rows, supports),
    };
    return new KeptSlots(slots, place.asOf, latestOccurrence, together);
  }

  #standingAt(index: 0 | 1): Standing {
    const [from, to] = [placeOf(this.#from.point, this.#from.last), placeOf(this.#to.point, this.#to.last)];
    return (this.#standing ??= this.rows.standing.atBoth(this.track.id, from, to))[index];
  }
}

function endAt(point: Point, last: LastCounted | undefined): End {
  return { point, last, isKept: last !== undefined && point.filter === undefined && last.latestOccurrence! <= point.asOf };
}

/** Nothing that is known begins later than the last that does: what was recorded since is not walked over. */
function placeOf({ known, asOf }: Point, last: LastCounted | undefined): Place {
  return { known, asOf: Math.min(asOf, last?.latestOccurrence ?? asOf) };
}

function nothingAt({ asOf }: Point): TrackRead {
  return { slots: new SlotTable(), tallies: new TallyTable().at(asOf) };
}
