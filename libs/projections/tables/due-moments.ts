// The moments at which something may fall due, as known at each point of the record. Whether it does is for the slots to say.
import type { DatabaseSync } from 'node:sqlite';
import { dueMomentsOf, type DueKind, type DueMoment } from '#crisis/due.js';
import type { Contribution } from '../contribution.js';
import type { Change } from '../table-group.js';
import type { Row } from './sorted-inserts.js';
import { ValidRows } from './valid-rows.js';
import { IS_KNOWN, VALIDITY } from './validity.js';

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
  readonly #rows;

  constructor(database: DatabaseSync) {
    this.#rows = new ValidRows(database, 'due', ['crisis', 'at', 'track', 'kind', 'key', 'development'], 'development');
  }

  change({ applied: { crisis, position }, track, development, before, after }: Change): void {
    const old = momentsOf(before);
    const now = momentsOf(after);
    const keyOf = ({ at, kind, key }: DueMoment): Row => [crisis.id, at, track.id, kind, key, development];
    for (const moment of old) if (!now.some((other) => isSame(moment, other))) this.#rows.close(keyOf(moment), position);
    for (const moment of now) if (!old.some((other) => isSame(moment, other))) this.#rows.add(keyOf(moment), [], position);
  }

  flush(): void {
    this.#rows.flush();
  }

  /** After a rollback. */
  forget(): void {
    this.#rows.clear();
  }
}

function momentsOf(contribution: Contribution | undefined): DueMoment[] {
  return contribution?.visible === true ? dueMomentsOf(contribution.standing) : [];
}

function isSame(a: DueMoment, b: DueMoment): boolean {
  return a.at === b.at && a.kind === b.kind && a.key === b.key;
}

export class DueRows {
  readonly #next;
  readonly #first;
  readonly #matters;
  readonly #tracks;
  readonly #upcoming;

  constructor(database: DatabaseSync) {
    const within = `crisis = :crisis and at > :after and at <= :upTo and ${IS_KNOWN}`;
    this.#next = database.prepare(
      `select distinct at, track, kind, key from due
        where crisis = :crisis and at = (select at from due where ${within} order by at limit 1) and ${IS_KNOWN}
        order by track, kind, key`,
    );
    this.#first = database.prepare(
      `select id as crisis, (select at from due where crisis = crisis.id and at > :after order by at limit 1) as at
        from crisis where at is not null`,
    );
    this.#matters = database.prepare(
      `select distinct at, track, kind, key from due where ${within} and kind <> 'span-ended' order by at, track, kind, key`,
    );
    this.#tracks = database.prepare(`select distinct track from due where ${within} and kind <> 'span-ended'`);
    this.#upcoming = database.prepare(`select distinct at from due where crisis = :crisis and at > :after and ${IS_KNOWN}`);
  }

  /** All moments (ms) after one, in no order. */
  upcoming(crisis: number, after: number, known: number): number[] {
    return (this.#upcoming.all({ crisis, after, known }) as { at: number }[]).map(({ at }) => at);
  }

  /** Of promises and meetings, all after one moment and up to another (ms), by time. Read one by one: whoever asks wants the first few. */
  *matters(crisis: number, after: number, upTo: number, known: number): Generator<DueRow> {
    for (const row of this.#matters.iterate({ crisis, after, upTo, known })) {
      const { at, track, kind, key } = row as unknown as DueRow;
      yield { at, track, kind, key };
    }
  }

  /** The tracks of these. */
  tracksOfMatters(crisis: number, after: number, upTo: number, known: number): Set<number> {
    return new Set((this.#tracks.all({ crisis, after, upTo, known }) as { track: number }[]).map(({ track }) => track));
  }

  /** Of each crisis, the first moment (ms) after one at which something falls due as it is, or ever was, known. */
  firstMoments(after: number): { readonly crisis: number; readonly at: number }[] {
    return this.#first.all({ after }) as unknown as { crisis: number; at: number }[];
  }

  /** All of the first moment after one and up to another (ms); none if there is no such moment. */
  next(crisis: number, after: number, upTo: number, known: number): DueRow[] {
    const rows = this.#next.all({ crisis, after, upTo, known }) as unknown as { at: number; track: number; kind: DueKind; key: string }[];
    return rows.map(({ at, track, kind, key }) => ({ at, track, kind, key }));
  }
}
