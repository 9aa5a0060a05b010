// The slots of a crisis's tracks at a point of the record, as one.
import { CrisisSlots, type CrisisRow, type TrackOf } from '#crisis/crisis-slots.js';
import type { ListedSlot } from '#crisis/slot-table.js';
import type { SlotRow } from '#crisis/slots.js';
import type { Verification } from '#crisis/standing.js';
import type { Point } from './point.js';
import type { Rows } from './rows.js';
import type { TrackSlots } from './tables/slots.js';
import type { JudgedSupports } from './tables/supports.js';
import { FOREVER } from './tables/validity.js';
import { ALL_COUNT, trackSlots } from './track-read.js';

/** @param named only these tracks; a name that no track has finds nothing */
export function crisisSlotsAt(rows: Rows, point: Point, named?: readonly string[]): CrisisSlots {
  const { crisis, known } = point;
  const latest = rows.events.lastCountedOfCrisis(crisis.id, known)?.latestInCrisis ?? -FOREVER;
  const judged = judgedSupports(rows, point);
  const tracks = rows.crises.tracks(crisis).filter(({ name }) => named?.includes(name) ?? true);
  const slots = tracks.map((track) => ({
    track: track.name,
    slots: trackSlots(rows, track, known, judged.get(track.id) ?? ALL_COUNT, latest),
  }));
  return named === undefined ? new WholeCrisis(slots, crisisWide(rows, point, judged, latest)) : new CrisisSlots(slots);
}

/** What no source that counts supports, on any track of the crisis: the numbers of supports. */
export function failingSupports(rows: Rows, point: Point): ReadonlySet<number> {
  const all = new Set<number>();
  for (const { failing } of judgedSupports(rows, point).values()) for (const support of failing.keys()) all.add(support);
  return all;
}

function judgedSupports(rows: Rows, { crisis, filter }: Point): ReadonlyMap<number, JudgedSupports> {
  return filter === undefined ? new Map() : rows.supports.judgedInCrisis(crisis.id, filter);
}

/** Where parties stand is filed for the whole crisis too. */
function crisisWide(rows: Rows, { crisis, known }: Point, judged: ReadonlyMap<number, JudgedSupports>, latest: number): TrackSlots {
  const supports = { failing: new Map<number, Verification>(), changed: new Map<number, { from: Verification; to: Verification }>() };
  for (const { failing, changed } of judged.values()) {
    for (const [support, verification] of failing) supports.failing.set(support, verification);
    for (const [support, change] of changed) supports.changed.set(support, change);
  }
  return trackSlots(rows, { id: -crisis.id }, known, supports, latest);
}

/** All tracks of a crisis, with the slots that are filed for it as a whole. */
class WholeCrisis extends CrisisSlots {
  readonly #keys = new Map<ListedSlot, string[]>();

  constructor(
    tracks: readonly TrackOf[],
    private readonly wide: TrackSlots,
  ) {
    super(tracks);
  }

  override keys(slot: ListedSlot): string[] {
    if (!isWide(slot)) return super.keys(slot);
    let keys = this.#keys.get(slot);
    if (keys === undefined) this.#keys.set(slot, (keys = [...this.wide.keys(slot)].sort()));
    return keys;
  }

  override last<S extends ListedSlot>(slot: S, key: string, asOf: number): CrisisRow<S> | undefined {
    if (!isWide(slot)) return super.last(slot, key, asOf);
    const row = this.wide.last(slot, key, asOf);
    return row && onItsTrack(row);
  }

  override latest<S extends ListedSlot>(
    slot: S,
    asOf: number,
    most: number,
    keys?: readonly string[],
  ): ReadonlyMap<string, readonly CrisisRow<S>[]> {
    if (!isWide(slot)) return super.latest(slot, asOf, most, keys);
    return new Map([...this.wide.latest(slot, asOf, most, keys)].map(([key, rows]) => [key, rows.map(onItsTrack)]));
  }
}

function isWide(slot: ListedSlot): boolean {
  return slot === 'position' || slot === 'attributed';
}

function onItsTrack<S extends ListedSlot>(row: SlotRow<S>): CrisisRow<S> {
  const [track, development] = row.development.split('/') as [string, string];
  return { ...row, track, development };
}
