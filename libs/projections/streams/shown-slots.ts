// The slots of a track as far as a replay has shown them. It only goes forward: what it is asked for is never earlier than before.
import { mattersOf, openBetween } from '#crisis/commitment.js';
import type { Order } from '#crisis/order.js';
import { SlotTable, type ListedSlot, type Matter, type SlotReader } from '#crisis/slot-table.js';
import type { Slot, SlotRow } from '#crisis/slots.js';
import type { SourceFilter, Standing } from '#crisis/standing.js';

export class ShownSlots implements SlotReader {
  readonly #shown = new SlotTable();
  /** Until when each matter is open, ms, as far as what was shown says so. */
  readonly #open: Readonly<Record<Matter, Map<string, number>>> = { promise: new Map(), proposal: new Map(), announced: new Map() };
  readonly #promisesOn = new Map<string, string[]>();
  /** How often each slot was set. */
  readonly #changes = new Map<Slot, number>();
  readonly #kept = new Map<string, { readonly changes: number; readonly made: object }>();
  readonly #stands = new Map<string, SlotRow | undefined>();

  /** @param whole the whole record: a view that asks whether a proposal stands at all means it, not what was shown of it so far */
  constructor(private readonly whole: SlotReader | undefined) {}

  put(standing: Standing, filter?: SourceFilter): void {
    const settings = this.#shown.put(standing, filter);
    for (const setting of settings) {
      this.#changes.set(setting.slot, (this.#changes.get(setting.slot) ?? 0) + 1);
      if (setting.slot === 'promise' && setting.value.proposal !== undefined) {
        const { proposal } = setting.value;
        this.#promisesOn.set(proposal, [...(this.#promisesOn.get(proposal) ?? []), setting.key]);
      }
    }
    for (const setting of settings) {
      for (const [matter, key] of mattersOf(setting, (proposal) => this.#promisesOn.get(proposal) ?? [])) this.#reconsider(matter, key);
    }
  }

  last<S extends Slot>(slot: S, key: string, asOf: number): SlotRow<S> | undefined {
    if (asOf !== Infinity || this.whole === undefined) return this.#shown.last(slot, key, asOf);
    const name = `${slot} ${key}`;
    if (!this.#stands.has(name)) this.#stands.set(name, this.whole.last(slot, key, asOf));
    return this.#stands.get(name) as SlotRow<S> | undefined;
  }

  first<S extends Slot>(slot: S, key: string, asOf: number, from?: Order): SlotRow<S> | undefined {
    return this.#shown.first(slot, key, asOf, from);
  }

  history<S extends Slot>(slot: S, key: string, asOf: number, before?: Order): Iterable<SlotRow<S>> {
    return this.#shown.history(slot, key, asOf, before);
  }

  latest<S extends ListedSlot>(slot: S, asOf: number, most: number, keys?: readonly string[]): ReadonlyMap<string, readonly SlotRow<S>[]> {
    return this.#shown.latest(slot, asOf, most, keys);
  }

  keys(slot: ListedSlot): Iterable<string> {
    return this.#shown.keys(slot);
  }

  open(matter: Matter, asOf: number): Iterable<string> {
    const open = this.#open[matter];
    for (const [key, to] of open) if (to <= asOf) open.delete(key);
    return open.keys();
  }

  kept<T extends object>(slots: readonly ListedSlot[], make: () => T): T {
    const changes = slots.reduce((sum, slot) => sum + (this.#changes.get(slot) ?? 0), 0);
    const name = slots.join(' ');
    const kept = this.#kept.get(name);
    if (kept?.changes === changes) return kept.made as T;
    const made = make();
    this.#kept.set(name, { changes, made });
    return made;
  }

  #reconsider(matter: Matter, key: string): void {
    const span = openBetween(matter, key, this.#shown);
    if (span === undefined) this.#open[matter].delete(key);
    else this.#open[matter].set(key, span.to);
  }
}
