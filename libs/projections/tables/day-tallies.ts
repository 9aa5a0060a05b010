// What happened by day of occurrence, in a crisis, on a track, with an actor and between two, at any point of the record.
//
// A node is a day, or for actors also a span of 256 days: so "all days before" is a few hundred nodes at most. What changed a node
// lies in it in the order of the record, 64 changes to a row, each row with the sum of all rows before it: what a node held at
// any place of the record is one row's sum and some of its changes, however long the history.
//
// Each change names what its development rests on: without some sources, all changes of the nodes are walked over, and those
// that rest on nothing that counts are passed by.
import type { DatabaseSync } from 'node:sqlite';
import { PARTS } from '#crisis/parts.js';
import { DAY_MS, dayOf } from '#crisis/time.js';
import type { Contribution } from '../contribution.js';
import { DayTally, sharesOf, type Share, type TallyKind } from '../day-tally.js';
import { Numbers } from './numbers.js';

// `changes` are 20 bytes each: the position (a double), the millisecond of the day, what it adds or takes away, and the support.
export const DAY_TALLY_TABLES = `
  create table tally_scope (
    id integer primary key,
    crisis integer not null,
    kind text not null,
    name text not null,
    unique (crisis, kind, name)
  ) strict;
  create table day_tally (
    scope integer not null,
    node integer not null,
    from_position integer not null,
    named integer not null,
    said integer not null,
    met integer not null,
    did integer not null,
    verbal_cooperation integer not null,
    material_cooperation integer not null,
    verbal_conflict integer not null,
    material_conflict integer not null,
    tenths integer not null,
    changes blob not null,
    primary key (scope, node, from_position)
  ) strict, without rowid;`;

/** Days in a node of the upper level. */
const SPAN = 256;
/** Of a node's number: from here on, it is one of the upper level. Beyond all days that EDTF can name. */
const UPPER = 2 ** 22;
/** Of a key in memory: a scope's number times this, and the node's. */
const NODES = 2 * UPPER;
/** In days since 1970-01-01, before all that EDTF can name: year 0 begins on -719,528, and in the east a day earlier. */
const FIRST_DAY = -719_530;

const CHANGE = 20;
const CHUNK = 64 * CHANGE;

const SUMS = 'named, said, met, did, verbal_cooperation, material_cooperation, verbal_conflict, material_conflict, tenths';
const LAST_ROW = 'order by from_position desc limit 1';

export class DayTallyWriter {
  readonly #scopes;
  readonly #last;
  readonly #put;
  /** By scope and node: position, millisecond, code and support of each change. */
  #gathered = new Map<number, number[]>();

  constructor(database: DatabaseSync) {
    this.#scopes = new Numbers<TallyKind>(database, 'tally_scope', ['crisis', 'kind', 'name']);
    this.#last = database.prepare(
      `select from_position as fromPosition, ${SUMS}, changes from day_tally where scope = ? and node = ? ${LAST_ROW}`,
    );
    this.#put = database.prepare('insert or replace into day_tally values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  /** What a development adds otherwise than before. */
  change(crisis: number, position: number, before: Contribution | undefined, after: Contribution): void {
    const old = before?.visible === true ? sharesOf(before.standing) : [];
    const now = after.visible ? sharesOf(after.standing) : [];
    const stays = before !== undefined && before.key[0] === after.key[0] && before.counted?.support === after.counted?.support;
    const isIn = (shares: readonly Share[], one: Share): boolean =>
      stays && shares.some((other) => other.kind === one.kind && other.name === one.name && codeOf(other) === codeOf(one));
    for (const each of old) if (!isIn(now, each)) this.#gather(crisis, position, before!, each, -1);
    for (const each of now) if (!isIn(old, each)) this.#gather(crisis, position, after, each, 1);
  }

  flush(): void {
    for (const key of [...this.#gathered.keys()].sort((a, b) => a - b))
      this.#append(Math.floor(key / NODES), key % NODES, bytesOf(this.#gathered.get(key)!));
    this.#gathered = new Map();
  }

  /** After a rollback. */
  forget(): void {
    this.#scopes.forget();
    this.#gathered = new Map();
  }

  #gather(crisis: number, position: number, { key: [earliest], counted }: Contribution, share: Share, times: 1 | -1): void {
    const { kind, name } = share;
    const day = dayOf(earliest);
    const scope = this.#scopes.of(crisis, kind, name) * NODES;
    const change = [position, earliest - day * DAY_MS, times * codeOf(share), counted!.support];
    this.#addTo(scope + day - FIRST_DAY, change);
    if (kind === 'actor') this.#addTo(scope + UPPER + Math.floor((day - FIRST_DAY) / SPAN), change);
  }

  #addTo(key: number, change: readonly number[]): void {
    const changes = this.#gathered.get(key);
    if (changes === undefined) this.#gathered.set(key, [...change]);
    else changes.push(...change);
  }

  #append(scope: number, node: number, added: Uint8Array): void {
    const last = this.#last.get(scope, node) as unknown as Row | undefined;
    const sum = last === undefined ? new DayTally() : sumOf(last);
    let changes: Uint8Array = last === undefined ? added : Buffer.concat([last.changes, added]);
    for (let from = last?.fromPosition; changes.length > 0; from = undefined) {
      const chunk = changes.subarray(0, CHUNK);
      const { parts, classes, tenths } = sum;
      // A full row's changes may be the last of all: the next row begins with the next change.
      this.#put.run(scope, node, from ?? firstPosition(chunk), ...parts, ...classes, tenths, chunk);
      if (chunk.length < CHUNK) return;
      addChanges(sum, chunk, { known: Infinity });
      changes = changes.subarray(CHUNK);
    }
  }
}

/** Up to which position the record is known, and what does not count: the supports of developments. */
export interface KnownWithout {
  readonly known: number;
  readonly without?: ReadonlySet<number>;
}

export class DayTallyRows {
  readonly #scope;
  readonly #sums;
  readonly #changes;

  constructor(database: DatabaseSync) {
    this.#scope = database.prepare('select id from tally_scope where crisis = ? and kind = ? and name = ?');
    const next = 'select min(node) from day_tally where scope = :scope and node <= :to and node';
    this.#sums = database.prepare(
      `with recursive there (node) as (
          select (${next} >= :from) union all select (${next} > there.node) from there where there.node is not null)
        select t.node, ${SUMS}, changes from there cross join day_tally t
          where t.scope = :scope and t.node = there.node and t.from_position =
            (select max(from_position) from day_tally where scope = :scope and node = there.node and from_position <= :known)`,
    );
    this.#changes = database.prepare(
      'select node, changes from day_tally where scope = :scope and node >= :from and node <= :to and from_position <= :known',
    );
  }

  /**
   * The tallies of the days up to a moment: of the last one, what began up to it.
   * @param from in days since 1970-01-01 @param upTo ms
   */
  days(crisis: number, kind: TallyKind, name: string, from: number, upTo: number, by: KnownWithout): Map<number, DayTally> {
    const scope = this.#scopeOf(crisis, kind, name);
    const days = new Map<number, DayTally>();
    if (scope === undefined) return days;
    const last = dayOf(upTo + 1) - 1;
    for (const [node, tally] of this.#nodes(scope, from - FIRST_DAY, last - FIRST_DAY, by)) days.set(node + FIRST_DAY, tally);
    const partial = dayOf(upTo);
    if (partial > last && partial >= from) days.set(partial, this.#begunBy(scope, upTo, by));
    return days;
  }

  /** The sum of all days up to a moment (ms), of an actor. */
  ofActor(crisis: number, name: string, upTo: number, by: KnownWithout): DayTally {
    const total = new DayTally();
    const scope = this.#scopeOf(crisis, 'actor', name);
    if (scope === undefined) return total;
    const last = dayOf(upTo + 1) - 1;
    const ended = Math.floor((last + 1 - FIRST_DAY) / SPAN);
    for (const tally of this.#nodes(scope, UPPER, UPPER + ended - 1, by).values()) total.addAll(tally);
    for (const tally of this.#nodes(scope, ended * SPAN, last - FIRST_DAY, by).values()) total.addAll(tally);
    if (dayOf(upTo) > last) total.addAll(this.#begunBy(scope, upTo, by));
    return total;
  }

  #nodes(scope: number, from: number, to: number, { known, without }: KnownWithout): Map<number, DayTally> {
    const nodes = new Map<number, DayTally>();
    if (without === undefined || without.size === 0) {
      for (const row of this.#sums.all({ scope, from, to, known }) as unknown as (Row & { node: number })[]) {
        const tally = sumOf(row);
        addChanges(tally, row.changes, { known });
        nodes.set(row.node, tally);
      }
      return nodes;
    }
    for (const { node, changes } of this.#changes.all({ scope, from, to, known }) as unknown as { node: number; changes: Uint8Array }[]) {
      let tally = nodes.get(node);
      if (tally === undefined) nodes.set(node, (tally = new DayTally()));
      addChanges(tally, changes, { known, without });
    }
    return nodes;
  }

  #begunBy(scope: number, upTo: number, by: KnownWithout): DayTally {
    const day = dayOf(upTo);
    const tally = new DayTally();
    const asked = { scope, from: day - FIRST_DAY, to: day - FIRST_DAY, known: by.known };
    for (const { changes } of this.#changes.all(asked) as unknown as { changes: Uint8Array }[])
      addChanges(tally, changes, by, upTo - day * DAY_MS);
    return tally;
  }

  #scopeOf(crisis: number, kind: TallyKind, name: string): number | undefined {
    return (this.#scope.get(crisis, kind, name) as { id: number } | undefined)?.id;
  }
}

interface Row {
  readonly fromPosition: number;
  readonly changes: Uint8Array;
  readonly [sum: string]: number | Uint8Array;
}

/** Scores lie from -100 to 100 tenths; 0 in their place means that none counts. */
const SCORE_OFFSET = 101;

function codeOf({ part, score }: Pick<Share, 'part' | 'score'>): number {
  const scored = score === undefined ? 0 : (score.tenths + SCORE_OFFSET) * 4 + score.quadClass - 1;
  return 1 + PARTS.indexOf(part) + scored * PARTS.length;
}

function shareIn(code: number): Pick<Share, 'part' | 'score'> {
  const part = PARTS[(code - 1) % PARTS.length]!;
  const scored = Math.floor((code - 1) / PARTS.length);
  const quadClass = ((scored % 4) + 1) as 1 | 2 | 3 | 4;
  return { part, score: scored === 0 ? undefined : { tenths: Math.floor(scored / 4) - SCORE_OFFSET, quadClass } };
}

function bytesOf(changes: readonly number[]): Uint8Array {
  const bytes = new Uint8Array((changes.length / 4) * CHANGE);
  const view = new DataView(bytes.buffer);
  for (let index = 0, at = 0; index < changes.length; index += 4, at += CHANGE) {
    view.setFloat64(at, changes[index]!, true);
    for (const member of [1, 2, 3]) view.setInt32(at + 4 + 4 * member, changes[index + member]!, true);
  }
  return bytes;
}

function firstPosition({ buffer, byteOffset }: Uint8Array): number {
  return new DataView(buffer, byteOffset).getFloat64(0, true);
}

/** Adds the changes that are known and count, of what began up to a millisecond of the day. */
function addChanges(tally: DayTally, { buffer, byteOffset, length }: Uint8Array, { known, without }: KnownWithout, begunBy = DAY_MS): void {
  const view = new DataView(buffer, byteOffset, length);
  for (let at = 0; at < length && view.getFloat64(at, true) <= known; at += CHANGE) {
    if (view.getInt32(at + 8, true) > begunBy || without?.has(view.getInt32(at + 16, true)) === true) continue;
    const code = view.getInt32(at + 12, true);
    tally.add(shareIn(Math.abs(code)), code < 0 ? -1 : 1);
  }
}

function sumOf(row: Row): DayTally {
  const tally = new DayTally();
  [row['named'], row['said'], row['met'], row['did']].forEach((count, index) => (tally.parts[index] = count as number));
  [row['verbal_cooperation'], row['material_cooperation'], row['verbal_conflict'], row['material_conflict']].forEach(
    (count, index) => (tally.classes[index as 0 | 1 | 2 | 3] = count as number),
  );
  tally.tenths = row['tenths'] as number;
  return tally;
}
