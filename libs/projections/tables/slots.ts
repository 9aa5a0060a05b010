// Slots as rows: what every development set, for as long as it did, in order of occurrence.
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { compareOrder, type Order } from '#crisis/order.js';
import { sets, type Slot, type SlotRow, type SlotSetting, type SlotValues } from '#crisis/slots.js';
import type { ListedSlot, Matter, SlotReader } from '#crisis/slot-table.js';
import type { Verification } from '#crisis/standing.js';
import type { Contribution } from '../contribution.js';
import { Numbers } from './numbers.js';
import { keyOf, ORDER_COLUMNS } from './order-key.js';
import { ValidRows } from './valid-rows.js';
import { FOREVER, VALIDITY } from './validity.js';

// A cell is one key of one slot of one track; where parties stand, also of the whole crisis, whose number counts as a negative
// track: there a development is named `track/id`. A closing says that something which rests on a support was ever set in a slot that
// closes a promise or a proposal: without it the matter may be open.
export const SLOT_TABLES = `
  create table cell (
    id integer primary key,
    track integer not null,
    slot text not null,
    key text not null,
    unique (track, slot, key)
  ) strict;
  create table slot (
    cell integer not null,
    earliest integer not null,
    latest integer not null,
    sequence integer not null,
    position integer not null,
    ${VALIDITY},
    value text not null,
    development text not null,
    occurred_at text not null,
    support integer not null,
    primary key (cell, earliest, latest, sequence, position, known_from)
  ) strict, without rowid;
  create table closing (
    track integer not null,
    support integer not null,
    slot text not null,
    key text not null,
    primary key (track, support, slot, key)
  ) strict, without rowid;`;

/** What closes a promise or a proposal. Of a meeting, the schedule says whether it may be open. */
const CLOSING: ReadonlySet<Slot> = new Set(['delivery', 'withdrawal']);
/** What is asked for over all tracks, and would cost as much as there are tracks. */
const CRISIS_WIDE: ReadonlySet<Slot> = new Set(['position', 'attributed']);
/** Whoever reconsiders a matter reads these while the builder has not flushed yet: they are written at once. */
const OF_MATTERS: ReadonlySet<Slot> = new Set(['announced', 'schedule', 'held', 'proposal', 'promise', 'delivery', 'withdrawal']);

export class SlotWriter {
  readonly #cells;
  readonly #rows;
  readonly #ofMatters;

  readonly #addClosing;

  constructor(database: DatabaseSync) {
    this.#addClosing = database.prepare('insert or ignore into closing values (?, ?, ?, ?)');
    this.#cells = new Numbers<Slot>(database, 'cell', ['track', 'slot', 'key']);
    const valid = (): ValidRows => new ValidRows(database, 'slot', ['cell', ...ORDER_COLUMNS], 'position', 4);
    this.#rows = valid();
    this.#ofMatters = valid();
  }

  /** Closes and opens what a development sets otherwise than before. Returns the settings that it touched. */
  change(crisis: number, track: number, position: number, before: Contribution | undefined, after: Contribution): SlotSetting[] {
    const old = settingsOf(before);
    const now = settingsOf(after);
    const touched: SlotSetting[] = [];
    for (const setting of old) {
      if (isSame(setting, sameCell(now, setting), before!, after)) continue;
      touched.push(setting);
      this.#rowsOf(setting).close([this.#cells.of(track, setting.slot, setting.key), ...before!.key], position);
      if (CRISIS_WIDE.has(setting.slot)) this.#rows.close([this.#cells.of(-crisis, setting.slot, setting.key), ...before!.key], position);
    }
    for (const setting of now) {
      if (before !== undefined && isSame(sameCell(old, setting), setting, before, after)) continue;
      touched.push(setting);
      const { id, occurredAt, track: name } = after.standing.content;
      const { support } = after.counted!;
      const value = JSON.stringify(setting.value);
      this.#rowsOf(setting).add(
        [this.#cells.of(track, setting.slot, setting.key), ...after.key],
        [value, id, occurredAt, support],
        position,
      );
      if (CRISIS_WIDE.has(setting.slot)) {
        const held = [value, `${name}/${id}`, occurredAt, support];
        this.#rows.add([this.#cells.of(-crisis, setting.slot, setting.key), ...after.key], held, position);
      }
      if (CLOSING.has(setting.slot)) this.#addClosing.run(track, support, setting.slot, setting.key);
    }
    this.#ofMatters.flush();
    return touched;
  }

  flush(): void {
    this.#rows.flush();
  }

  /** After a rollback. */
  forget(): void {
    this.#cells.forget();
    this.#rows.clear();
    this.#ofMatters.clear();
  }

  #rowsOf({ slot }: SlotSetting): ValidRows {
    return OF_MATTERS.has(slot) ? this.#ofMatters : this.#rows;
  }
}

function settingsOf(contribution: Contribution | undefined): SlotSetting[] {
  return contribution?.visible === true ? sets(contribution.standing.content, contribution.standing.resolved) : [];
}

/** A development sets a cell once. */
function sameCell(settings: readonly SlotSetting[], { slot, key }: SlotSetting): SlotSetting | undefined {
  return settings.find((other) => other.slot === slot && other.key === key);
}

function isSame(a: SlotSetting | undefined, b: SlotSetting | undefined, before: Contribution, after: Contribution): boolean {
  if (a === undefined || b === undefined || before.counted!.support !== after.counted!.support) return false;
  if (before.standing.content.occurredAt !== after.standing.content.occurredAt) return false;
  return before.standing.order.sequence === after.standing.order.sequence && JSON.stringify(a.value) === JSON.stringify(b.value);
}

export const PLACE = ORDER_COLUMNS.join(', ');
export const LAST_FIRST = `order by ${ORDER_COLUMNS.map((column) => `${column} desc`).join(', ')}`;

/** As the statements return it: of a whole matrix there are thousands, and objects cost more than the seeks. */
type Row = readonly [
  key: string,
  earliest: number,
  latest: number,
  sequence: number,
  position: number,
  value: string,
  development: string,
  occurredAt: string,
  support: number,
];

/** A row, with what its development rests on instead of how that is verified. */
export type Found<S extends Slot> = Omit<SlotRow<S>, 'verification'> & { readonly support: number };

/** The slots of all tracks at any point of the record: a seek for each question. */
export class SlotRows {
  readonly #last;
  readonly #first;
  readonly #before;
  readonly #standing;
  readonly #standingOf;
  readonly #latest;
  readonly #latestOf;
  readonly #every;
  readonly #keys;
  readonly #closings;

  constructor(database: DatabaseSync) {
    /** @param without the parameter that lists supports which do not count */
    const prepare = (without: `?${number}`, sql: (supported: string) => string): Statements => {
      const [whole, filtered] = ['', `and support not in (select value from json_each(${without}))`].map((supported) => {
        const statement = database.prepare(sql(supported));
        statement.setReturnArrays(true);
        return statement;
      }) as [StatementSync, StatementSync];
      return { whole, filtered };
    };
    const held = 's.earliest, s.latest, s.sequence, s.position, s.value, s.development, s.occurred_at, s.support';
    const isKnown = 'known_from <= ?1 and known_to > ?1';
    const ofCell = `select ?4, ${held} from slot s where cell = (select id from cell where track = ?2 and slot = ?3 and key = ?4) and ${isKnown}`;
    this.#last = prepare('?6', (supported) => `${ofCell} and earliest <= ?5 ${supported} ${LAST_FIRST} limit 1`);
    this.#first = prepare('?9', (supported) => `${ofCell} and (${PLACE}) >= (?5, ?6, ?7, ?8) ${supported} order by ${PLACE} limit 1`);
    this.#before = prepare('?10', (supported) => `${ofCell} and (${PLACE}) < (?5, ?6, ?7, ?8) ${supported} ${LAST_FIRST} limit ?9`);
    // SQLite makes a table for each list that it looks up in: of one row it needs none.
    const latest = (is: '=' | 'in', keys: string, supported: string): string => `select key, ${held} from cell c cross join slot s
      on s.cell = c.id and (${PLACE}, known_from) ${is} (
        select ${PLACE}, known_from from slot where cell = c.id and ${isKnown} and earliest <= ?4 ${supported} ${LAST_FIRST} limit ?5)
      where c.track = ?2 and c.slot = ?3 ${keys}`;
    const ofKeys = 'and c.key in (select value from json_each(?6))';
    this.#standing = prepare('?6', (supported) => latest('=', '', supported));
    this.#standingOf = prepare('?7', (supported) => latest('=', ofKeys, supported));
    this.#latest = prepare('?6', (supported) => latest('in', '', supported));
    this.#latestOf = prepare('?7', (supported) => latest('in', ofKeys, supported));
    this.#every =
      database.prepare(`select c.key, ${held} from json_each(?4) j cross join cell c on c.track = ?2 and c.slot = ?3 and c.key = j.value
      cross join slot s on s.cell = c.id and ${isKnown} limit ?5`);
    this.#every.setReturnArrays(true);
    this.#keys = database.prepare('select key from cell where track = ? and slot = ?');
    this.#closings = database.prepare(
      'select distinct slot, key from closing where track = ? and support in (select value from json_each(?))',
    );
  }

  /** @param without undefined if all count */
  last<S extends Slot>(track: number, slot: S, key: string, asOf: number, known: number, without?: LeftOut): Found<S> | undefined {
    const row = firstOf(this.#last, without, known, track, slot, key, bounded(asOf));
    return row && foundIn(row);
  }

  first<S extends Slot>(
    track: number,
    slot: S,
    key: string,
    asOf: number,
    known: number,
    from: Order = BEFORE_ALL,
    without?: LeftOut,
  ): Found<S> | undefined {
    const row = firstOf(this.#first, without, known, track, slot, key, ...keyOf(from));
    return row !== undefined && row[1] <= asOf ? foundIn(row) : undefined;
  }

  /** What was set before a place in order of occurrence, the last first. It is read a few rows at a time, and more each time. */
  *history<S extends Slot>(
    track: number,
    slot: S,
    key: string,
    asOf: number,
    known: number,
    before?: Order,
    without?: LeftOut,
  ): Generator<Found<S>> {
    let edge = before !== undefined && before.earliest <= asOf ? before : afterAllOf(asOf);
    for (let atOnce = 1; ; atOnce = Math.min(2 * atOnce, ROWS_AT_ONCE)) {
      const rows = allOf(this.#before, without, known, track, slot, key, ...keyOf(edge), atOnce);
      for (const row of rows) {
        const found = foundIn<S>(row);
        edge = found.order;
        yield found;
      }
      if (rows.length < atOnce) return;
    }
  }

  /** What was last set under each of a slot's keys, the last first. @param most of each @param keys undefined: all */
  latest<S extends Slot>(
    track: number,
    slot: S,
    asOf: number,
    known: number,
    most: number,
    keys?: readonly string[],
    without?: LeftOut,
  ): Map<string, Found<S>[]> {
    const asked = [known, track, slot, bounded(asOf), most];
    const [all, of] = most === 1 ? [this.#standing, this.#standingOf] : [this.#latest, this.#latestOf];
    const rows = keys === undefined ? allOf(all, without, ...asked) : allOf(of, without, ...asked, JSON.stringify(keys));
    const latest = new Map<string, Found<S>[]>();
    for (const row of rows) {
      const list = latest.get(row[0]);
      if (list === undefined) latest.set(row[0], [foundIn(row)]);
      else list.push(foundIn(row));
    }
    if (most > 1) for (const list of latest.values()) list.sort((a, b) => compareOrder(b.order, a.order));
    return latest;
  }

  /** All that was ever set under some keys, as it is known then, in order of occurrence; undefined if that is more than so many rows. */
  every(
    track: number,
    slot: Slot,
    keys: readonly string[],
    known: number,
    most: number,
    without?: LeftOut,
  ): Map<string, Found<Slot>[]> | undefined {
    const rows = this.#every.all(known, track, slot, JSON.stringify(keys), most + 1) as unknown as Row[];
    if (rows.length > most) return undefined;
    const every = new Map(keys.map((key): [string, Found<Slot>[]] => [key, []]));
    for (const row of rows) if (without?.supports.has(row[8]) !== true) every.get(row[0])!.push(foundIn(row));
    for (const list of every.values()) if (list.length > 1) list.sort((a, b) => compareOrder(a.order, b.order));
    return every;
  }

  keys(track: number, slot: Slot): string[] {
    return (this.#keys.all(track, slot) as { key: string }[]).map(({ key }) => key);
  }

  /** What was ever set in slots that close matters by something that rests on any of the supports (a JSON list). */
  closings(track: number, supports: string): { readonly slot: Slot; readonly key: string }[] {
    return this.#closings.all(track, supports) as { slot: Slot; key: string }[];
  }
}

/** Supports that do not count. */
class LeftOut {
  #json: string | undefined;

  constructor(readonly supports: ReadonlyMap<number, unknown>) {}

  /** The same as a JSON list. */
  get json(): string {
    return (this.#json ??= JSON.stringify([...this.supports.keys()]));
  }
}

/** A statement that reads all, and one that reads what rests on no support of a list, its last parameter. */
interface Statements {
  readonly whole: StatementSync;
  readonly filtered: StatementSync;
}

/** Mostly the row that stands is one that counts: the list, which is read each time, is only asked where it is not. */
function firstOf({ whole, filtered }: Statements, without: LeftOut | undefined, ...asked: SQLInputValue[]): Row | undefined {
  const row = whole.get(...asked) as unknown as Row | undefined;
  if (row === undefined || without === undefined || !without.supports.has(row[8])) return row;
  return filtered.get(...asked, without.json) as unknown as Row | undefined;
}

function allOf({ whole, filtered }: Statements, without: LeftOut | undefined, ...asked: SQLInputValue[]): Row[] {
  return (without === undefined ? whole.all(...asked) : filtered.all(...asked, without.json)) as unknown as Row[];
}

const BEFORE_ALL: Order = { earliest: -FOREVER, latest: -FOREVER, sequence: -FOREVER, position: 0n };
/** Of a history. */
const ROWS_AT_ONCE = 64;

/** The end of what begins up to a moment. */
function afterAllOf(moment: number): Order {
  return { earliest: bounded(moment), latest: FOREVER, sequence: FOREVER, position: BigInt(FOREVER) };
}

export function bounded(moment: number): number {
  return Math.max(-FOREVER, Math.min(FOREVER, moment));
}

function foundIn<S extends Slot>(row: Row): Found<S> {
  const [, earliest, latest, sequence, position, value, development, occurredAt, support] = row;
  return {
    value: JSON.parse(value) as SlotValues[S],
    development,
    occurredAt,
    order: { earliest, latest, sequence, position: BigInt(position) },
    support,
  };
}

/** What is expected is fetched together if it is of so many keys, and of each, on average, is not more than so many rows. */
const WORTH_FETCHING = 3;
const ROWS_OF_A_MATTER = 8;

/** The slots of one track as they were known at one position: what a view reads. */
export class TrackSlots implements SlotReader {
  readonly #without: LeftOut | undefined;
  /** What is expected, by slot and key: everything that was ever set there, in order of occurrence. */
  readonly #expected = new Map<Slot, Map<string, Found<Slot>[]>>();
  /** What was last asked for: a view asks for each kind of matter. */
  #open: { readonly asOf: number; readonly matters: readonly (readonly [Matter, string])[] } | undefined;

  /**
   * @param known position up to which the log is known
   * @param latestOccurrence no development known there begins later (ms): where `asOf` lies beyond, a seek begins at it
   *   instead of walking over all that was recorded since
   * @param verified how what rests on a support is verified
   * @param without supports that do not count
   */
  constructor(
    private readonly rows: SlotRows,
    private readonly matters: OpenMatters,
    private readonly track: number,
    private readonly known: number,
    private readonly latestOccurrence: number,
    private readonly verified: (support: number) => Verification,
    without: ReadonlyMap<number, unknown> = new Map(),
  ) {
    this.#without = without.size === 0 ? undefined : new LeftOut(without);
  }

  /** How many rows were fetched because they are expected to be asked for. */
  get size(): number {
    return this.#expected.values().reduce((sum, keys) => sum + keys.values().reduce((rows, { length }) => rows + 1 + length, 0), 0);
  }

  last<S extends Slot>(slot: S, key: string, asOf: number): SlotRow<S> | undefined {
    const rows = this.#fetched(slot, key);
    if (rows !== undefined) return this.#row(rows.findLast(({ order }) => order.earliest <= asOf));
    return this.#row(this.rows.last(this.track, slot, key, Math.min(asOf, this.latestOccurrence), this.known, this.#without));
  }

  first<S extends Slot>(slot: S, key: string, asOf: number, from?: Order): SlotRow<S> | undefined {
    const rows = this.#fetched(slot, key);
    if (rows === undefined) return this.#row(this.rows.first(this.track, slot, key, asOf, this.known, from, this.#without));
    const row = rows.find(({ order }) => from === undefined || compareOrder(order, from) >= 0);
    return row !== undefined && row.order.earliest <= asOf ? this.#row(row) : undefined;
  }

  expect(slot: Slot, keys: readonly string[]): void {
    let fetched = this.#expected.get(slot);
    if (fetched === undefined) this.#expected.set(slot, (fetched = new Map()));
    const wanted = [...new Set(keys)].filter((key) => !fetched.has(key));
    if (wanted.length < WORTH_FETCHING) return;
    const most = ROWS_OF_A_MATTER * wanted.length;
    for (const [key, rows] of this.rows.every(this.track, slot, wanted, this.known, most, this.#without) ?? []) fetched.set(key, rows);
  }

  #fetched<S extends Slot>(slot: S, key: string): readonly Found<S>[] | undefined {
    return this.#expected.get(slot)?.get(key) as readonly Found<S>[] | undefined;
  }

  *history<S extends Slot>(slot: S, key: string, asOf: number, before?: Order): Generator<SlotRow<S>> {
    const latest = Math.min(asOf, this.latestOccurrence);
    const found = this.rows.history(this.track, slot, key, latest, this.known, before, this.#without);
    for (const each of found) yield this.#row(each)!;
  }

  latest<S extends ListedSlot>(slot: S, asOf: number, most: number, keys?: readonly string[]): Map<string, SlotRow<S>[]> {
    const found = this.rows.latest(this.track, slot, Math.min(asOf, this.latestOccurrence), this.known, most, keys, this.#without);
    return new Map([...found].map(([key, rows]) => [key, rows.map((row) => this.#row(row)!)]));
  }

  keys(slot: ListedSlot): Iterable<string> {
    return this.rows.keys(this.track, slot);
  }

  open(matter: Matter, asOf: number): Iterable<string> {
    if (this.#open?.asOf !== asOf) this.#open = { asOf, matters: this.matters.open(this.track, asOf, this.known) };
    const open = this.#open.matters.filter(([kind]) => kind === matter).map(([, key]) => key);
    if (this.#without === undefined) return open;
    return new Set([...open, ...this.matters.reopened(this.track, matter, asOf, this.known, () => this.#without!.json)]);
  }

  #row<S extends Slot>(found: Found<S> | undefined): SlotRow<S> | undefined {
    if (found === undefined) return undefined;
    const { support, ...row } = found;
    return { ...row, verification: this.verified(support) };
  }
}

/** Which matters may be open. */
export interface OpenMatters {
  open(track: number, asOf: number, known: number): readonly (readonly [Matter, key: string])[];
  /** Those that may be open too where some supports (a JSON list) do not count: what only these closed. */
  reopened(track: number, matter: Matter, asOf: number, known: number, without: () => string): Iterable<string>;
}
