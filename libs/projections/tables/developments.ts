// Developments and their versions: how each stood, from one event about it to the next.
//
// A development's number is the position of its first event, a version's the position of the event that made it.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { restoredStanding, type KeptStanding, type Standing } from '#crisis/standing.js';
import { BulkInsert, type Row } from './sorted-inserts.js';
import { FOREVER } from './validity.js';

// `content` of a first version is the event's data, as it lies in the log.
export const DEVELOPMENT_TABLES = `
  create table development (
    track integer not null,
    name text not null,
    id integer not null,
    primary key (track, name)
  ) strict, without rowid;
  create table version (
    id integer primary key,
    development integer not null,
    known_to integer not null,
    retracted integer not null,
    corrected integer not null,
    content text not null,
    resolved text,
    added text,
    withdrawn text
  ) strict;
  create index later_version on version (development, id) where id <> development;`;

/** A development as it stood at one point of the record. */
export interface Version {
  readonly id: number;
  /** The position of its development's first event. */
  readonly development: number;
  /** The effective record time of its development's first event, ms. */
  readonly recorded: number;
  readonly standing: Standing;
  /** Whether a correction has been made by then. */
  readonly corrected: boolean;
}

export class DevelopmentWriter {
  readonly #addNames;
  readonly #findName;
  readonly #versions;
  readonly #close;
  readonly #current;
  /** Of each track: the developments that were added since the last flush. */
  readonly #names = new Map<number, Map<string, number>>();

  constructor(database: DatabaseSync) {
    this.#addNames = new BulkInsert(database, 'into development', 3);
    this.#findName = database.prepare(FIND);
    this.#versions = new BulkInsert(database, 'into version', 9);
    this.#close = database.prepare('update version set known_to = ? where id = ?');
    // As COLUMNS has it, but for when it was recorded, which nobody asks for.
    const versions = 'select id, development, 0, corrected, retracted, content, resolved, added, withdrawn from version where';
    this.#current = database.prepare(
      `${versions} development = :of and id <> development union all ${versions} id = :of order by id desc limit 1`,
    );
    this.#current.setReturnArrays(true);
  }

  /** A second development of one name is refused by `flush` at the latest. @throws Error if one was added since the last flush */
  add(track: number, name: string, position: number): void {
    let names = this.#names.get(track);
    if (names === undefined) this.#names.set(track, (names = new Map()));
    if (names.has(name)) throw new Error(`its track has a development "${name}" already`);
    names.set(name, position);
  }

  find(track: number, name: string): number | undefined {
    return this.#names.get(track)?.get(name) ?? (this.#findName.get(track, name) as { id: number } | undefined)?.id;
  }

  /** How a development stands now. */
  current(development: number): Omit<Version, 'recorded'> {
    this.#versions.flush();
    return versionOf(this.#current.get({ of: development }));
  }

  /** @param content its JSON, where the caller has it */
  openVersion(development: number, position: number, standing: Standing, corrected: boolean, content?: string): void {
    const { resolved, retracted, added, withdrawn } = standing;
    this.#versions.add([
      position,
      development,
      FOREVER,
      Number(retracted),
      Number(corrected),
      content ?? JSON.stringify(standing.content),
      jsonOrNull(resolved, resolved.onBehalfOf === undefined && resolved.proposal === undefined),
      jsonOrNull(added, added.length === 0),
      jsonOrNull(withdrawn, withdrawn.length === 0),
    ]);
  }

  closeVersion(id: number, position: number): void {
    this.#versions.flush();
    this.#close.run(position, id);
  }

  /** @throws an SQLite constraint error for a development whose track has another one of its name */
  flush(): void {
    this.#versions.flush();
    const rows: Row[] = [];
    for (const track of [...this.#names.keys()].sort((a, b) => a - b)) {
      const names = this.#names.get(track)!;
      for (const name of [...names.keys()].sort()) rows.push([track, name, names.get(name)!]);
    }
    this.#names.clear();
    this.#addNames.run(rows);
  }

  /** After a rollback. */
  forget(): void {
    this.#versions.clear();
    this.#names.clear();
  }
}

const FIND = 'select id from development where track = ? and name = ?';
const COLUMNS = 'v.id, v.development, e.recorded, v.corrected, v.retracted, v.content, v.resolved, v.added, v.withdrawn';

export class DevelopmentRows {
  readonly #find;
  readonly #last;
  readonly #byId;
  readonly #later;
  readonly #isRetracted;
  readonly #standing;
  readonly #lastOf;
  readonly #byIds;

  constructor(database: DatabaseSync) {
    const versions = (where: string): StatementSync => {
      const statement = database.prepare(`select ${COLUMNS} from version v join event e on e.position = v.development where ${where}`);
      statement.setReturnArrays(true);
      return statement;
    };
    this.#find = database.prepare(FIND);
    this.#last = database.prepare(
      `select id from version where development = ? and id <> development and id <= ? order by id desc limit 1`,
    );
    this.#byId = versions('v.id = ?');
    this.#later = versions('v.development = ? and v.id <> v.development and v.id <= ? order by v.id');
    const listed = '(select value from json_each(?))';
    this.#lastOf = database.prepare(
      `select development, max(id) as id from version where development in ${listed} and id <> development and id <= ? group by development`,
    );
    this.#byIds = versions(`v.id in ${listed}`);
    this.#isRetracted = database.prepare('select retracted from version where id = ?');
    this.#standing = versions(`v.id in ${listed} and v.known_to > ? and e.crisis = ?`);
  }

  find(track: number, name: string): number | undefined {
    return (this.#find.get(track, name) as { id: number } | undefined)?.id;
  }

  version(id: number): Version {
    return versionOf(this.#byId.get(id));
  }

  /** Undefined if it was not recorded by then. */
  at(development: number, known: number): Version | undefined {
    return development > known ? undefined : this.version(this.versionAt(development, known));
  }

  /** The same of many developments that were recorded by then, by their numbers. */
  allAt(developments: readonly number[], known: number): Map<number, Version> {
    const ids = new Map(developments.map((development) => [development, development]));
    for (const { development, id } of this.#lastOf.all(JSON.stringify(developments), known) as { development: number; id: number }[])
      ids.set(development, id);
    return new Map(
      this.#byIds
        .all(JSON.stringify([...ids.values()]))
        .map(versionOf)
        .map((version) => [version.development, version]),
    );
  }

  /** Each under its number. */
  versionsWith(ids: readonly number[]): Map<number, Version> {
    return new Map(
      this.#byIds
        .all(JSON.stringify(ids))
        .map(versionOf)
        .map((version) => [version.id, version]),
    );
  }

  /** The number of the version that stood by then of a development that was recorded by then. */
  versionAt(development: number, known: number): number {
    return (this.#last.get(development, known) as { id: number } | undefined)?.id ?? development;
  }

  /** Of versions that were recorded by then, by their numbers: those that are a crisis's, and stood by then. */
  standing(versions: readonly number[], crisis: number, known: number): Map<number, Version> {
    const standing = this.#standing.all(JSON.stringify(versions), known, crisis).map(versionOf);
    return new Map(standing.map((version) => [version.id, version]));
  }

  /** First to last, of a development that was recorded by then. */
  versions(development: number, known: number): Version[] {
    return [this.#byId.get(development), ...this.#later.all(development, known)].map(versionOf);
  }

  isRetracted(track: number, name: string, known: number): boolean {
    const development = this.find(track, name);
    if (development === undefined || development > known) return false;
    return (this.#isRetracted.get(this.versionAt(development, known)) as { retracted: number }).retracted === 1;
  }
}

/** By {@link COLUMNS}. */
type VersionRow = [
  id: number,
  development: number,
  recorded: number,
  corrected: number,
  retracted: number,
  content: string,
  resolved: string | null,
  added: string | null,
  withdrawn: string | null,
];

function versionOf(row: unknown): Version {
  const [id, development, recorded, corrected, retracted, content, resolved, added, withdrawn] = row as VersionRow;
  const kept = {
    content: JSON.parse(content),
    resolved: resolved === null ? {} : JSON.parse(resolved),
    retracted: retracted === 1,
    added: added === null ? [] : JSON.parse(added),
    withdrawn: withdrawn === null ? [] : JSON.parse(withdrawn),
  } as KeptStanding;
  return { id, development, recorded, corrected: corrected === 1, standing: restoredStanding(kept, BigInt(development)) };
}

function jsonOrNull(value: unknown, isNothing: boolean): string | null {
  return isNothing ? null : JSON.stringify(value);
}
