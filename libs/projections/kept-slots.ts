// A track's slots at one point, of which nothing is read twice.
import type { Order } from '#crisis/order.js';
import type { Slot, SlotRow } from '#crisis/slots.js';
import type { ListedSlot, Matter, SlotReader } from '#crisis/slot-table.js';
import type { Verification } from '#crisis/standing.js';
import type { Found, TrackSlots } from './tables/slots.js';
import type { Standing } from './tables/standing-slots.js';

/** What is read together. */
export interface ReadTogether {
  readonly standing: Standing;
  /** What stands under some keys of a slot. */
  standingOf(slot: Slot, keys: readonly string[]): ReadonlyMap<string, Found<Slot> | undefined>;
  /** Supports that do not count. */
  readonly failing: ReadonlyMap<number, unknown>;
  /** How what rests on a support is verified. */
  readonly verified: (support: number) => Verification;
}

/** Fewer are read one by one. */
const WORTH_FETCHING = 2;

export class KeptSlots implements SlotReader {
  /** What was read at the moment that it is about, by slot and key. */
  readonly #last = new Map<Slot, Map<string, SlotRow | undefined>>();
  readonly #first = new Map<Slot, Map<string, SlotRow | undefined>>();
  /** What was read together: a key that is not there has nothing standing. */
  readonly #standing = new Map<Slot, ReadonlyMap<string, SlotRow> | undefined>();
  readonly #open = new Map<Matter, readonly string[]>();
  /** What was read together and not yet asked for. */
  readonly #unjudged: Map<Slot, ReadonlyMap<string, Found<Slot>>>;
  readonly #together;

  /**
   * @param asOf ms: at this moment stands what is read together
   * @param latestOccurrence ms: nothing that is known begins later, so that any later moment is the same as this one
   */
  constructor(
    private readonly slots: TrackSlots,
    private readonly asOf: number,
    private readonly latestOccurrence: number,
    { standing, ...together }: ReadTogether,
  ) {
    this.#unjudged = new Map(standing);
    this.#together = together;
  }

  /** How many rows are in memory. */
  get size(): number {
    const maps = [...this.#last.values(), ...this.#first.values(), ...this.#standing.values(), ...this.#unjudged.values()];
    return maps.reduce((sum, rows) => sum + (rows?.size ?? 0), this.slots.size);
  }

  last<S extends Slot>(slot: S, key: string, asOf: number): SlotRow<S> | undefined {
    if (!this.#isNow(asOf)) return this.slots.last(slot, key, asOf);
    const standing = this.#standingIn(slot);
    if (standing !== undefined) return standing.get(key);
    return kept(this.#last, slot, key, () => this.slots.last(slot, key, asOf)) as SlotRow<S> | undefined;
  }

  first<S extends Slot>(slot: S, key: string, asOf: number, from?: Order): SlotRow<S> | undefined {
    if (!this.#isNow(asOf)) return this.slots.first(slot, key, asOf, from);
    // An order's position tells it from all others that are known at one place of the record.
    const name = from === undefined ? key : `${key} ${from.position}`;
    return kept(this.#first, slot, name, () => this.slots.first(slot, key, asOf, from)) as SlotRow<S> | undefined;
  }

  history<S extends Slot>(slot: S, key: string, asOf: number, before?: Order): Iterable<SlotRow<S>> {
    return this.slots.history(slot, key, asOf, before);
  }

  latest<S extends ListedSlot>(slot: S, asOf: number, most: number, keys?: readonly string[]): ReadonlyMap<string, readonly SlotRow<S>[]> {
    const standing = this.#isNow(asOf) && most === 1 && keys === undefined ? this.#standingIn(slot) : undefined;
    if (standing === undefined) return this.slots.latest(slot, asOf, most, keys);
    return new Map([...standing].map(([key, row]) => [key, [row]]));
  }

  keys(slot: ListedSlot): Iterable<string> {
    return this.slots.keys(slot);
  }

  /** At a later moment than the latest of all, also what was open at that one. */
  open(matter: Matter, asOf: number): Iterable<string> {
    if (!this.#isNow(asOf)) return this.slots.open(matter, asOf);
    let open = this.#open.get(matter);
    if (open === undefined) this.#open.set(matter, (open = [...this.slots.open(matter, this.asOf)]));
    return open;
  }

  expect(slot: Slot, keys: readonly string[]): void {
    // Of a schedule, what stands is asked for and nothing else.
    if (slot !== 'schedule') return this.slots.expect(slot, keys);
    const rows = keysOf(this.#last, slot);
    const wanted = keys.filter((key) => !rows.has(key));
    if (wanted.length < WORTH_FETCHING) return;
    for (const [key, found] of this.#together.standingOf(slot, wanted))
      if (found === undefined || !this.#together.failing.has(found.support)) rows.set(key, found && this.#row(found));
  }

  #isNow(asOf: number): boolean {
    return Math.min(asOf, this.latestOccurrence) === this.asOf;
  }

  /** Undefined where it was not read, or where not all of it counts: below what does not, something else may stand. */
  #standingIn<S extends Slot>(slot: S): ReadonlyMap<string, SlotRow<S>> | undefined {
    if (!this.#standing.has(slot)) this.#standing.set(slot, this.#judged(slot));
    return this.#standing.get(slot) as ReadonlyMap<string, SlotRow<S>> | undefined;
  }

  #judged(slot: Slot): ReadonlyMap<string, SlotRow> | undefined {
    const { failing } = this.#together;
    const found = this.#unjudged.get(slot);
    this.#unjudged.delete(slot);
    if (found === undefined || (failing.size > 0 && found.values().some(({ support }) => failing.has(support)))) return undefined;
    return new Map([...found].map(([key, row]) => [key, this.#row(row)]));
  }

  #row({ value, development, occurredAt, order, support }: Found<Slot>): SlotRow {
    return { value, development, occurredAt, order, verification: this.#together.verified(support) };
  }
}

function keysOf<T>(slots: Map<Slot, Map<string, T>>, slot: Slot): Map<string, T> {
  let keys = slots.get(slot);
  if (keys === undefined) slots.set(slot, (keys = new Map()));
  return keys;
}

function kept<T>(slots: Map<Slot, Map<string, T>>, slot: Slot, key: string, read: () => T): T {
  const keys = keysOf(slots, slot);
  if (!keys.has(key)) keys.set(key, read());
  return keys.get(key)!;
}
