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
  readonly #last = new Map<string, SlotRow | undefined>();
  readonly #first = new Map<string, SlotRow | undefined>();
  readonly #standing = new Map<Slot, ReadonlyMap<string, SlotRow> | undefined>();
  readonly #open = new Map<Matter, readonly string[]>();

  /**
   * @param asOf ms: at this moment stands what is read together
   * @param latestOccurrence ms: nothing that is known begins later, so that any later moment is the same as this one
   */
  constructor(
    private readonly slots: TrackSlots,
    private readonly asOf: number,
    private readonly latestOccurrence: number,
    private readonly together: ReadTogether,
  ) {}

  /** How many rows are in memory. */
  get size(): number {
    return [...this.#standing.values()].reduce((sum, rows) => sum + (rows?.size ?? 0), this.#last.size + this.#first.size + this.slots.size);
  }

  last<S extends Slot>(slot: S, key: string, asOf: number): SlotRow<S> | undefined {
    const at = Math.min(asOf, this.latestOccurrence);
    const standing = at === this.asOf ? this.#standingIn(slot) : undefined;
    if (standing !== undefined) return standing.get(key);
    return kept(this.#last, nameOf(slot, key, at), () => this.slots.last(slot, key, at)) as SlotRow<S> | undefined;
  }

  first<S extends Slot>(slot: S, key: string, asOf: number, from?: Order): SlotRow<S> | undefined {
    const at = Math.min(asOf, this.latestOccurrence);
    return kept(this.#first, nameOf(slot, key, at, from), () => this.slots.first(slot, key, at, from)) as SlotRow<S> | undefined;
  }

  history<S extends Slot>(slot: S, key: string, asOf: number, before?: Order): Iterable<SlotRow<S>> {
    return this.slots.history(slot, key, asOf, before);
  }

  latest<S extends ListedSlot>(slot: S, asOf: number, most: number, keys?: readonly string[]): ReadonlyMap<string, readonly SlotRow<S>[]> {
    const isThere = Math.min(asOf, this.latestOccurrence) === this.asOf && most === 1 && keys === undefined;
    const standing = isThere ? this.#standingIn(slot) : undefined;
    if (standing === undefined) return this.slots.latest(slot, asOf, most, keys);
    return new Map([...standing].map(([key, row]) => [key, [row]]));
  }

  keys(slot: ListedSlot): Iterable<string> {
    return this.slots.keys(slot);
  }

  /** At a later moment than the latest of all, also what was open at that one. */
  open(matter: Matter, asOf: number): Iterable<string> {
    if (Math.min(asOf, this.latestOccurrence) !== this.asOf) return this.slots.open(matter, asOf);
    let open = this.#open.get(matter);
    if (open === undefined) this.#open.set(matter, (open = [...this.slots.open(matter, this.asOf)]));
    return open;
  }

  expect(slot: Slot, keys: readonly string[]): void {
    // Of a schedule, what stands is asked for and nothing else.
    if (slot !== 'schedule') return this.slots.expect(slot, keys);
    const wanted = keys.filter((key) => !this.#last.has(nameOf(slot, key, this.asOf)));
    if (wanted.length < WORTH_FETCHING) return;
    for (const [key, found] of this.together.standingOf(slot, wanted)) {
      if (found === undefined || !this.together.failing.has(found.support))
        this.#last.set(nameOf(slot, key, this.asOf), found && this.#row(found));
    }
  }

  /** Undefined where it was not read, or where not all of it counts: below what does not, something else may stand. */
  #standingIn<S extends Slot>(slot: S): ReadonlyMap<string, SlotRow<S>> | undefined {
    if (!this.#standing.has(slot)) this.#standing.set(slot, this.#judged(slot));
    return this.#standing.get(slot) as ReadonlyMap<string, SlotRow<S>> | undefined;
  }

  #judged(slot: Slot): ReadonlyMap<string, SlotRow> | undefined {
    const { standing, failing } = this.together;
    const found = standing.get(slot);
    if (found === undefined || (failing.size > 0 && found.values().some(({ support }) => failing.has(support)))) return undefined;
    return new Map([...found].map(([key, row]) => [key, this.#row(row)]));
  }

  #row({ value, development, occurredAt, order, support }: Found<Slot>): SlotRow {
    return { value, development, occurredAt, order, verification: this.together.verified(support) };
  }
}

/** An order's position alone tells it from all others that are known at one place of the record. */
function nameOf(slot: Slot, key: string, asOf: number, from?: Order): string {
  return `${slot} ${asOf} ${key} ${from?.position ?? ''}`;
}

function kept<T>(rows: Map<string, T>, name: string, read: () => T): T {
  if (!rows.has(name)) rows.set(name, read());
  return rows.get(name)!;
}
