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
  #gathered: Row[] = [];

  /** @param into the table, with what stands before its name: `or ignore into t` */
  constructor(database: DatabaseSync, into: string, columns: number) {
    const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
    this.#one = database.prepare(`insert ${into} values ${row}`);
    this.#many = database.prepare(`insert ${into} values ${Array.from({ length: ROWS_AT_ONCE }, () => row).join(', ')}`);
  }

  /** Inserts a row, at the latest with the next flush. @throws as {@link run}, for this row or an earlier one */
  add(row: Row): void {
    this.#gathered.push(row);
    if (this.#gathered.length === ROWS_AT_ONCE) this.flush();
  }

  /** @throws as {@link run} */
  flush(): void {
    const rows = this.#gathered;
    this.#gathered = [];
    this.run(rows);
  }

  /** Forgets what was added since the last flush. */
  clear(): void {
    this.#gathered = [];
  }

  /** @throws whatever the table says against a row */
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

/** Gathers rows and inserts them sorted by their columns. */
export class SortedInserts {
  readonly #insert: BulkInsert;
  /** By the column that tells most of them apart. */
  readonly #gathered = new Map<SQLInputValue, Row[]>();

  /** @param tellsApart the column by which a gathered row is found again, from 0 */
  constructor(
    database: DatabaseSync,
    into: string,
    columns: number,
    private readonly tellsApart: number,
  ) {
    this.#insert = new BulkInsert(database, into, columns);
  }

  add(row: Row): void {
    const alike = this.#gathered.get(row[this.tellsApart]!);
    if (alike === undefined) this.#gathered.set(row[this.tellsApart]!, [row]);
    else alike.push(row);
  }

  /** A row that was gathered since the last flush. @param value of the column that tells apart */
  find(value: SQLInputValue, isIt: (row: Row) => boolean): Row | undefined {
    return this.#gathered.get(value)?.findLast(isIt);
  }

  /** As {@link find}, and takes it out. */
  take(value: SQLInputValue, isIt: (row: Row) => boolean): Row | undefined {
    const alike = this.#gathered.get(value);
    const at = alike === undefined ? -1 : alike.findLastIndex(isIt);
    return at < 0 ? undefined : alike!.splice(at, 1)[0];
  }

  /** @throws whatever the table says against a row */
  flush(): void {
    const rows: Row[] = [];
    for (const alike of this.#gathered.values()) for (const row of alike) rows.push(row);
    this.#gathered.clear();
    this.#insert.run(rows.sort(compareRows));
  }

  /** Forgets what was gathered. */
  clear(): void {
    this.#gathered.clear();
  }
}

/** Of two rows of one table: in a column that both have, there are either numbers or texts. */
function compareRows(a: Row, b: Row): number {
  for (let column = 0; column < a.length; column++) {
    const [one, other] = [a[column]!, b[column]!];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}
