// The developments of each track in order of occurrence, with what each adds to the counts, for as long as it did.
import type { DatabaseSync } from 'node:sqlite';
import type { Order } from '#crisis/order.js';
import type { Tally } from '#crisis/tally.js';
import type { Contribution } from '../contribution.js';
import type { Stands } from '../tally-table.js';
import { unpackTally } from './packed-tally.js';
import { ORDER_COLUMNS } from './order-key.js';
import { ValidRows } from './valid-rows.js';
import { IS_KNOWN, VALIDITY } from './validity.js';

export const OCCURRENCE_TABLES = `
  create table occurrence (
    track integer not null,
    earliest integer not null,
    latest integer not null,
    sequence integer not null,
    position integer not null,
    ${VALIDITY},
    visible integer not null,
    tally integer not null,
    development text not null,
    occurred_at text not null,
    support integer not null,
    primary key (track, earliest, latest, sequence, position, known_from)
  ) strict, without rowid;`;

export class OccurrenceWriter {
  readonly #rows;

  constructor(database: DatabaseSync) {
    this.#rows = new ValidRows(database, 'occurrence', ['track', ...ORDER_COLUMNS], 'position', 5);
  }

  change(track: number, position: number, before: Contribution | undefined, after: Contribution): void {
    if (before?.counted !== undefined) this.#rows.close([track, ...before.key], position);
    if (after.counted === undefined) return;
    const { id, occurredAt } = after.standing.content;
    const held = [Number(after.visible), after.counted.packed, id, occurredAt, after.counted.support];
    this.#rows.add([track, ...after.key], held, position);
  }

  flush(): void {
    this.#rows.flush();
  }

  /** After a rollback. */
  forget(): void {
    this.#rows.clear();
  }
}

type OrderedRow = Pick<Stands, 'development' | 'occurredAt'> & Omit<Order, 'position'> & { readonly position: number };

export class OccurrenceRows {
  readonly #counted;
  readonly #last;
  readonly #lastSupported;
  readonly #within;
  readonly #beginning;

  constructor(database: DatabaseSync) {
    this.#counted = database.prepare(
      `select tally, support from occurrence where track = :track and ${IS_KNOWN} and earliest >= :from and earliest <= :to`,
    );
    this.#counted.setReturnArrays(true);
    this.#within = database.prepare(
      `select 1 from occurrence where track = :track and ${IS_KNOWN} and earliest > :after and earliest <= :upTo limit 1`,
    );
    this.#beginning = database.prepare(
      `select earliest as at, development as key from occurrence
        where track = :track and ${IS_KNOWN} and earliest > :after and earliest <= :upTo and visible = 1`,
    );
    const last = (supported: string) =>
      database.prepare(
        `select development, occurred_at as occurredAt, earliest, latest, sequence, position from occurrence where track = :track and ${IS_KNOWN} and earliest <= :asOf and visible = 1
          ${supported} order by earliest desc, latest desc, sequence desc, position desc limit 1`,
      );
    this.#last = last('');
    this.#lastSupported = last('and support not in (select value from json_each(:without))');
  }

  /** What each development of a track whose earliest moment lies from one to another (ms, inclusive) adds to its counts, and on what it rests. */
  counted(track: number, from: number, to: number, known: number): { tally: Tally; support: number }[] {
    const rows = this.#counted.all({ track, known, from, to }) as unknown as [tally: number, support: number][];
    return rows.map(([tally, support]) => ({ tally: unpackTally(tally), support }));
  }

  /** Whether any development of a track has its earliest moment after one and up to another (ms). */
  isAnyWithin(track: number, after: number, upTo: number, known: number): boolean {
    return this.#within.get({ track, known, after, upTo }) !== undefined;
  }

  /** The visible developments of a track whose earliest moment lies after one and up to another (ms). */
  beginning(track: number, after: number, upTo: number, known: number): { at: number; key: string }[] {
    return this.#beginning.all({ track, known, after, upTo }) as { at: number; key: string }[];
  }

  /** The last visible development of a track's own, in order of occurrence. @param without supports that do not count */
  last(track: number, asOf: number, known: number, without: readonly number[]): Stands | undefined {
    const asked = { track, known, asOf };
    const row = without.length === 0 ? this.#last.get(asked) : this.#lastSupported.get({ ...asked, without: JSON.stringify(without) });
    if (row === undefined) return undefined;
    const { development, occurredAt, earliest, latest, sequence, position } = row as unknown as OrderedRow;
    return { development, occurredAt, order: { earliest, latest, sequence, position: BigInt(position) } };
  }
}
