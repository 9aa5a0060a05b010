// Timelines as rows, in order of occurrence: of a crisis, of a track (with what also stands on it), and of whatever a timeline
// can be narrowed to.
import type { DatabaseSync } from 'node:sqlite';
import { compareOrder, type Order } from '#crisis/order.js';
import { actorsIn, issuesIn } from '#crisis/references.js';
import { isVisible, type Standing } from '#crisis/standing.js';
import type { Tally } from '#crisis/tally.js';
import { packTally, unpackTally } from './packed-tally.js';
import { keyOf } from './slots.js';
import { FOREVER, IS_KNOWN, VALIDITY } from './validity.js';

// A scope is what one timeline is of. `tally` is what the development adds to the counts of its own track; null where it adds
// nothing, and on rows of tracks where it only also stands.
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
    ${VALIDITY},
    version integer not null,
    visible integer not null,
    tally integer,
    primary key (scope, earliest, latest, sequence, position, known_from)
  ) strict, without rowid;`;

export type ScopeKind = 'crisis' | 'track' | 'actor' | 'issue' | 'source' | 'type';

const SCOPES_IN_MEMORY = 50_000;

export class ListingWriter {
  readonly #find;
  readonly #add;
  readonly #open;
  readonly #close;
  readonly #scopes = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('select id from scope where crisis = ? and kind = ? and name = ?');
    this.#add = database.prepare('insert into scope (crisis, kind, name) values (?, ?, ?)');
    this.#open = database.prepare(`insert into listing values (?, ?, ?, ?, ?, ?, ${FOREVER}, ?, ?, ?)`);
    this.#close = database.prepare(
      `update listing set known_to = ? where scope = ? and earliest = ? and latest = ? and sequence = ? and position = ? and known_to = ${FOREVER}`,
    );
  }

  open(crisis: number, standing: Standing, version: number, tally: Tally | undefined, position: number): void {
    const key = keyOf(standing.order);
    const visible = Number(isVisible(standing));
    const own = standing.content.track;
    for (const [kind, name] of scopesOf(standing)) {
      const packed = tally === undefined || kind !== 'track' || name !== own ? null : packTally(tally);
      this.#open.run(this.#scope(crisis, kind, name), ...key, position, version, visible, packed);
    }
  }

  close(crisis: number, standing: Standing, position: number): void {
    const key = keyOf(standing.order);
    for (const [kind, name] of scopesOf(standing)) this.#close.run(position, this.#scope(crisis, kind, name), ...key);
  }

  /** After a rollback: scopes that were added are gone. */
  forget(): void {
    this.#scopes.clear();
  }

  #scope(crisis: number, kind: ScopeKind, name: string): number {
    const text = `${crisis}\n${kind}\n${name}`;
    let id = this.#scopes.get(text) ?? (this.#find.get(crisis, kind, name) as { id: number } | undefined)?.id;
    id ??= Number(this.#add.run(crisis, kind, name).lastInsertRowid);
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

export interface Listed extends Order {
  readonly version: number;
  readonly visible: boolean;
}

interface Row {
  readonly earliest: number;
  readonly latest: number;
  readonly sequence: number;
  readonly position: number;
  readonly version: number;
  readonly visible: number;
}

const PAGE = 200;

export class ListingRows {
  readonly #scope;
  readonly #newest;
  readonly #oldest;
  readonly #counted;
  readonly #last;

  constructor(database: DatabaseSync) {
    this.#scope = database.prepare('select id from scope where crisis = ? and kind = ? and name = ?');
    const rows = `select earliest, latest, sequence, position, version, visible from listing where scope = :scope and ${IS_KNOWN}`;
    const key = '(earliest, latest, sequence, position)';
    const edge = '(:earliest, :latest, :sequence, :position)';
    this.#newest = database.prepare(
      `${rows} and ${key} < ${edge} order by earliest desc, latest desc, sequence desc, position desc limit ${PAGE}`,
    );
    this.#oldest = database.prepare(`${rows} and ${key} > ${edge} order by earliest, latest, sequence, position limit ${PAGE}`);
    this.#counted = database.prepare(
      `select tally from listing where scope = :scope and ${IS_KNOWN} and earliest >= :from and earliest <= :to and tally is not null`,
    );
    this.#last = database.prepare(
      `select d.name as development, v.kept ->> '$.content.occurredAt' as occurredAt
        from (select version from listing where scope = :scope and ${IS_KNOWN} and earliest <= :asOf and visible = 1 and tally is not null
          order by earliest desc, latest desc, sequence desc, position desc limit 1) l
        join version v on v.id = l.version join development d on d.id = v.development`,
    );
  }

  /**
   * Developments of any of the scopes, each once, in order of occurrence: visible or not, as they were known.
   * Reads ahead a page at a time; what is never asked for is not read.
   * @param from where it begins, exclusive
   */
  *inOrder(
    crisis: number,
    kind: ScopeKind,
    names: readonly string[],
    order: 'newest' | 'oldest',
    from: Order,
    known: number,
  ): Generator<Listed> {
    const runs = names
      .map((name) => this.#scopeOf(crisis, kind, name))
      .filter((scope) => scope !== undefined)
      .map((scope) => this.#run(scope, order, from, known));
    const sign = order === 'oldest' ? 1 : -1;
    const heads = runs.map((run) => run.next());
    for (;;) {
      let first: Listed | undefined;
      for (const { done, value } of heads) if (!done && (first === undefined || sign * compareOrder(value, first) < 0)) first = value;
      if (first === undefined) return;
      heads.forEach(({ done, value }, index) => {
        if (!done && value.position === first.position) heads[index] = runs[index]!.next();
      });
      yield first;
    }
  }

  /** What each development of a track whose earliest moment lies from one to another (ms, inclusive) adds to its counts. */
  counted(crisis: number, track: string, from: number, to: number, known: number): Tally[] {
    const scope = this.#scopeOf(crisis, 'track', track);
    if (scope === undefined) return [];
    return (this.#counted.all({ scope, known, from, to }) as { tally: number }[]).map(({ tally }) => unpackTally(tally));
  }

  /** The last visible development of a track's own, in order of occurrence. */
  last(crisis: number, track: string, asOf: number, known: number): { development: string; occurredAt: string } | undefined {
    const scope = this.#scopeOf(crisis, 'track', track);
    return scope === undefined
      ? undefined
      : (this.#last.get({ scope, known, asOf }) as { development: string; occurredAt: string } | undefined);
  }

  *#run(scope: number, order: 'newest' | 'oldest', from: Order, known: number): Generator<Listed> {
    const page = order === 'newest' ? this.#newest : this.#oldest;
    let edge = from;
    for (;;) {
      const [earliest, latest, sequence, position] = keyOf(edge);
      const rows = page.all({ scope, known, earliest, latest, sequence, position }) as unknown as Row[];
      for (const row of rows) yield (edge = { ...row, position: BigInt(row.position), visible: row.visible === 1 } as Listed);
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
