// Timelines, in order of occurrence: of a crisis, of a track (with what also stands on it), and of whatever a timeline can be
// narrowed to.
//
// They are made of places. A place says that some version of a development stood there; whether the one that is read does is
// for the version to say: so what changes a development adds places, if any, and touches none. A development stands in seven
// timelines or more, and a row for each would cost as much as all other tables together: places are packed, by day.
import type { DatabaseSync } from 'node:sqlite';
import { compareOrder, type Order } from '#crisis/order.js';
import { actorsIn, issuesIn } from '#crisis/references.js';
import type { Standing } from '#crisis/standing.js';
import { dayOf } from '#crisis/time.js';
import { Numbers } from './numbers.js';
import { FOREVER } from './validity.js';

// A scope is what one timeline is of. `day` (since 1970-01-01) is that of the earliest moment. `places` are four doubles
// each: earliest, latest, sequence, and the position of the development's first event; in no order.
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
    day integer not null,
    chunk integer not null,
    places blob not null,
    primary key (scope, day, chunk)
  ) strict, without rowid;`;

export type ScopeKind = 'crisis' | 'track' | 'actor' | 'issue' | 'source' | 'type';

/** Bytes of a place. */
const PLACE = 4 * Float64Array.BYTES_PER_ELEMENT;
/** Bytes of a chunk: what one more development rewrites, in each of its timelines. */
const CHUNK = 64 * PLACE;
/** A day's number among those of a scope: more than all days that EDTF can name. */
const DAYS = 2 ** 22;
const FIRST_DAY = -(2 ** 21);

export class ListingWriter {
  readonly #scopes;
  readonly #lastChunk;
  readonly #put;
  /** By scope and day, the numbers of which the places are made. */
  #gathered = new Map<number, number[]>();

  constructor(database: DatabaseSync) {
    this.#scopes = new Numbers<ScopeKind>(database, 'scope', ['crisis', 'kind', 'name']);
    this.#lastChunk = database.prepare('select chunk, places from listing where scope = ? and day = ? order by chunk desc limit 1');
    this.#put = database.prepare('insert or replace into listing values (?, ?, ?, ?)');
  }

  /** Adds the places at which a development stands now and did not before. */
  add(crisis: number, before: Standing | undefined, after: Standing): void {
    const stayed = before !== undefined && compareOrder(before.order, after.order) === 0 ? scopesOf(before) : [];
    const { earliest, latest, sequence, position } = after.order;
    const day = dayOf(earliest) - FIRST_DAY;
    for (const [kind, name] of scopesOf(after)) {
      if (stayed.some((scope) => scope[0] === kind && scope[1] === name)) continue;
      const key = this.#scopes.of(crisis, kind, name) * DAYS + day;
      const places = this.#gathered.get(key);
      if (places === undefined) this.#gathered.set(key, [earliest, latest, sequence, Number(position)]);
      else places.push(earliest, latest, sequence, Number(position));
    }
  }

  flush(): void {
    for (const key of [...this.#gathered.keys()].sort((a, b) => a - b)) {
      const [scope, day] = [Math.floor(key / DAYS), (key % DAYS) + FIRST_DAY];
      const added = Buffer.from(Float64Array.from(this.#gathered.get(key)!).buffer);
      const last = this.#lastChunk.get(scope, day) as { chunk: number; places: Uint8Array } | undefined;
      const fits = last !== undefined && last.places.length < CHUNK;
      const places = fits ? Buffer.concat([last.places, added]) : added;
      let chunk = last === undefined ? 0 : fits ? last.chunk : last.chunk + 1;
      for (let start = 0; start < places.length; start += CHUNK) this.#put.run(scope, day, chunk++, places.subarray(start, start + CHUNK));
    }
    this.#gathered = new Map();
  }

  /** After a rollback. */
  forget(): void {
    this.#scopes.forget();
    this.#gathered = new Map();
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

export class ListingRows {
  readonly #scope;
  readonly #newest;
  readonly #oldest;
  readonly #ofDay;

  constructor(database: DatabaseSync) {
    this.#scope = database.prepare('select id from scope where crisis = ? and kind = ? and name = ?');
    const day = (beyond: string, order: string) =>
      database.prepare(`select day from listing where scope = ? and day ${beyond} ? order by day ${order} limit 1`);
    this.#newest = day('<', 'desc');
    this.#oldest = day('>', 'asc');
    this.#ofDay = database.prepare('select places from listing where scope = ? and day = ?');
  }

  /**
   * The places at which developments that were recorded by then ever stood in any of the scopes, each once, in order of
   * occurrence. Reads a day at a time; what is never asked for is not read.
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
    const [next, sign] = order === 'newest' ? [this.#newest, -1] : [this.#oldest, 1];
    const first = Math.max(FIRST_DAY, Math.min(dayOf(from.earliest), FIRST_DAY + DAYS));
    let row = next.get(scope, first - sign) as { day: number } | undefined;
    for (let last = from; row !== undefined; row = next.get(scope, row.day) as { day: number } | undefined) {
      const chunks = this.#ofDay.all(scope, row.day) as { places: Uint8Array }[];
      const places = chunks.flatMap((chunk) => placesIn(chunk.places, known));
      for (const place of places.sort((a, b) => sign * compareOrder(a, b))) {
        if (sign * compareOrder(place, last) <= 0) continue; // before the edge, or the same once more
        yield (last = place);
      }
    }
  }

  #scopeOf(crisis: number, kind: ScopeKind, name: string): number | undefined {
    return (this.#scope.get(crisis, kind, name) as { id: number } | undefined)?.id;
  }
}

function placesIn({ buffer, byteOffset, length }: Uint8Array, known: number): Order[] {
  const view = new DataView(buffer, byteOffset, length);
  const places: Order[] = [];
  for (let at = 0; at < length; at += PLACE) {
    const position = view.getFloat64(at + 24, true);
    if (position > known) continue;
    const [earliest, latest, sequence] = [view.getFloat64(at, true), view.getFloat64(at + 8, true), view.getFloat64(at + 16, true)];
    places.push({ earliest, latest, sequence, position: BigInt(position) });
  }
  return places;
}

/** Before and after every development, in order of occurrence. */
export const FIRST_OF_ALL: Order = { earliest: -FOREVER, latest: -FOREVER, sequence: -FOREVER, position: -1n };
export const LAST_OF_ALL: Order = { earliest: FOREVER, latest: FOREVER, sequence: FOREVER, position: BigInt(FOREVER) };
