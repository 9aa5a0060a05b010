// Writes groups of appends, each group in one transaction: one fsync for all of them.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** `expected` is a revision, or -1 for no stream. `fields` holds id, type, data and metadata of each event in turn. */
export interface AppendRequest {
  readonly stream: string;
  readonly expected: number;
  readonly fields: readonly string[];
}

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: number; readonly positions: readonly number[] }
  | { readonly kind: 'wrong-revision'; readonly actual: number }
  /** Nothing was written. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** The commit itself failed: whether it will be there after a crash is not known. */
  | { readonly kind: 'unknown'; readonly reason: string };

export const FIELDS_OF_AN_EVENT = 4;
/** Beyond this many streams, what is known of them is looked up again: it bounds memory, and costs a seek each. */
const STREAMS_IN_MEMORY = 100_000;

interface StreamEnd {
  readonly number: number;
  /** Of its last event; -1 for a stream that never was. */
  revision: number;
}

/**
 * The log's only writer. Positions are 1, 2, 3, ... without gaps: a group that is not committed uses none up.
 * Stands on the lock of `openForWriting`: with a second writer, its memory of the streams' ends would be wrong.
 */
export class LogWriter {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insertEvent: StatementSync;
  readonly #insertStream: StatementSync;
  readonly #findStream: StatementSync;
  readonly #findEvents: StatementSync;
  readonly #streams = new Map<string, StreamEnd>();
  #head = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare('begin immediate');
    this.#commit = database.prepare('commit');
    this.#insertEvent = database.prepare('insert into event values (?, ?, ?, ?, ?, ?, ?)');
    this.#insertStream = database.prepare('insert into stream (name) values (?)');
    this.#findStream = database.prepare(
      `select number, coalesce((select max(revision) from event where stream = number), -1) as revision
       from stream where name = ?`,
    );
    this.#findEvents = database.prepare('select id, position from event where stream = ? and revision between ? and ? order by revision');
    this.#forget();
  }

  /** The position of the last event that is durable; 0 when there is none. */
  get head(): number {
    return this.#head;
  }

  /**
   * Commits a group. Each append has an outcome of its own, in their order, each judged after those before it; a wrong
   * revision leaves the others alone. A failure of the disk fails them all.
   * @throws Error if a failed group cannot be rolled back: the writer is then of no more use
   */
  commit(appends: readonly AppendRequest[]): AppendOutcome[] {
    if (this.#streams.size > STREAMS_IN_MEMORY) this.#streams.clear();
    let committing = false;
    try {
      this.#begin.run();
      const outcomes = appends.map((append) => this.#write(append));
      committing = true;
      this.#commit.run();
      return outcomes;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#undo();
      return appends.map(() => ({ kind: committing ? 'unknown' : 'unavailable', reason }));
    }
  }

  #write({ stream, expected, fields }: AppendRequest): AppendOutcome {
    let end = this.#endOf(stream);
    const actual = end?.revision ?? -1;
    if (actual !== expected) return this.#repeatOf(end, expected, fields) ?? { kind: 'wrong-revision', actual };
    end ??= this.#start(stream);
    const positions: number[] = [];
    for (let at = 0; at < fields.length; at += FIELDS_OF_AN_EVENT) {
      const position = ++this.#head;
      const [id, type, data, metadata] = [fields[at]!, fields[at + 1]!, fields[at + 2]!, fields[at + 3]!];
      this.#insertEvent.run(position, end.number, ++end.revision, id, type, data, metadata);
      positions.push(position);
    }
    return { kind: 'appended', revision: end.revision, positions };
  }

  // The same events at the same place are a repeat; a part of them, or one at another place, is not.
  #repeatOf(end: StreamEnd | undefined, expected: number, fields: readonly string[]): AppendOutcome | undefined {
    if (end === undefined) return undefined;
    const count = fields.length / FIELDS_OF_AN_EVENT;
    const revision = expected + count;
    const found = this.#findEvents.all(end.number, expected + 1, revision) as { id: string; position: number }[];
    const same = found.length === count && found.every(({ id }, n) => id === fields[n * FIELDS_OF_AN_EVENT]);
    return same ? { kind: 'appended', revision, positions: found.map(({ position }) => position) } : undefined;
  }

  #endOf(stream: string): StreamEnd | undefined {
    let end = this.#streams.get(stream);
    if (end === undefined) {
      end = this.#findStream.get(stream) as StreamEnd | undefined;
      if (end !== undefined) this.#streams.set(stream, end);
    }
    return end;
  }

  #start(stream: string): StreamEnd {
    const end = { number: Number(this.#insertStream.run(stream).lastInsertRowid), revision: -1 };
    this.#streams.set(stream, end);
    return end;
  }

  #undo(): void {
    try {
      // SQLite itself rolls back on some errors.
      if (this.#database.isTransaction) this.#database.exec('rollback');
      this.#forget();
    } catch (error) {
      // The thread ends, and with it whatever the connection still holds: going on would be on a wrong memory.
      throw new Error('The event log cannot be rolled back after a failed write', { cause: error });
    }
  }

  #forget(): void {
    this.#streams.clear();
    const { head } = this.#database.prepare('select coalesce(max(position), 0) as head from event').get() as { head: number };
    this.#head = head;
  }
}
