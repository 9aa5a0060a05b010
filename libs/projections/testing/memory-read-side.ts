// A read side without threads or a file: the projection and its answers, on one database in memory.
import { DatabaseSync } from 'node:sqlite';
import type { RecordedEvent } from '#event-store/port.js';
import { answer, streamed } from '../answers.js';
import { createTables } from '../file.js';
import { Builder, NOBODY, type BuildingOptions } from '../building.js';
import type { Answer, Question, Questions, StreamName, Streams } from '../read-side.js';
import { Rows } from '../rows.js';

export class MemoryReadSide implements Disposable {
  readonly #database = new DatabaseSync(':memory:');
  readonly #builder: Builder;
  readonly #rows: Rows;

  constructor(events: readonly RecordedEvent[] = [], batch = Infinity, options: BuildingOptions = {}) {
    createTables(this.#database, 'store');
    this.#builder = new Builder(this.#database, NOBODY, options);
    this.#rows = new Rows(this.#database, 'store');
    this.apply(events, batch);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** @param batch events in a transaction */
  apply(events: readonly RecordedEvent[], batch = Infinity): void {
    for (let start = 0; start < events.length; start += batch) {
      this.#builder.apply(events.slice(start, Math.min(start + batch, events.length)));
      this.#builder.end();
    }
  }

  answer<Q extends Question>(question: Q, params: Questions[Q]): Answer {
    return answer(this.#rows, question, params);
  }

  body<Q extends Question>(question: Q, params: Questions[Q]): string {
    return this.answer(question, params).body;
  }

  ask<Q extends Question>(question: Q, params: Questions[Q]): any {
    return JSON.parse(this.body(question, params));
  }

  lines<S extends StreamName>(name: S, params: Streams[S]): any[] {
    const text = [...streamed(this.#rows, name, params)].join('');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  }

  /** Every row of every table, to compare two files. */
  dump(): Record<string, unknown[]> {
    const tables = this.#database
      .prepare("select name from sqlite_schema where type = 'table' and name not like 'text%' and name not like 'sqlite_%'")
      .all() as { name: string }[];
    return Object.fromEntries(tables.map(({ name }) => [name, this.#database.prepare(`select * from "${name}"`).all()]));
  }
}

/** Undefined if it is refused: a crisis that is not there yet, a position that is not reached. */
export function answered(ask: () => string): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
