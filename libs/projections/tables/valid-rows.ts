// Rows that are valid from one position of the log to another. Their columns: a key, known_from, known_to, then what they hold.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { SortedInserts, type Row } from './sorted-inserts.js';
import { FOREVER } from './validity.js';

export class ValidRows {
  readonly #inserts;
  readonly #close;
  readonly #remove;
  readonly #tellsApart: number;
  readonly #knownFrom: number;
  readonly #knownTo: number;

  /**
   * @param key its columns @param tellsApart the one of them that tells most rows apart
   * @param held how many columns follow `known_to`
   */
  constructor(database: DatabaseSync, table: string, key: readonly string[], tellsApart: string, held = 0) {
    this.#tellsApart = key.indexOf(tellsApart);
    [this.#knownFrom, this.#knownTo] = [key.length, key.length + 1];
    this.#inserts = new SortedInserts(database, `into ${table}`, key.length + 2 + held, this.#tellsApart);
    const open = `${key.map((column) => `${column} = ?`).join(' and ')} and known_to = ${FOREVER}`;
    this.#close = database.prepare(`update ${table} set known_to = ? where ${open}`);
    this.#remove = database.prepare(`delete from ${table} where ${open} returning known_from as knownFrom`);
  }

  /** @param knownTo default: valid until it is closed */
  add(key: Row, held: readonly SQLInputValue[], knownFrom: number, knownTo = FOREVER): void {
    this.#inserts.add([...key, knownFrom, knownTo, ...held]);
  }

  /** Ends what is open under a key. */
  close(key: Row, knownTo: number): void {
    const gathered = this.#inserts.find(key[this.#tellsApart]!, this.#isOpenUnder(key));
    if (gathered === undefined) this.#close.run(knownTo, ...key);
    else gathered[this.#knownTo] = knownTo;
  }

  /** Removes what is open under a key. Returns since when it was valid; undefined if there is none. */
  remove(key: Row): number | undefined {
    const gathered = this.#inserts.take(key[this.#tellsApart]!, this.#isOpenUnder(key));
    return (gathered?.[this.#knownFrom] ?? this.#remove.get(...key)?.['knownFrom']) as number | undefined;
  }

  /** @throws whatever the table says against a row */
  flush(): void {
    this.#inserts.flush();
  }

  /** Forgets what was added since the last flush. */
  clear(): void {
    this.#inserts.clear();
  }

  #isOpenUnder(key: Row): (row: Row) => boolean {
    return (row) => row[this.#knownTo] === FOREVER && key.every((value, column) => row[column] === value);
  }
}
