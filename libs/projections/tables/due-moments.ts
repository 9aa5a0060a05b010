// The moments at which something may fall due, as known at each point of the record. Whether it does is for the slots to say.
import type { DatabaseSync } from 'node:sqlite';
import { dueMomentsOf, type DueKind, type DueMoment } from '#crisis/due.js';
import { isVisible, type Standing } from '#crisis/standing.js';
import { FOREVER, IS_KNOWN, VALIDITY } from './validity.js';

export const DUE_TABLES = `
  create table due (
    crisis integer not null,
    at integer not null,
    track integer not null,
    kind text not null,
    key text not null,
    development integer not null,
    ${VALIDITY},
    primary key (crisis, at, track, kind, key, development, known_from)
  ) strict, without rowid;`;

export interface DueRow extends DueMoment {
  readonly track: number;
}

export class DueWriter {
  readonly #open;
  readonly #close;

  constructor(database: DatabaseSync) {
    this.#open = database.prepare(`insert into due values (?, ?, ?, ?, ?, ?, ?, ${FOREVER})`);
    this.#close = database.prepare(
      `update due set known_to = ? where crisis = ? and at = ? and track = ? and kind = ? and key = ? and development = ? and known_to = ${FOREVER}`,
    );
  }

  change(crisis: number, track: number, development: number, position: number, before: Standing | undefined, after: Standing): void {
    const old = momentsByName(before);
    const now = momentsByName(after);
    for (const [name, { at, kind, key }] of old) if (!now.has(name)) this.#close.run(position, crisis, at, track, kind, key, development);
    for (const [name, { at, kind, key }] of now) if (!old.has(name)) this.#open.run(crisis, at, track, kind, key, development, position);
  }
}

function momentsByName(standing: Standing | undefined): Map<string, DueMoment> {
  if (standing === undefined || !isVisible(standing)) return new Map();
  return new Map(dueMomentsOf(standing).map((moment) => [`${moment.at}\n${moment.kind}\n${moment.key}`, moment]));
}

export class DueRows {
  readonly #next;

  constructor(database: DatabaseSync) {
    const within = `crisis = :crisis and at > :after and at <= :upTo and ${IS_KNOWN}`;
    this.#next = database.prepare(
      `select distinct at, track, kind, key from due
        where crisis = :crisis and at = (select at from due where ${within} order by at limit 1) and ${IS_KNOWN}
        order by track, kind, key`,
    );
  }

  /** All of the first moment after one and up to another (ms); none if there is no such moment. */
  next(crisis: number, after: number, upTo: number, known: number): DueRow[] {
    const rows = this.#next.all({ crisis, after, upTo, known }) as unknown as { at: number; track: number; kind: DueKind; key: string }[];
    return rows.map(({ at, track, kind, key }) => ({ at, track, kind, key }));
  }
}
