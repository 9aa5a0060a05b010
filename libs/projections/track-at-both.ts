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
  readonly before: TrackRead;
  readonly after: TrackRead;
  readonly #track: TrackRow;
  readonly #from: End;
  readonly #to: End;

  constructor(
    private readonly rows: Rows,
    { row, last }: RecordedTrack,
    from: Point,
    to: Point,
  ) {
    this.#track = row;
    [this.#from, this.#to] = [endAt(from, rows.events.lastCounted(row.id, from.known)), endAt(to, last)];
    const [was, is] = [this.#kept(this.#from), this.#kept(this.#to)];
    const places = [placeOf(this.#from), placeOf(this.#to)] as const;
    const standing =
      was === undefined && is === undefined
        ? rows.standing.atBoth(row.id, ...places)
        : ([was, is] as const).map((kept, index) => (kept === undefined ? rows.standing.at(row.id, places[index]!) : undefined));
    this.before = was ?? this.#read(this.#from, standing[0]!);
    this.after = is ?? this.#read(this.#to, standing[1]!);
  }

  /** Keeps what was read, for whoever asks again. */
  keep(): void {
    for (const [{ last, isKept }, read] of [
      [this.#from, this.before],
      [this.#to, this.after],
    ] as const)
      if (isKept) this.rows.keptTracks.keep(this.#track.id, last!.position, read as KeptTrack);
  }

  #kept({ last, isKept }: End): KeptTrack | undefined {
    return isKept ? this.rows.keptTracks.find(this.#track.id, last!.position) : undefined;
  }

  /** Tension and what is uncertain move with every day: they are not compared, and not read. */
  #read(end: End, standing: Standing): TrackRead {
    const { point, last } = end;
    if (last === undefined) return nothingAt(point);
    const { rows } = this;
    const track = this.#track;
    const place = placeOf(end);
    const supports = judgedSupports(rows, track, point.filter);
    const together: ReadTogether = {
      standing,
      standingOf: (slot, keys) => rows.standing.of(track.id, slot, keys, place),
      failing: supports.failing,
      verified: verifiedBy(rows, supports),
    };
    const slots = trackSlots(rows, track, place.known, supports, last.latestOccurrence!);
    return {
      slots: new KeptSlots(slots, place.asOf, last.latestOccurrence!, together),
      tallies: talliesOf(rows, point, track, last, supports, WITHOUT_THE_DAY),
    };
  }
}

function endAt(point: Point, last: LastCounted | undefined): End {
  return { point, last, isKept: last !== undefined && point.filter === undefined && last.latestOccurrence! <= point.asOf };
}

/** Of a track, what is known is known since its last event, and nothing of it begins later than the last that does: what was recorded since is not walked over. */
function placeOf({ point, last }: End): Place {
  return { known: last?.position ?? point.known, asOf: Math.min(point.asOf, last?.latestOccurrence ?? point.asOf) };
}

function nothingAt({ asOf }: Point): TrackRead {
  return { slots: new SlotTable(), tallies: new TallyTable().at(asOf) };
}
