// The slots of several tracks as one: in a crisis, what stands is what stands last on any of its tracks.
import { compareOrder, type Order } from './order.js';
import type { Slot, SlotRow } from './slots.js';
import type { ListedSlot, SlotReader } from './slot-table.js';

/** The slots of one track, under its name. */
export interface TrackOf {
  readonly track: string;
  readonly slots: SlotReader;
}

export interface CrisisRow<S extends Slot = Slot> extends SlotRow<S> {
  /** On which the development stands. */
  readonly track: string;
}

export class CrisisSlots {
  /** By slot and key: on which tracks something may stand. */
  private readonly found = new Map<ListedSlot, Map<string, TrackOf[]>>();

  constructor(readonly tracks: readonly TrackOf[]) {}

  /** Every key under which something may stand, in alphabetical order. */
  keys(slot: ListedSlot): string[] {
    return [...this.tracksBy(slot).keys()].sort();
  }

  /** What stands in a slot: the last that was set on any track by `asOf`. */
  last<S extends ListedSlot>(slot: S, key: string, asOf: number): CrisisRow<S> | undefined {
    let last: CrisisRow<S> | undefined;
    for (const { track, slots } of this.tracksBy(slot).get(key) ?? []) {
      const row = slots.last(slot, key, asOf);
      if (row !== undefined && (last === undefined || compareOrder(row.order, last.order) > 0)) last = { ...row, track };
    }
    return last;
  }

  /** Under each key that anything stands under at `asOf`: what was last set there on any track, the last first. @param most of each @param keys only these */
  latest<S extends ListedSlot>(
    slot: S,
    asOf: number,
    most: number,
    keys?: readonly string[],
  ): ReadonlyMap<string, readonly CrisisRow<S>[]> {
    const lists = new Map<string, CrisisRow<S>[][]>();
    for (const { track, slots } of this.tracks) {
      for (const [key, rows] of slots.latest(slot, asOf, most, keys)) {
        const list = [...onTrack(track, rows)];
        const others = lists.get(key);
        if (others === undefined) lists.set(key, [list]);
        else others.push(list);
      }
    }
    return new Map([...lists].map(([key, each]) => [key, [...lastFirst(each).take(most)]]));
  }

  /** What was set on any track in a slot that has one key (`''`), the last first. Read as far as it is asked for. */
  every<S extends Exclude<Slot, ListedSlot>>(slot: S, asOf: number, before?: Order): Generator<CrisisRow<S>> {
    return lastFirst(this.tracks.map(({ track, slots }) => onTrack(track, slots.history(slot, '', asOf, before))));
  }

  private tracksBy(slot: ListedSlot): Map<string, TrackOf[]> {
    let keys = this.found.get(slot);
    if (keys !== undefined) return keys;
    this.found.set(slot, (keys = new Map()));
    for (const each of this.tracks) {
      for (const key of each.slots.keys(slot)) {
        const tracks = keys.get(key);
        if (tracks === undefined) keys.set(key, [each]);
        else tracks.push(each);
      }
    }
    return keys;
  }
}

/** What several lists hold, each of which has the last in order of occurrence first. A list is read no further than is asked for. */
export function* lastFirst<T extends { readonly order: Order }>(lists: readonly Iterable<T>[]): Generator<T> {
  const heads: { value: T; rest: Iterator<T> }[] = [];
  for (const list of lists) {
    const rest = list[Symbol.iterator]();
    const { done, value } = rest.next();
    if (done !== true) heads.push({ value, rest });
  }
  while (heads.length > 0) {
    let last = 0;
    for (let index = 1; index < heads.length; index++)
      if (compareOrder(heads[index]!.value.order, heads[last]!.value.order) > 0) last = index;
    const head = heads[last]!;
    yield head.value;
    const { done, value } = head.rest.next();
    if (done === true) heads.splice(last, 1);
    else head.value = value;
  }
}

function* onTrack<S extends Slot>(track: string, rows: Iterable<SlotRow<S>>): Generator<CrisisRow<S>> {
  for (const row of rows) yield { ...row, track };
}
