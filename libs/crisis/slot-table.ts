// Slots in memory: for the fold of a replay, of a read without some sources, and of whatever is small.
import { compareOrder, type Order } from './order.js';
import { sets, type Slot, type SlotRow, type SlotSetting } from './slots.js';
import { isVisible, verificationOf, type SourceFilter, type Standing } from './standing.js';

/** What may be open at a moment: it was begun, and not closed before. */
export type Matter = 'promise' | 'proposal' | 'announced';

/** Slots whose keys can be listed: there are as many as there are parties and issues, not as there are developments. */
export type ListedSlot = 'position' | 'attributed' | 'statement' | 'said';

/** What a view reads. `asOf` in ms: what lies later in order of occurrence is as if it were not there. */
export interface SlotReader {
  /** What stands in a slot: the last that was set by `asOf`. */
  last<S extends Slot>(slot: S, key: string, asOf: number): SlotRow<S> | undefined;
  /** The first that was set by `asOf`, and not before `from` in order of occurrence. */
  first<S extends Slot>(slot: S, key: string, asOf: number, from?: Order): SlotRow<S> | undefined;
  /**
   * What was set in a slot by `asOf`, the last first. Read as far as it is asked for.
   * @param before only what stands before it in order of occurrence
   */
  history<S extends Slot>(slot: S, key: string, asOf: number, before?: Order): Iterable<SlotRow<S>>;
  /** Under each key that anything stands under at `asOf`: what was last set there, the last first. @param most of each @param keys only these */
  latest<S extends ListedSlot>(slot: S, asOf: number, most: number, keys?: readonly string[]): ReadonlyMap<string, readonly SlotRow<S>[]>;
  /** Every key under which something may stand, in any order. */
  keys(slot: ListedSlot): Iterable<string>;
  /** The keys of all matters that are open at `asOf`, and maybe of some that are not. */
  open(matter: Matter, asOf: number): Iterable<string>;
  /** Says what will be asked for: whoever has it far away fetches it together. */
  expect?(slot: Slot, keys: readonly string[]): void;
  /** Of a reader whose moment never falls: what was made of some slots, until one of them is set anew. */
  kept?<T extends object>(slots: readonly ListedSlot[], make: () => T): T;
}

/** Slots of one track, filled development by development. */
export class SlotTable implements SlotReader {
  private readonly rows = new Map<Slot, Map<string, SlotRow[]>>();
  private readonly setBy = new Map<string, { slot: Slot; key: string }[]>();

  /** Sets what a development sets as it stands, in place of what it set before. Returns these settings. */
  put(standing: Standing, filter?: SourceFilter): readonly SlotSetting[] {
    const { id, occurredAt } = standing.content;
    this.remove(id);
    if (!isVisible(standing, filter)) return [];
    const verification = verificationOf(standing, filter);
    const settings = sets(standing.content, standing.resolved);
    for (const { slot, key, value } of settings) {
      const row = { value, development: id, occurredAt, order: standing.order, verification };
      let keys = this.rows.get(slot);
      if (keys === undefined) this.rows.set(slot, (keys = new Map()));
      const rows = keys.get(key);
      if (rows === undefined) keys.set(key, [row]);
      else rows.splice(placeAfter(rows, row.order), 0, row);
    }
    this.setBy.set(id, settings);
    return settings;
  }

  /** Takes out all that a development set. */
  remove(development: string): void {
    for (const { slot, key } of this.setBy.get(development) ?? []) {
      const keys = this.rows.get(slot)!;
      const left = keys.get(key)!.filter((row) => row.development !== development);
      if (left.length > 0) keys.set(key, left);
      else keys.delete(key);
    }
    this.setBy.delete(development);
  }

  last<S extends Slot>(slot: S, key: string, asOf: number): SlotRow<S> | undefined {
    return this.rowsOf(slot, key).findLast(({ order }) => order.earliest <= asOf);
  }

  first<S extends Slot>(slot: S, key: string, asOf: number, from?: Order): SlotRow<S> | undefined {
    const row = this.rowsOf(slot, key).find(({ order }) => from === undefined || compareOrder(order, from) >= 0);
    return row !== undefined && row.order.earliest <= asOf ? row : undefined;
  }

  *history<S extends Slot>(slot: S, key: string, asOf: number, before?: Order): Generator<SlotRow<S>> {
    const rows = this.rowsOf(slot, key);
    for (let index = rows.length - 1; index >= 0; index--) {
      const row = rows[index]!;
      if (row.order.earliest <= asOf && (before === undefined || compareOrder(row.order, before) < 0)) yield row;
    }
  }

  latest<S extends ListedSlot>(slot: S, asOf: number, most: number, keys?: readonly string[]): Map<string, SlotRow<S>[]> {
    const latest = new Map<string, SlotRow<S>[]>();
    for (const key of keys ?? this.keys(slot)) {
      const rows = [...this.history(slot, key, asOf).take(most)];
      if (rows.length > 0) latest.set(key, rows);
    }
    return latest;
  }

  keys(slot: Slot): Iterable<string> {
    return this.rows.get(slot)?.keys() ?? [];
  }

  open(matter: Matter): Iterable<string> {
    return this.keys(matter);
  }

  private rowsOf<S extends Slot>(slot: S, key: string): readonly SlotRow<S>[] {
    return (this.rows.get(slot)?.get(key) ?? []) as unknown as readonly SlotRow<S>[];
  }
}

/** The index after the last row that is not after an order: new rows mostly go to the end. */
function placeAfter(rows: readonly SlotRow[], order: Order): number {
  let index = rows.length;
  while (index > 0 && compareOrder(rows[index - 1]!.order, order) > 0) index--;
  return index;
}
