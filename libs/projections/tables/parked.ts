// Events that could not be applied, and the later ones of their streams: kept aside, shown, and in nobody's way.
import type { DatabaseSync } from 'node:sqlite';

export const PARKED_TABLES = `
  create table parked (
    position integer primary key,
    stream text not null,
    crisis integer not null,
    revision integer not null,
    type text not null,
    recorded integer,
    reason text not null,
    first integer not null
  ) strict;
  create index parked_by_stream on parked (stream, position);
  create index parked_by_crisis on parked (crisis, position);`;

export interface ParkedEvent {
  readonly position: number;
  readonly stream: string;
  readonly crisis: number;
  readonly revision: number;
  readonly type: string;
  /** Effective record time, ms. */
  readonly recorded: number | null;
  readonly reason: string;
  /** The one that could not be applied; the others stand behind it. */
  readonly first: boolean;
}

/** The place from which on a stream is parked. */
export interface ParkedStream {
  readonly stream: string;
  readonly position: string;
}

export class ParkedRows {
  readonly #all;
  readonly #count;
  readonly #streams;
  readonly #first;
  readonly #firstOfCrisis;
  readonly #streamsOfCrisis;

  constructor(database: DatabaseSync) {
    this.#all = database.prepare(
      'select position, stream, crisis, revision, type, recorded, reason, first from parked order by position limit ?',
    );
    this.#count = database.prepare('select count(*) as count from parked');
    this.#streams = database.prepare('select stream, position from parked where first = 1 order by position');
    this.#first = database.prepare('select position from parked order by position limit 1');
    this.#firstOfCrisis = database.prepare('select position from parked where crisis = ? order by position limit 1');
    this.#streamsOfCrisis = database.prepare('select stream, position from parked where crisis = ? and first = 1 order by position');
  }

  all(limit: number): ParkedEvent[] {
    return (this.#all.all(limit) as unknown as (Omit<ParkedEvent, 'first'> & { first: number })[]).map((row) => ({
      ...row,
      first: row.first === 1,
    }));
  }

  count(): number {
    return (this.#count.get() as { count: number }).count;
  }

  /** The position of the first one of all. */
  first(): number | undefined {
    return (this.#first.get() as { position: number } | undefined)?.position;
  }

  /** The position of a crisis's first one. */
  firstOfCrisis(crisis: number): number | undefined {
    return (this.#firstOfCrisis.get(crisis) as { position: number } | undefined)?.position;
  }

  streams(): ParkedStream[] {
    return parkedStreams(this.#streams.all());
  }

  streamsOfCrisis(crisis: number): ParkedStream[] {
    return parkedStreams(this.#streamsOfCrisis.all(crisis));
  }
}

function parkedStreams(rows: readonly unknown[]): ParkedStream[] {
  return (rows as { stream: string; position: number }[]).map(({ stream, position }) => ({ stream, position: String(position) }));
}

export class ParkedWriter {
  readonly #add;
  readonly #streams: Set<string>;
  #count: number;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare('insert into parked values (?, ?, ?, ?, ?, ?, ?, ?)');
    const parked = new ParkedRows(database);
    this.#streams = new Set(parked.streams().map(({ stream }) => stream));
    this.#count = parked.count();
  }

  get count(): number {
    return this.#count;
  }

  holds(stream: string): boolean {
    return this.#streams.has(stream);
  }

  add({ position, stream, crisis, revision, type, recorded, reason, first }: ParkedEvent): void {
    this.#add.run(position, stream, crisis, revision, type, recorded, reason, Number(first));
    this.#streams.add(stream);
    this.#count++;
  }
}
