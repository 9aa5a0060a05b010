// Rectangles in the two times: what was the case from one moment of occurrence to another, as known from one position of the
// log to another. Asked for: all that cover one point.
//
// Each lies under its length class: lengths up to 4^n belong to class n, so whatever covers a point begins at most 4^n before
// it, and the answer is one short range for each class. Filed by occurrence; what has no end there, by the record's positions.
import type { DatabaseSync } from 'node:sqlite';
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

export type RectangleKind = 'promise' | 'proposal' | 'announced' | 'span';

export interface Rectangle {
  readonly key: string;
  /** From inclusive to exclusive, ms; `to` may be {@link FOREVER}. */
  readonly from: number;
  readonly to: number;
  readonly detail?: string;
}

export class RectangleWriter {
  readonly #add;
  readonly #addLength;
  readonly #end;
  readonly #remove;
  readonly #lengths = new Set<string>();

  constructor(database: DatabaseSync) {
    this.#add = database.prepare('insert into rectangle values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
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
    const length = lengthClass(to - from);
    if (to !== FOREVER) {
      this.#end.run(position, track, kind, length, from, key);
      return;
    }
    const removed = this.#remove.get(track, kind, length, from, key) as { knownFrom: number } | undefined;
    if (removed !== undefined) this.#file(track, kind, rectangle, removed.knownFrom, position);
  }

  /** After a rollback: lengths that were added are gone. */
  forget(): void {
    this.#lengths.clear();
  }

  #file(track: number, kind: RectangleKind, { key, from, to, detail }: Rectangle, knownFrom: number, knownTo: number): void {
    const byRecord = to === FOREVER && knownTo !== FOREVER;
    // By record, lengths are negative: they are classes of their own.
    const length = byRecord ? -lengthClass(knownTo - knownFrom) : lengthClass(to - from);
    this.#add.run(track, kind, length, byRecord ? knownFrom : from, key, knownFrom, knownTo, from, to, detail ?? null);
    const name = `${track}\n${kind}\n${length}`;
    if (this.#lengths.has(name)) return;
    this.#addLength.run(track, kind, length);
    this.#lengths.add(name);
  }
}

export class RectangleRows {
  readonly #covering;

  constructor(database: DatabaseSync) {
    const select = `select r.key, r.occurs_from as "from", r.occurs_to as "to", r.detail from rectangle_length l cross join rectangle r
      on r.track = l.track and r.kind = l.kind and r.length = l.length`;
    const covers = 'r.occurs_from <= :asOf and r.occurs_to > :asOf and r.known_from <= :known and r.known_to > :known';
    this.#covering = database.prepare(`
      ${select} and r.filed_at > :asOf - l.length and r.filed_at <= :asOf where l.track = :track and l.kind = :kind and l.length > 0 and ${covers}
      union all
      ${select} and r.filed_at > :known + l.length and r.filed_at <= :known where l.track = :track and l.kind = :kind and l.length < 0 and ${covers}`);
  }

  /** All that cover a point, in no order. */
  covering(track: number, kind: RectangleKind, asOf: number, known: number): Rectangle[] {
    return this.#covering.all({ track, kind, asOf, known }) as unknown as Rectangle[];
  }
}

/** The smallest power of four that is at least a length; {@link FOREVER} beyond all moments that there are. */
function lengthClass(length: number): number {
  let power = 1;
  while (power < length && power < FOREVER / 4) power *= 4;
  return power < length ? FOREVER : power;
}
