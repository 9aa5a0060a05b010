// Matters that may be open: promises, proposals, announced meetings. An index of when to look; the views of libs/crisis judge.
import type { DatabaseSync } from 'node:sqlite';
import { mattersOf, openBetween } from '#crisis/commitment.js';
import type { SlotReader, Matter } from '#crisis/slot-table.js';
import type { Slot, SlotSetting } from '#crisis/slots.js';
import type { RectangleWriter } from './rectangles.js';
import { FOREVER } from './validity.js';

// How each matter stands at the head; and which promises were ever made on a proposal: its answer closes them too.
export const MATTER_TABLES = `
  create table matter (
    track integer not null,
    kind text not null,
    key text not null,
    occurs_from integer not null,
    occurs_to integer not null,
    primary key (track, kind, key)
  ) strict, without rowid;
  create table promise_on (
    track integer not null,
    proposal text not null,
    promise text not null,
    primary key (track, proposal, promise)
  ) strict, without rowid;`;

export class MatterWriter {
  readonly #find;
  readonly #put;
  readonly #remove;
  readonly #addPromise;
  readonly #matters;

  constructor(
    database: DatabaseSync,
    private readonly rectangles: RectangleWriter,
  ) {
    this.#find = database.prepare('select occurs_from as "from", occurs_to as "to" from matter where track = ? and kind = ? and key = ?');
    this.#put = database.prepare('insert or replace into matter values (?, ?, ?, ?, ?)');
    this.#remove = database.prepare('delete from matter where track = ? and kind = ? and key = ?');
    this.#addPromise = database.prepare('insert or ignore into promise_on values (?, ?, ?)');
    this.#matters = new MatterRows(database);
  }

  /** Looks again at every matter that a development touched. @param slots of the track as they are now */
  reconsider(track: number, touched: readonly SlotSetting[], slots: SlotReader, position: number): void {
    for (const setting of touched) {
      if (setting.slot === 'promise' && setting.value.proposal !== undefined)
        this.#addPromise.run(track, setting.value.proposal, setting.key);
    }
    const matters = new Map(touched.flatMap((setting) => this.#matters.of(track, setting)).map((matter) => [matter.join('\n'), matter]));
    for (const [kind, key] of matters.values()) {
      const before = this.#find.get(track, kind, key) as { from: number; to: number } | undefined;
      const after = openSpan(kind, key, slots);
      if (before?.from === after?.from && before?.to === after?.to) continue;
      if (before !== undefined) {
        this.rectangles.close(track, kind, { key, ...before }, position);
        this.#remove.run(track, kind, key);
      }
      if (after !== undefined) {
        this.rectangles.open(track, kind, { key, ...after }, position);
        this.#put.run(track, kind, key, after.from, after.to);
      }
    }
  }
}

/** The matters on which a setting has a say. */
export class MatterRows {
  readonly #promisesOn;
  readonly #promisesOnAny;

  constructor(database: DatabaseSync) {
    this.#promisesOn = database.prepare('select promise from promise_on where track = ? and proposal = ?');
    this.#promisesOnAny = database.prepare(
      'select promise from promise_on where track = ? and proposal in (select value from json_each(?))',
    );
  }

  of(track: number, setting: { readonly slot: Slot; readonly key: string }): [Matter, string][] {
    return mattersOf(setting, (proposal) => this.promisesOn(track, proposal));
  }

  /** Every promise that was ever made on a proposal. */
  promisesOn(track: number, proposal: string): string[] {
    return (this.#promisesOn.all(track, proposal) as { promise: string }[]).map(({ promise }) => promise);
  }

  /** The same of many. */
  promisesOnAny(track: number, proposals: readonly string[]): string[] {
    return (this.#promisesOnAny.all(track, JSON.stringify(proposals)) as { promise: string }[]).map(({ promise }) => promise);
  }
}

function openSpan(kind: Matter, key: string, slots: SlotReader): { from: number; to: number } | undefined {
  const span = openBetween(kind, key, slots);
  if (span === undefined || span.to <= span.from) return undefined;
  return { from: span.from, to: Math.min(span.to, FOREVER) };
}
