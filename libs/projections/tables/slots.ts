// Slots as rows: what every development set, for as long as it did, in order of occurrence.
import type { DatabaseSync } from 'node:sqlite';
import type { Order } from '#crisis/order.js';
import { sets, type Slot, type SlotRow, type SlotSetting, type SlotValues } from '#crisis/slots.js';
import type { ListedSlot, Matter, SlotReader } from '#crisis/slot-table.js';
import type { Verification } from '#crisis/standing.js';
import type { Contribution } from '../contribution.js';
import { Numbers } from './numbers.js';
import { keyOf, ValidInOrder } from './valid-in-order.js';
import { FOREVER, IS_KNOWN, VALIDITY } from './validity.js';

// A cell is one key of one slot of one track; where parties stand, also of the whole crisis, whose number counts as a negative
// track: there a development is named `track/id`. A closing says that something which rests on a support was ever set in a slot that
// closes a matter: without it the matter may be open.
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

/** What closes a matter. */
const CLOSING: ReadonlySet<Slot> = new Set(['delivery', 'withdrawal', 'held', 'schedule']);
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
    this.#rows = new ValidInOrder(database, 'slot', 'cell', 4);
    this.#ofMatters = new ValidInOrder(database, 'slot', 'cell', 4);
  }

  /** Closes and opens what a development sets otherwise than before. Returns the settings that it touched. */
  change(crisis: number, track: number, position: number, before: Contribution | undefined, after: Contribution): SlotSetting[] {
    const old = settingsOf(before);
    const now = settingsOf(after);
    const touched: SlotSetting[] = [];
    for (const setting of old) {
      if (isSame(setting, sameCell(now, setting), before!, after)) continue;
      touched.push(setting);
      this.#rowsOf(setting).close(this.#cells.of(track, setting.slot, setting.key), before!.key, position);
      if (CRISIS_WIDE.has(setting.slot)) this.#rows.close(this.#cells.of(-crisis, setting.slot, setting.key), before!.key, position);
    }
    for (const setting of now) {
      if (before !== undefined && isSame(sameCell(old, setting), setting, before, after)) continue;
      touched.push(setting);
      const { id, occurredAt, track: name } = after.standing.content;
      const { support } = after.counted!;
      const value = JSON.stringify(setting.value);
      this.#rowsOf(setting).open(this.#cells.of(track, setting.slot, setting.key), after.key, position, [value, id, occurredAt, support]);
      if (CRISIS_WIDE.has(setting.slot)) {
        const held = [value, `${name}/${id}`, occurredAt, support];
        this.#rows.open(this.#cells.of(-crisis, setting.slot, setting.key), after.key, position, held);
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

  #rowsOf({ slot }: SlotSetting): ValidInOrder {
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

interface Row {
  readonly earliest: number;
  readonly latest: number;
  readonly sequence: number;
  readonly position: number;
  readonly value: string;
  readonly development: string;
  readonly occurredAt: string;
  readonly support: number;
}

/** A row, with what its development rests on instead of how that is verified. */
type Found<S extends Slot> = Omit<SlotRow<S>, 'verification'> & { readonly support: number };

/** The slots of all tracks at any point of the record: a seek for each question. */
export class SlotRows {
  readonly #last;
  readonly #first;
  readonly #before;
  readonly #keys;
  readonly #closings;

  constructor(database: DatabaseSync) {
    const rows = `select earliest, latest, sequence, position, value, development, occurred_at as occurredAt, support from slot
      where cell = (select id from cell where track = :track and slot = :slot and key = :key) and ${IS_KNOWN}`;
    const last = 'and earliest <= :asOf order by earliest desc, latest desc, sequence desc, position desc limit 1';
    const first = `and (earliest, latest, sequence, position) >= (:earliest, :latest, :sequence, :position)
      order by earliest, latest, sequence, position limit 1`;
    const before = `and (earliest, latest, sequence, position) < (:earliest, :latest, :sequence, :position)
      order by earliest desc, latest desc, sequence desc, position desc limit :atOnce`;
    const supported = 'and support not in (select value from json_each(:without))';
    this.#last = { whole: database.prepare(`${rows} ${last}`), filtered: database.prepare(`${rows} ${supported} ${last}`) };
    this.#first = { whole: database.prepare(`${rows} ${first}`), filtered: database.prepare(`${rows} ${supported} ${first}`) };
    this.#before = { whole: database.prepare(`${rows} ${before}`), filtered: database.prepare(`${rows} ${supported} ${before}`) };
    this.#keys = database.prepare('select key from cell where track = ? and slot = ?');
    this.#closings = database.prepare(
      'select distinct slot, key from closing where track = ? and support in (select value from json_each(?))',
    );
  }

  /** @param without supports that do not count, a JSON list; undefined if all do */
  last<S extends Slot>(track: number, slot: S, key: string, asOf: number, known: number, without?: string): Found<S> | undefined {
    const asked = { track, slot, key, asOf: bounded(asOf), known };
    return rowOf(without === undefined ? this.#last.whole.get(asked) : this.#last.filtered.get({ ...asked, without }));
  }

  first<S extends Slot>(
    track: number,
    slot: S,
    key: string,
    asOf: number,
    known: number,
    from: Order = BEFORE_ALL,
    without?: string,
  ): Found<S> | undefined {
    const [earliest, latest, sequence, position] = keyOf(from);
    const asked = { track, slot, key, known, earliest, latest, sequence, position };
    const row = rowOf<S>(without === undefined ? this.#first.whole.get(asked) : this.#first.filtered.get({ ...asked, without }));
    return row !== undefined && row.order.earliest <= asOf ? row : undefined;
  }

  /** What was set before a place in order of occurrence, the last first. It is read a few rows at a time, and more each time. */
  *history<S extends Slot>(
    track: number,
    slot: S,
    key: string,
    asOf: number,
    known: number,
    before?: Order,
    without?: string,
    likely = 1,
  ): Generator<Found<S>> {
    let edge = before !== undefined && before.earliest <= asOf ? before : afterAllOf(asOf);
    for (let atOnce = Math.min(likely, ROWS_AT_ONCE); ; atOnce = Math.min(2 * atOnce, ROWS_AT_ONCE)) {
      const [earliest, latest, sequence, position] = keyOf(edge);
      const asked = { track, slot, key, known, earliest, latest, sequence, position, atOnce };
      const rows = without === undefined ? this.#before.whole.all(asked) : this.#before.filtered.all({ ...asked, without });
      for (const row of rows) {
        const shown = rowOf<S>(row)!;
        edge = shown.order;
        yield shown;
      }
      if (rows.length < atOnce) return;
    }
  }

  keys(track: number, slot: Slot): string[] {
    return (this.#keys.all(track, slot) as { key: string }[]).map(({ key }) => key);
  }

  /** What was ever closed by something that rests on any of the supports (a JSON list). */
  closings(track: number, supports: string): { readonly slot: Slot; readonly key: string }[] {
    return this.#closings.all(track, supports) as { slot: Slot; key: string }[];
  }
}

const BEFORE_ALL: Order = { earliest: -FOREVER, latest: -FOREVER, sequence: -FOREVER, position: 0n };
/** Of a history. */
const ROWS_AT_ONCE = 64;

/** The end of what begins up to a moment. */
function afterAllOf(moment: number): Order {
  return { earliest: bounded(moment), latest: FOREVER, sequence: FOREVER, position: BigInt(FOREVER) };
}

function bounded(moment: number): number {
  return Math.max(-FOREVER, Math.min(FOREVER, moment));
}

function rowOf<S extends Slot>(row: unknown): Found<S> | undefined {
  if (row === undefined) return undefined;
  const { earliest, latest, sequence, position, value, development, occurredAt, support } = row as Row;
  return {
    value: JSON.parse(value) as SlotValues[S],
    development,
    occurredAt,
    order: { earliest, latest, sequence, position: BigInt(position) },
    support,
  };
}

/** The slots of one track as they were known at one position: what a view reads. */
export class TrackSlots implements SlotReader {
  /** Supports that do not count, as JSON. */
  readonly #without: string | undefined;

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
    without: readonly number[] = [],
  ) {
    this.#without = without.length === 0 ? undefined : JSON.stringify(without);
  }

  last<S extends Slot>(slot: S, key: string, asOf: number): SlotRow<S> | undefined {
    return this.#row(this.rows.last(this.track, slot, key, Math.min(asOf, this.latestOccurrence), this.known, this.#without));
  }

  first<S extends Slot>(slot: S, key: string, asOf: number, from?: Order): SlotRow<S> | undefined {
    return this.#row(this.rows.first(this.track, slot, key, asOf, this.known, from, this.#without));
  }

  *history<S extends Slot>(slot: S, key: string, asOf: number, before?: Order, likely?: number): Generator<SlotRow<S>> {
    const latest = Math.min(asOf, this.latestOccurrence);
    const found = this.rows.history(this.track, slot, key, latest, this.known, before, this.#without, likely);
    for (const each of found) yield this.#row(each)!;
  }

  keys(slot: ListedSlot): Iterable<string> {
    return this.rows.keys(this.track, slot);
  }

  open(matter: Matter, asOf: number): Iterable<string> {
    const open = this.matters.open(this.track, matter, asOf, this.known);
    if (this.#without === undefined) return open;
    // What is closed only by what does not count may be open.
    const reopened = this.rows.closings(this.track, this.#without).flatMap((closing) => this.matters.closedBy(this.track, closing));
    return new Set([...open, ...reopened.filter(([kind]) => kind === matter).map(([, key]) => key)]);
  }

  #row<S extends Slot>(found: Found<S> | undefined): SlotRow<S> | undefined {
    if (found === undefined) return undefined;
    const { support, ...row } = found;
    return { ...row, verification: this.verified(support) };
  }
}

/** Which matters may be open, and which one a setting may close. */
export interface OpenMatters {
  open(track: number, matter: Matter, asOf: number, known: number): string[];
  closedBy(track: number, setting: { readonly slot: Slot; readonly key: string }): [Matter, string][];
}
