// Rectangles in the two times: what was the case from one moment of occurrence to another, as known from one position of the
// log to another. Asked for: all that cover one point.
//
// Each lies under its length class: lengths up to 4^n belong to class n, so whatever covers a point begins at most 4^n before
// it, and the answer is one short range for each class. Filed by occurrence; what has no end there, by the record's positions.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Matter } from '#crisis/slot-table.js';
import { SortedInserts, type Row } from './sorted-inserts.js';
import { FOREVER, VALIDITY } from './validity.js';

export const RECTANGLE_TABLES = `
  create table rectangle (
    track integer not null,
    kind text not null,
    length integer not null,
    filed_at integer not null,
    key text not null,
    ${VALIDITY},
    occurs_from integer not null,
    occurs_to integer not null,
    detail text,
    primary key (track, kind, length, filed_at, key, known_from)
  ) strict, without rowid;
  create table rectangle_length (
    track integer not null,
    kind text not null,
    length integer not null,
    primary key (track, kind, length)
  ) strict, without rowid;`;

/** A `schedule` says of one setting of a meeting's schedule, whose development is the key, until when it lies ahead; the announcement is its detail. */
export type RectangleKind = Matter | 'span' | 'schedule';

export interface Rectangle {
  readonly key: string;
  /** From inclusive to exclusive, ms; `to` may be {@link FOREVER}. */
  readonly from: number;
  readonly to: number;
  readonly detail?: string;
}

const [KEY, KNOWN_FROM, KNOWN_TO] = [4, 5, 6];
const COLUMNS = 10;

export class RectangleWriter {
  readonly #rows;
  readonly #addLength;
  readonly #end;
  readonly #remove;
  readonly #lengths = new Set<string>();

  constructor(database: DatabaseSync) {
    this.#rows = new SortedInserts(database, 'into rectangle', COLUMNS, KEY);
    this.#addLength = database.prepare('insert or ignore into rectangle_length values (?, ?, ?)');
    const current = `track = ? and kind = ? and length = ? and filed_at = ? and key = ? and known_to = ${FOREVER}`;
    this.#end = database.prepare(`update rectangle set known_to = ? where ${current}`);
    this.#remove = database.prepare(`delete from rectangle where ${current} returning known_from as knownFrom`);
  }

  open(track: number, kind: RectangleKind, rectangle: Rectangle, position: number): void {
    this.#file(track, kind, rectangle, position, FOREVER);
  }

  /** Ends what {@link open} began with the same rectangle. */
  close(track: number, kind: RectangleKind, rectangle: Rectangle, position: number): void {
    const { key, from, to } = rectangle;
    const place: Row = [track, kind, lengthClass(to - from), from, key];
    const isIt = (row: Row): boolean => row[KNOWN_TO] === FOREVER && place.every((value, column) => row[column] === value);
    if (to === FOREVER) {
      const knownFrom = this.#rows.take(key, isIt)?.[KNOWN_FROM] ?? this.#remove.get(...place)?.['knownFrom'];
      if (knownFrom !== undefined) this.#file(track, kind, rectangle, knownFrom as number, position);
      return;
    }
    const gathered = this.#rows.find(key, isIt);
    if (gathered === undefined) this.#end.run(position, ...place);
    else gathered[KNOWN_TO] = position;
  }

  flush(): void {
    this.#rows.flush();
  }

  /** After a rollback: lengths that were added are gone. */
  forget(): void {
    this.#rows.clear();
    this.#lengths.clear();
  }

  #file(track: number, kind: RectangleKind, { key, from, to, detail }: Rectangle, knownFrom: number, knownTo: number): void {
    const byRecord = to === FOREVER && knownTo !== FOREVER;
    // By record, lengths are negative: they are classes of their own.
    const length = byRecord ? -lengthClass(knownTo - knownFrom) : lengthClass(to - from);
    this.#rows.add([track, kind, length, byRecord ? knownFrom : from, key, knownFrom, knownTo, from, to, detail ?? null]);
    const name = `${track}\n${kind}\n${length}`;
    if (this.#lengths.has(name)) return;
    this.#addLength.run(track, kind, length);
    this.#lengths.add(name);
  }
}

export class RectangleRows {
  readonly #open;
  readonly #scheduled;
  readonly #spans;
  readonly #spansInCrisis;

  constructor(database: DatabaseSync) {
    const covers = 'r.occurs_from <= :asOf and r.occurs_to > :asOf and r.known_from <= :known and r.known_to > :known';
    const covering = (columns: string, of: string, where: string): StatementSync => {
      const select = `select ${columns} from ${of} cross join rectangle r on r.track = l.track and r.kind = l.kind and r.length = l.length`;
      return database.prepare(`
        ${select} and r.filed_at > :asOf - l.length and r.filed_at <= :asOf where ${where} and l.length > 0 and ${covers}
        union all
        ${select} and r.filed_at > :known + l.length and r.filed_at <= :known where ${where} and l.length < 0 and ${covers}`);
    };
    const span = 'r.key, r.occurs_from as "from", r.occurs_to as "to", r.detail';
    const ofTrack = 'rectangle_length l';
    this.#open = covering('r.kind, r.key', ofTrack, "l.track = :track and l.kind in ('promise', 'proposal', 'announced')");
    this.#open.setReturnArrays(true);
    this.#scheduled = covering('r.detail', ofTrack, "l.track = :track and l.kind = 'schedule'");
    this.#scheduled.setReturnArrays(true);
    this.#spans = covering(span, ofTrack, "l.track = :track and l.kind = 'span'");
    const ofCrisis = 'track t cross join rectangle_length l on l.track = t.id';
    this.#spansInCrisis = covering(`t.id as track, ${span}`, ofCrisis, "t.crisis = :crisis and l.kind = 'span'");
  }

  /** Which matters of a track are open at a point, in no order. */
  open(track: number, asOf: number, known: number): [Matter, key: string][] {
    return this.#open.all({ track, asOf, known }) as unknown as [Matter, string][];
  }

  /** Every announcement that was ever scheduled for later, by a setting that is known and was made by then. */
  scheduled(track: number, asOf: number, known: number): string[] {
    return this.#scheduled.all({ track, asOf, known }).map((row) => (row as unknown as [string])[0]);
  }

  /** All spans of a track that cover a point, in no order. */
  spans(track: number, asOf: number, known: number): Rectangle[] {
    return this.#spans.all({ track, asOf, known }) as unknown as Rectangle[];
  }

  /** The same on all tracks of a crisis. */
  spansInCrisis(crisis: number, asOf: number, known: number): (Rectangle & { readonly track: number })[] {
    return this.#spansInCrisis.all({ crisis, asOf, known }) as unknown as (Rectangle & { track: number })[];
  }
}

/** The smallest power of four that is at least a length; {@link FOREVER} beyond all moments that there are. */
function lengthClass(length: number): number {
  let power = 1;
  while (power < length && power < FOREVER / 4) power *= 4;
  return power < length ? FOREVER : power;
}
