// Rows on their way into a table that is kept in the order of its key. Inserted one by one, in the log's order, each would
// touch a page of its own; gathered, sorted and inserted many at a time they cost a fifth.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

export type Row = SQLInputValue[];

/** Rows of one statement. */
const ROWS_AT_ONCE = 32;

/** Inserts rows many at a time, in the order in which they come. */
export class BulkInsert {
  readonly #many;
  readonly #one;

  /** @param into the table, with what stands before its name: `or ignore into t` */
  constructor(database: DatabaseSync, into: string, columns: number) {
    const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
    this.#one = database.prepare(`insert ${into} values ${row}`);
    this.#many = database.prepare(`insert ${into} values ${Array.from({ length: ROWS_AT_ONCE }, () => row).join(', ')}`);
  }

  run(rows: readonly Row[]): void {
    let start = 0;
    for (; start + ROWS_AT_ONCE <= rows.length; start += ROWS_AT_ONCE) {
      const values: Row = [];
      for (let index = start; index < start + ROWS_AT_ONCE; index++) for (const value of rows[index]!) values.push(value);
      this.#many.run(...values);
    }
    for (; start < rows.length; start++) this.#one.run(...rows[start]!);
  }
}

/** Gathers rows by their first column and inserts them sorted by it and the next four or, with `known_from`, five: all are numbers. */
export class SortedInserts {
  readonly #insert: BulkInsert;
  readonly #groups = new Map<number, Row[]>();

  constructor(database: DatabaseSync, into: string, columns: number) {
    this.#insert = new BulkInsert(database, into, columns);
  }

  add(row: Row): void {
    const group = this.#groups.get(row[0] as number);
    if (group === undefined) this.#groups.set(row[0] as number, [row]);
    else group.push(row);
  }

  /** A row that was gathered since the last flush. */
  find(group: number, isIt: (row: Row) => boolean): Row | undefined {
    return this.#groups.get(group)?.findLast(isIt);
  }

  /** @throws whatever the table says against a row */
  flush(): void {
    const rows: Row[] = [];
    for (const group of [...this.#groups.keys()].sort((a, b) => a - b)) {
      for (const row of this.#groups.get(group)!.sort(compareRows)) rows.push(row);
    }
    this.#groups.clear();
    this.#insert.run(rows);
  }

  /** Forgets what was gathered. */
  clear(): void {
    this.#groups.clear();
  }
}

/** By the second column mostly: the others tell apart what it does not. */
function compareRows(a: Row, b: Row): number {
  return difference(a, b, 1) || difference(a, b, 2) || difference(a, b, 3) || difference(a, b, 4) || difference(a, b, 5);
}

function difference(a: Row, b: Row, column: number): number {
  return column < a.length ? (a[column] as number) - (b[column] as number) : 0;
}
