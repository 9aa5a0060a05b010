// Rectangles in the two times: what was the case from one moment of occurrence to another, as known from one position of the
// log to another. Asked for: all that cover one point.
//
// Each lies under its length class: lengths up to 4^n belong to class n, so whatever covers a point begins at most 4^n before
// it, and the answer is one short range for each class. Filed by occurrence; what has no end there, by the record's positions.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Matter } from '#crisis/slot-table.js';
import type { Row } from './sorted-inserts.js';
import { ValidRows } from './valid-rows.js';
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

export class RectangleWriter {
  readonly #rows;
  readonly #addLength;
  readonly #lengths = new Set<string>();

  constructor(database: DatabaseSync) {
    this.#rows = new ValidRows(database, 'rectangle', ['track', 'kind', 'length', 'filed_at', 'key'], 'key', 3);
    this.#addLength = database.prepare('insert or ignore into rectangle_length values (?, ?, ?)');
  }

  open(track: number, kind: RectangleKind, rectangle: Rectangle, position: number): void {
    this.#file(track, kind, rectangle, position, FOREVER);
  }

  /** Ends what {@link open} began with the same rectangle. */
  close(track: number, kind: RectangleKind, rectangle: Rectangle, position: number): void {
    const { key, from, to } = rectangle;
    const place: Row = [track, kind, lengthClass(to - from), from, key];
    if (to !== FOREVER) return this.#rows.close(place, position);
    const knownFrom = this.#rows.remove(place);
    if (knownFrom !== undefined) this.#file(track, kind, rectangle, knownFrom, position);
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
    this.#rows.add([track, kind, length, byRecord ? knownFrom : from, key], [from, to, detail ?? null], knownFrom, knownTo);
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
  readonly #endingInCrisis;

  constructor(database: DatabaseSync) {
    const covers = 'r.occurs_from <= :asOf and r.occurs_to > :asOf and r.known_from <= :known and r.known_to > :known';
    const of = (columns: string, tracks: string): string =>
      `select ${columns} from ${tracks} cross join rectangle r on r.track = l.track and r.kind = l.kind and r.length = l.length`;
    const byOccurrence = 'and r.filed_at > :asOf - l.length and r.filed_at <= :asOf';
    const covering = (columns: string, tracks: string, where: string): StatementSync =>
      database.prepare(`
        ${of(columns, tracks)} ${byOccurrence} where ${where} and l.length > 0 and ${covers}
        union all
        ${of(columns, tracks)} and r.filed_at > :known + l.length and r.filed_at <= :known where ${where} and l.length < 0 and ${covers}`);
    const span = 'r.key, r.occurs_from as "from", r.occurs_to as "to", r.detail';
    const ofTrack = 'rectangle_length l';
    this.#open = covering('r.kind, r.key', ofTrack, "l.track = :track and l.kind in ('promise', 'proposal', 'announced')");
    this.#open.setReturnArrays(true);
    this.#scheduled = covering('r.detail', ofTrack, "l.track = :track and l.kind = 'schedule'");
    this.#scheduled.setReturnArrays(true);
    this.#spans = covering(span, ofTrack, "l.track = :track and l.kind = 'span'");
    // What has an end is filed by occurrence.
    this.#endingInCrisis = database.prepare(`
      ${of('t.id as track, t.name, r.key, r.occurs_to as "to"', 'track t cross join rectangle_length l on l.track = t.id')} ${byOccurrence}
      where t.crisis = :crisis and l.kind = 'span' and l.length > 0 and ${covers} and r.occurs_to <= :upTo
      order by r.occurs_to, t.name, r.key`);
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

  /** Of the spans on all tracks of a crisis that cover a point, those that end by another moment (ms): by their end, their track's name and their key. */
  *endingInCrisis(
    crisis: number,
    asOf: number,
    known: number,
    upTo: number,
  ): Generator<Pick<Rectangle, 'key' | 'to'> & { readonly track: number }> {
    for (const row of this.#endingInCrisis.iterate({ crisis, asOf, known, upTo })) yield row as { key: string; to: number; track: number };
  }
}

/** The smallest power of four that is at least a length; {@link FOREVER} beyond all moments that there are. */
function lengthClass(length: number): number {
  let power = 1;
  while (power < length && power < FOREVER / 4) power *= 4;
  return power < length ? FOREVER : power;
}
