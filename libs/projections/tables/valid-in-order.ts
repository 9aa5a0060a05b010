// Rows in order of occurrence that are valid from one position of the log to another.
// Their key is (group, earliest, latest, sequence, position, known_from); known_to follows, then what they hold.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Order } from '#crisis/order.js';
import { SortedInserts, type Row } from './sorted-inserts.js';
import { FOREVER } from './validity.js';

export type OrderKey = readonly [earliest: number, latest: number, sequence: number, position: number];

export function keyOf({ earliest, latest, sequence, position }: Order): OrderKey {
  return [earliest, latest, sequence, Number(position)];
}

const [POSITION, KNOWN_TO] = [4, 6];

export class ValidInOrder {
  readonly #inserts;
  readonly #close;

  /** @param group the name of the first column @param held how many columns follow `known_to` */
  constructor(database: DatabaseSync, table: string, group: string, held: number) {
    this.#inserts = new SortedInserts(database, `into ${table}`, KNOWN_TO + 1 + held, POSITION);
    this.#close = database.prepare(
      `update ${table} set known_to = ? where ${group} = ? and earliest = ? and latest = ? and sequence = ? and position = ? and known_to = ${FOREVER}`,
    );
  }

  open(group: number, key: OrderKey, knownFrom: number, held: readonly SQLInputValue[]): void {
    this.#inserts.add([group, ...key, knownFrom, FOREVER, ...held]);
  }

  /** Ends what {@link open} began under the same key. */
  close(group: number, key: OrderKey, knownTo: number): void {
    const gathered = this.#inserts.find(key[3], (row) => row[KNOWN_TO] === FOREVER && row[0] === group && isAt(row, key));
    if (gathered === undefined) this.#close.run(knownTo, group, ...key);
    else gathered[KNOWN_TO] = knownTo;
  }

  flush(): void {
    this.#inserts.flush();
  }

  clear(): void {
    this.#inserts.clear();
  }
}

function isAt(row: Row, [earliest, latest, sequence, position]: OrderKey): boolean {
  return row[1] === earliest && row[2] === latest && row[3] === sequence && row[POSITION] === position;
}
