// Reads the log in pages, in the calling thread, on a connection of its own.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '../port.js';
import type { Position, RecordedEvent, Revision } from '../port.js';

/** At most this many characters of data and metadata are in a page, beside its first event: it bounds memory. */
const CHARACTERS_IN_A_PAGE = 4 * 1024 * 1024;
/** Beyond this many streams, their names are looked up again: it bounds memory, and costs a seek each. */
const NAMES_IN_MEMORY = 100_000;

export interface Page {
  readonly events: readonly RecordedEvent[];
  /** There was nothing more to read when the page was read. */
  readonly last: boolean;
}

type Row = [position: number, stream: number, revision: number, id: string, type: string, data: string, metadata: string];

const COLUMNS = 'position, stream, revision, id, type, data, metadata';

/**
 * Each page is a view of what was committed when it was read; between pages nothing is held, so readers never keep the
 * log from being checkpointed. Blocks the calling thread for the length of a page (1 to 2 ms for 500 events).
 */
export class LogReader {
  readonly #database: DatabaseSync;
  readonly #findStream: StatementSync;
  readonly #nameStream: StatementSync;
  readonly #all: StatementSync;
  readonly #forwards: StatementSync;
  readonly #backwards: StatementSync;
  readonly #head: StatementSync;
  readonly #names = new Map<number, string>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    const rows = (rest: string) => database.prepare(`select ${COLUMNS} from event where ${rest} limit ?`, { returnArrays: true });
    this.#all = rows('position > ? order by position');
    this.#forwards = rows('stream = ? and revision >= ? order by revision');
    this.#backwards = rows('stream = ? and revision <= ? order by revision desc');
    this.#findStream = database.prepare('select number from stream where name = ?');
    this.#nameStream = database.prepare('select name from stream where number = ?');
    this.#head = database.prepare('select coalesce(max(position), 0) as head from event');
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** @throws StoreUnavailable */
  head(): Position {
    return this.#read(() => BigInt((this.#head.get() as { head: number }).head) as Position);
  }

  /** @throws StoreUnavailable */
  allAfter(position: Position, limit: number): Page {
    return this.#read(() => this.#page(this.#all.iterate(bindable(position), limit), limit));
  }

  /** @param from inclusive @throws StoreUnavailable */
  streamFrom(stream: string, from: Revision, limit: number): Page {
    return this.#read(() => this.#pageOf(stream, this.#forwards, from, limit));
  }

  /** Latest first. @param from inclusive; undefined for the stream's end @throws StoreUnavailable */
  streamBackFrom(stream: string, from: Revision | undefined, limit: number): Page {
    return this.#read(() => this.#pageOf(stream, this.#backwards, from ?? (LARGEST as Revision), limit));
  }

  /** No page is read after it. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #pageOf(stream: string, statement: StatementSync, from: Revision, limit: number): Page {
    const found = this.#findStream.get(stream) as { number: number } | undefined;
    return found === undefined ? { events: [], last: true } : this.#page(statement.iterate(found.number, bindable(from), limit), limit);
  }

  #page(rows: Iterable<unknown>, limit: number): Page {
    const events: RecordedEvent[] = [];
    let characters = 0;
    for (const row of rows as Iterable<Row>) {
      events.push(this.#event(row));
      characters += row[5].length + row[6].length;
      if (characters >= CHARACTERS_IN_A_PAGE) return { events, last: false };
    }
    return { events, last: events.length < limit };
  }

  #event(row: Row): RecordedEvent {
    return {
      stream: this.#names.get(row[1]) ?? this.#nameOf(row[1]),
      revision: BigInt(row[2]) as Revision,
      position: BigInt(row[0]) as Position,
      id: row[3],
      type: row[4],
      data: row[5],
      metadata: row[6],
    };
  }

  #nameOf(stream: number): string {
    if (this.#names.size > NAMES_IN_MEMORY) this.#names.clear();
    const { name } = this.#nameStream.get(stream) as { name: string };
    this.#names.set(stream, name);
    return name;
  }

  #read<T>(read: () => T): T {
    if (!this.#database.isOpen) throw new StoreUnavailable('The event log is closed');
    try {
      return read();
    } catch (error) {
      throw new StoreUnavailable(`The event log cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** SQLite's largest integer. What lies beyond it lies beyond every event. */
const LARGEST = 2n ** 63n - 1n;

function bindable(number: bigint): bigint {
  return number > LARGEST ? LARGEST : number;
}
