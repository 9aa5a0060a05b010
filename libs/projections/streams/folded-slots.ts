// The slots of a track as far as a replay has come. What its views ask for is kept and goes along with the replay; everything else
// stays in the file until it is asked for: what is in memory does not grow with the history.
import { mattersOf, openBetween } from '#crisis/commitment.js';
import { compareOrder, type Order } from '#crisis/order.js';
import type { ListedSlot, Matter, SlotReader } from '#crisis/slot-table.js';
import { sets, type Slot, type SlotRow, type SlotSetting } from '#crisis/slots.js';
import { isVisible, verificationOf, type SourceFilter, type Standing } from '#crisis/standing.js';

/** The file, as it is where the replay stands. */
export interface FiledSlots {
  last<S extends Slot>(slot: S, key: string): SlotRow<S> | undefined;
  first<S extends Slot>(slot: S, key: string, from?: Order): SlotRow<S> | undefined;
  history<S extends Slot>(slot: S, key: string, before?: Order): Iterable<SlotRow<S>>;
  /** Every key under which anything ever stands, wherever the replay is. */
  keys(slot: ListedSlot): Iterable<string>;
  /** Every promise that was ever made on a proposal. */
  promisesOn(proposal: string): readonly string[];
  /** Asked for where it is not that of {@link last}: whether something stands in a slot in the whole record. */
  lastOfAll?<S extends Slot>(slot: S, key: string): SlotRow<S> | undefined;
}

/** One slot under one key, as far as it was asked for. Null: nothing stands there. */
interface Cell {
  last?: SlotRow | null | undefined;
  first?: SlotRow | null | undefined;
  /** The first from a place in the order on for which it was asked last. */
  firstFrom?: { readonly from: Order; readonly row: SlotRow | undefined } | undefined;
}

/** Set by their own development alone: whoever takes one in knows all that ever stands there. */
const SET_ONCE: ReadonlySet<Slot> = new Set(['promise', 'proposal', 'announced']);
/** Whose keys grow in number with the history. */
const OF_MATTERS: ReadonlySet<Slot> = new Set(['promise', 'proposal', 'announced', 'delivery', 'withdrawal', 'schedule', 'held']);
/** How many cells are kept at least, and how many for each open matter. */
const CELLS = 1000;
const CELLS_OF_A_MATTER = 8;

/**
 * Moves forward only: whatever begins by the moment for which it is asked has been told to it. What is told to be otherwise
 * than before may lie anywhere in order of occurrence.
 */
export class FoldedSlots implements SlotReader {
  readonly #cells = new Map<Slot, Map<string, Cell>>();
  #count = 0;
  readonly #keys = new Map<ListedSlot, readonly string[]>();
  /** Until when each matter is open, ms, as far as the replay has come. */
  readonly #open: Readonly<Record<Matter, Map<string, number>>> = { promise: new Map(), proposal: new Map(), announced: new Map() };
  /** How often each slot was set. */
  readonly #changes = new Map<Slot, number>();
  readonly #kept = new Map<string, { readonly changes: number; readonly made: object }>();
  readonly #ofAll = new Map<string, SlotRow | undefined>();
  readonly #now = {
    last: <S extends Slot>(slot: S, key: string): SlotRow<S> | undefined => this.#last(slot, key),
    first: <S extends Slot>(slot: S, key: string, _: number, from?: Order): SlotRow<S> | undefined => this.#first(slot, key, from),
  };

  /** It began before everything, and what is not kept of these does not stand: of all slots, then of those that are not of matters. */
  #complete: 'all' | 'but-matters' | 'none';

  /**
   * @param open the matters that are open where the replay begins; undefined if it begins before everything
   * @param cells how many cells are kept at least
   */
  constructor(
    private readonly file: FiledSlots,
    open?: readonly (readonly [Matter, string])[],
    private readonly cells = CELLS,
  ) {
    this.#complete = open === undefined ? 'all' : 'none';
    for (const [matter, key] of open ?? []) this.#reconsider(matter, key);
  }

  /** A development stands otherwise than before, or is new. The file is to be where it does. */
  change(before: Standing | undefined, after: Standing, filter?: SourceFilter): void {
    const old = before !== undefined && isVisible(before, filter) ? sets(before.content, before.resolved) : [];
    const now = isVisible(after, filter) ? sets(after.content, after.resolved) : [];
    const { id, occurredAt } = after.content;
    for (const { slot, key } of old) this.#takeOut(slot, key, id);
    if (now.length > 0) {
      const verification = verificationOf(after, filter);
      for (const { slot, key, value } of now)
        this.#put(slot, key, { value, development: id, occurredAt, order: after.order, verification });
    }
    for (const setting of old) this.#reconsiderAll(setting);
    for (const setting of now) this.#reconsiderAll(setting);
    if (this.#count > this.cells + CELLS_OF_A_MATTER * OPEN.reduce((sum, matter) => sum + this.#open[matter].size, 0)) this.#forget();
  }

  last<S extends Slot>(slot: S, key: string, asOf: number): SlotRow<S> | undefined {
    if (asOf !== Infinity || this.file.lastOfAll === undefined) return this.#last(slot, key);
    const name = `${slot} ${key}`;
    if (!this.#ofAll.has(name)) this.#ofAll.set(name, this.file.lastOfAll(slot, key));
    return this.#ofAll.get(name) as SlotRow<S> | undefined;
  }

  first<S extends Slot>(slot: S, key: string, _: number, from?: Order): SlotRow<S> | undefined {
    return this.#first(slot, key, from);
  }

  history<S extends Slot>(slot: S, key: string, _: number, before?: Order): Iterable<SlotRow<S>> {
    return this.file.history(slot, key, before);
  }

  latest<S extends ListedSlot>(slot: S, asOf: number, most: number, keys: readonly string[] = this.keys(slot)): Map<string, SlotRow<S>[]> {
    const latest = new Map<string, SlotRow<S>[]>();
    for (const key of keys) {
      const last = this.last(slot, key, asOf);
      if (last !== undefined) latest.set(key, most === 1 ? [last] : [...Iterator.from(this.file.history(slot, key)).take(most)]);
    }
    return latest;
  }

  keys(slot: ListedSlot): readonly string[] {
    let keys = this.#keys.get(slot);
    if (keys === undefined) this.#keys.set(slot, (keys = [...this.file.keys(slot)]));
    return keys;
  }

  open(matter: Matter, asOf: number): Iterable<string> {
    const open = this.#open[matter];
    for (const [key, to] of open) if (to <= asOf) open.delete(key);
    return open.keys();
  }

  kept<T extends object>(slots: readonly ListedSlot[], make: () => T): T {
    let changes = 0;
    for (const slot of slots) changes += this.#changes.get(slot) ?? 0;
    const name = slots.join();
    const kept = this.#kept.get(name);
    if (kept?.changes === changes) return kept.made as T;
    const made = make();
    this.#kept.set(name, { changes, made });
    return made;
  }

  #last<S extends Slot>(slot: S, key: string): SlotRow<S> | undefined {
    const cell = this.#cell(slot, key);
    if (cell === undefined) return undefined;
    if (cell.last === undefined) cell.last = this.file.last(slot, key) ?? null;
    return (cell.last ?? undefined) as SlotRow<S> | undefined;
  }

  #first<S extends Slot>(slot: S, key: string, from: Order | undefined): SlotRow<S> | undefined {
    const cell = this.#cell(slot, key);
    if (cell === undefined) return undefined;
    if (cell.first === undefined) cell.first = this.file.first(slot, key) ?? null;
    if (from === undefined || cell.first === null || compareOrder(cell.first.order, from) >= 0)
      return (cell.first ?? undefined) as SlotRow<S> | undefined;
    if (cell.firstFrom === undefined || compareOrder(cell.firstFrom.from, from) !== 0)
      cell.firstFrom = { from, row: this.file.first(slot, key, from) };
    return cell.firstFrom.row as SlotRow<S> | undefined;
  }

  /** Undefined: it is known that nothing stands there. */
  #cell(slot: Slot, key: string): Cell | undefined {
    return this.#cells.get(slot)?.get(key) ?? (this.#isComplete(slot) ? undefined : this.#add(slot, key, {}));
  }

  #isComplete(slot: Slot): boolean {
    return this.#complete === 'all' || (this.#complete === 'but-matters' && !OF_MATTERS.has(slot));
  }

  #add(slot: Slot, key: string, cell: Cell): Cell {
    let cells = this.#cells.get(slot);
    if (cells === undefined) this.#cells.set(slot, (cells = new Map()));
    cells.set(key, cell);
    this.#count++;
    return cell;
  }

  #takeOut(slot: Slot, key: string, development: string): void {
    this.#changes.set(slot, (this.#changes.get(slot) ?? 0) + 1);
    const cell = this.#cells.get(slot)?.get(key);
    if (cell === undefined) return;
    if (cell.last?.development === development) cell.last = undefined;
    if (cell.first?.development === development) cell.first = undefined;
    cell.firstFrom = undefined;
  }

  #put(slot: Slot, key: string, row: SlotRow): void {
    this.#changes.set(slot, (this.#changes.get(slot) ?? 0) + 1);
    const cell = this.#cells.get(slot)?.get(key);
    if (cell === undefined) {
      if (this.#isComplete(slot) || SET_ONCE.has(slot)) this.#add(slot, key, { last: row, first: row });
      return;
    }
    if (cell.last === null || (cell.last !== undefined && compareOrder(row.order, cell.last.order) > 0)) cell.last = row;
    if (cell.first === null || (cell.first !== undefined && compareOrder(row.order, cell.first.order) < 0)) cell.first = row;
    cell.firstFrom = undefined;
  }

  #reconsiderAll(setting: SlotSetting): void {
    for (const [matter, key] of mattersOf(setting, (proposal) => this.file.promisesOn(proposal))) this.#reconsider(matter, key);
  }

  #reconsider(matter: Matter, key: string): void {
    const span = openBetween(matter, key, this.#now);
    if (span === undefined) this.#open[matter].delete(key);
    else this.#open[matter].set(key, span.to);
  }

  #forget(): void {
    for (const slot of OF_MATTERS) {
      this.#count -= this.#cells.get(slot)?.size ?? 0;
      this.#cells.delete(slot);
    }
    if (this.#complete === 'all') this.#complete = 'but-matters';
    this.#ofAll.clear();
  }
}

const OPEN: readonly Matter[] = ['promise', 'proposal', 'announced'];
