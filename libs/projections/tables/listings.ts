// Timelines as rows, in order of occurrence: of a crisis, of a track (with what also stands on it), and of whatever a timeline
// can be narrowed to.
//
// A row says that some version of a development stood in a timeline at a place. Whether the one that is read does is for the
// version to say: so that what changes a development adds rows, if any, and touches none.
import type { DatabaseSync } from 'node:sqlite';
import { compareOrder, type Order } from '#crisis/order.js';
import { actorsIn, issuesIn } from '#crisis/references.js';
import type { Standing } from '#crisis/standing.js';
import { keyOf } from './slots.js';
import { SortedInserts } from './sorted-inserts.js';
import { FOREVER } from './validity.js';

// A scope is what one timeline is of; a position is that of a development's first event.
export const LISTING_TABLES = `
  create table scope (
    id integer primary key,
    crisis integer not null,
    kind text not null,
    name text not null,
    unique (crisis, kind, name)
  ) strict;
  create table listing (
    scope integer not null,
    earliest integer not null,
    latest integer not null,
    sequence integer not null,
    position integer not null,
    primary key (scope, earliest, latest, sequence, position)
  ) strict, without rowid;`;

export type ScopeKind = 'crisis' | 'track' | 'actor' | 'issue' | 'source' | 'type';

const SCOPES_IN_MEMORY = 50_000;

export class ListingWriter {
  readonly #find;
  readonly #add;
  readonly #rows;
  readonly #scopes = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('select id from scope where crisis = ? and kind = ? and name = ?');
    this.#add = database.prepare('insert into scope (crisis, kind, name) values (?, ?, ?)');
    // A version mostly stands where the one before it stood.
    this.#rows = new SortedInserts(database, 'or ignore into listing', 5);
  }

  add(crisis: number, standing: Standing): void {
    const key = keyOf(standing.order);
    for (const [kind, name] of scopesOf(standing)) this.#rows.add([this.#scope(crisis, kind, name), ...key]);
  }

  flush(): void {
    this.#rows.flush();
  }

  /** After a rollback: scopes that were added are gone. */
  forget(): void {
    this.#scopes.clear();
    this.#rows.clear();
  }

  #scope(crisis: number, kind: ScopeKind, name: string): number {
    const text = `${crisis}\n${kind}\n${name}`;
    const known = this.#scopes.get(text);
    if (known !== undefined) return known;
    const id =
      (this.#find.get(crisis, kind, name) as { id: number } | undefined)?.id ?? Number(this.#add.run(crisis, kind, name).lastInsertRowid);
    if (this.#scopes.size >= SCOPES_IN_MEMORY) this.#scopes.clear();
    this.#scopes.set(text, id);
    return id;
  }
}

/** Every timeline in which a development stands, each once. */
export function scopesOf({ content, resolved, reports }: Standing): [ScopeKind, string][] {
  const actors = new Set(actorsIn(content));
  if (resolved.onBehalfOf !== undefined) actors.add(resolved.onBehalfOf);
  const sources = new Set(
    reports.flatMap(({ report }) => (report.origin === undefined ? [report.source] : [report.source, report.origin])),
  );
  return [
    ['crisis', ''],
    ...[...new Set([content.track, ...(content.alsoOn ?? [])])].map((track): [ScopeKind, string] => ['track', track]),
    ['type', content.type],
    ...[...actors].map((actor): [ScopeKind, string] => ['actor', actor]),
    ...issuesIn(content).map((issue): [ScopeKind, string] => ['issue', issue]),
    ...[...sources].map((source): [ScopeKind, string] => ['source', source]),
  ];
}

const PAGE = 200;

export class ListingRows {
  readonly #scope;
  readonly #newest;
  readonly #oldest;

  constructor(database: DatabaseSync) {
    this.#scope = database.prepare('select id from scope where crisis = ? and kind = ? and name = ?');
    const rows = 'select earliest, latest, sequence, position from listing where scope = ? and position <= ?';
    const [key, edge] = ['(earliest, latest, sequence, position)', '(?, ?, ?, ?)'];
    this.#newest = database.prepare(
      `${rows} and ${key} < ${edge} order by earliest desc, latest desc, sequence desc, position desc limit ${PAGE}`,
    );
    this.#oldest = database.prepare(`${rows} and ${key} > ${edge} order by earliest, latest, sequence, position limit ${PAGE}`);
  }

  /**
   * The places at which developments that were recorded by then ever stood in any of the scopes, each once, in order of
   * occurrence. Reads ahead a page at a time; what is never asked for is not read.
   * @param from where it begins, exclusive
   */
  *inOrder(
    crisis: number,
    kind: ScopeKind,
    names: readonly string[],
    order: 'newest' | 'oldest',
    from: Order,
    known: number,
  ): Generator<Order> {
    const runs = names
      .map((name) => this.#scopeOf(crisis, kind, name))
      .filter((scope) => scope !== undefined)
      .map((scope) => this.#run(scope, order, from, known));
    const sign = order === 'oldest' ? 1 : -1;
    const heads = runs.map((run) => run.next());
    for (;;) {
      let first: Order | undefined;
      for (const { done, value } of heads) if (!done && (first === undefined || sign * compareOrder(value, first) < 0)) first = value;
      if (first === undefined) return;
      const shown = first;
      heads.forEach(({ done, value }, index) => {
        if (!done && compareOrder(value, shown) === 0) heads[index] = runs[index]!.next();
      });
      yield shown;
    }
  }

  *#run(scope: number, order: 'newest' | 'oldest', from: Order, known: number): Generator<Order> {
    const page = order === 'newest' ? this.#newest : this.#oldest;
    let edge = from;
    for (;;) {
      const rows = page.all(scope, known, ...keyOf(edge)) as unknown as (Omit<Order, 'position'> & { position: number })[];
      for (const row of rows) yield (edge = { ...row, position: BigInt(row.position) });
      if (rows.length < PAGE) return;
    }
  }

  #scopeOf(crisis: number, kind: ScopeKind, name: string): number | undefined {
    return (this.#scope.get(crisis, kind, name) as { id: number } | undefined)?.id;
  }
}

/** Before and after every development, in order of occurrence. */
export const FIRST_OF_ALL: Order = { earliest: -FOREVER, latest: -FOREVER, sequence: -FOREVER, position: -1n };
export const LAST_OF_ALL: Order = { earliest: FOREVER, latest: FOREVER, sequence: FOREVER, position: BigInt(FOREVER) };
