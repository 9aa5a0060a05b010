// The numbers that stand in rows for names, looked up once and kept in memory.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** Beyond this many, numbers are looked up again: it bounds the builder's memory. */
const NUMBERS_IN_MEMORY = 50_000;

/** Numbers of (owner, kind, name), given in the order in which they are first asked for. */
export class Numbers<Kind extends string> {
  readonly #find;
  readonly #add;
  /** By owner, kind and name: a text of all three would have to be made for each question. */
  #known = new Map<number, Map<Kind, Map<string, number>>>();
  #size = 0;

  /** @param table with the columns id, `owner`, `kind` and `name` */
  constructor(database: DatabaseSync, table: string, [owner, kind, name]: readonly [owner: string, kind: string, name: string]) {
    this.#find = database.prepare(`select id from ${table} where ${owner} = ? and ${kind} = ? and ${name} = ?`);
    this.#add = database.prepare(`insert into ${table} (${owner}, ${kind}, ${name}) values (?, ?, ?)`);
  }

  of(owner: number, kind: Kind, name: string): number {
    let kinds = this.#known.get(owner);
    if (kinds === undefined) this.#known.set(owner, (kinds = new Map()));
    let names = kinds.get(kind);
    if (names === undefined) kinds.set(kind, (names = new Map()));
    let id = names.get(name);
    if (id !== undefined) return id;
    const key: SQLInputValue[] = [owner, kind, name];
    id = (this.#find.get(...key) as { id: number } | undefined)?.id ?? Number(this.#add.run(...key).lastInsertRowid);
    names.set(name, id);
    if (++this.#size >= NUMBERS_IN_MEMORY) this.forget();
    return id;
  }

  /** After a rollback: numbers that were added are gone. */
  forget(): void {
    this.#known = new Map();
    this.#size = 0;
  }
}
