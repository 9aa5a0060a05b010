// Developments and their versions: how each stood, from one event about it to the next.
import type { DatabaseSync } from 'node:sqlite';
import { isVisible, restoredStanding, type KeptStanding, type Standing } from '#crisis/standing.js';
import { FOREVER, VALIDITY } from './validity.js';

export const DEVELOPMENT_TABLES = `
  create table development (
    id integer primary key,
    track integer not null,
    name text not null,
    position integer not null,
    recorded integer not null,
    unique (track, name)
  ) strict;
  create table version (
    id integer primary key,
    development integer not null,
    ${VALIDITY},
    retracted integer not null,
    corrected integer not null,
    kept text not null
  ) strict;
  create index version_by_development on version (development, known_from);`;

/** A development as it stood at one point of the record. */
export interface Version {
  readonly id: number;
  readonly development: number;
  /** The position of its development's first event. */
  readonly position: number;
  /** The effective record time of its development's first event, ms. */
  readonly recorded: number;
  /** The position of the event that made this version. */
  readonly knownFrom: number;
  readonly standing: Standing;
  /** Whether a correction has been made by then. */
  readonly corrected: boolean;
}

export class DevelopmentWriter {
  readonly #add;
  readonly #open;
  readonly #close;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare('insert into development (track, name, position, recorded) values (?, ?, ?, ?)');
    this.#open = database.prepare(
      `insert into version (development, known_from, known_to, retracted, corrected, kept) values (?, ?, ${FOREVER}, ?, ?, ?)`,
    );
    this.#close = database.prepare('update version set known_to = ? where id = ?');
  }

  /** @throws Error if the track has a development of this name */
  add(track: number, name: string, position: number, recorded: number): number {
    return Number(this.#add.run(track, name, position, recorded).lastInsertRowid);
  }

  /** Returns the version's id. */
  openVersion(development: number, position: number, standing: Standing, corrected: boolean): number {
    const { content, resolved, retracted, added, withdrawn } = standing;
    const kept: KeptStanding = { content, resolved, retracted, added, withdrawn };
    return Number(this.#open.run(development, position, Number(retracted), Number(corrected), JSON.stringify(kept)).lastInsertRowid);
  }

  closeVersion(id: number, position: number): void {
    this.#close.run(position, id);
  }
}

const COLUMNS = 'v.id, v.development, d.position, d.recorded, v.known_from as knownFrom, v.corrected, v.kept';

export class DevelopmentRows {
  readonly #find;
  readonly #byId;
  readonly #at;
  readonly #all;
  readonly #isRetracted;
  readonly #ofTrack;

  constructor(database: DatabaseSync) {
    const versions = `select ${COLUMNS} from version v join development d on d.id = v.development`;
    this.#find = database.prepare('select id from development where track = ? and name = ?');
    this.#byId = database.prepare(`${versions} where v.id = ?`);
    this.#at = database.prepare(`${versions} where v.development = ? and v.known_from <= ? order by v.known_from desc limit 1`);
    this.#all = database.prepare(`${versions} where v.development = ? and v.known_from <= ? order by v.known_from`);
    this.#isRetracted = database.prepare(
      `select v.retracted from development d join version v on v.development = d.id
        where d.track = ? and d.name = ? and v.known_from <= ? order by v.known_from desc limit 1`,
    );
    this.#ofTrack = database.prepare(`${versions} where d.track = ? and v.known_from <= ? and v.known_to > ? order by d.position`);
  }

  find(track: number, name: string): number | undefined {
    return (this.#find.get(track, name) as { id: number } | undefined)?.id;
  }

  version(id: number): Version {
    return versionOf(this.#byId.get(id));
  }

  /** Undefined if it was not recorded by then. */
  at(development: number, known: number): Version | undefined {
    const row = this.#at.get(development, known);
    return row === undefined ? undefined : versionOf(row);
  }

  /** First to last. */
  versions(development: number, known: number): Version[] {
    return this.#all.all(development, known).map(versionOf);
  }

  isRetracted(track: number, name: string, known: number): boolean {
    return (this.#isRetracted.get(track, name, known) as { retracted: number } | undefined)?.retracted === 1;
  }

  /** All of a track as they stood, in the order in which they were recorded. Its cost grows with the track. */
  *ofTrack(track: number, known: number): Generator<Version> {
    for (const row of this.#ofTrack.iterate(track, known, known)) yield versionOf(row);
  }
}

/** Visible, or why not. */
export function appearanceOf(standing: Standing): 'visible' | 'retracted' | 'unsupported' {
  return standing.retracted ? 'retracted' : isVisible(standing) ? 'visible' : 'unsupported';
}

function versionOf(row: unknown): Version {
  const { id, development, position, recorded, knownFrom, corrected, kept } = row as Record<string, number> & { kept: string };
  const standing = restoredStanding(JSON.parse(kept) as KeptStanding, BigInt(position!));
  return {
    id: id!,
    development: development!,
    position: position!,
    recorded: recorded!,
    knownFrom: knownFrom!,
    corrected: corrected === 1,
    standing,
  };
}
