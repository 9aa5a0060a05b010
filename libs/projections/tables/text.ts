// Full text: the words of each version's summary, quotes, names and places.
import type { DatabaseSync } from 'node:sqlite';
import type { Standing } from '#crisis/standing.js';
import { BulkInsert, type Row } from './sorted-inserts.js';

// Contentless: the words are in the versions already, the index only says where. A row's number is its version's.
export const TEXT_TABLES = `create virtual table text using fts5 (summary, quotes, names, places, content = '', tokenize = "unicode61 remove_diacritics 2");`;

export class TextWriter {
  readonly #insert;
  /** Inserted after everything else: whatever other statement opens a savepoint makes FTS5 write what it has gathered to the file. */
  #rows: Row[] = [];

  constructor(database: DatabaseSync) {
    this.#insert = new BulkInsert(database, 'into text (rowid, summary, quotes, names, places)', 5);
  }

  /** @param names of the actors, as they are registered */
  add(version: number, { content, reports }: Standing, names: readonly string[]): void {
    const own = 'quote' in content && content.quote !== undefined ? [content.quote] : [];
    const quotes = [...own, ...reports.flatMap(({ report }) => report.quote ?? [])];
    this.#rows.push([version, content.summary, quotes.join('\n'), names.join('\n'), content.place?.name ?? '']);
  }

  flush(): void {
    this.#insert.run(this.#rows);
    this.#rows = [];
  }

  /** After a rollback. */
  forget(): void {
    this.#rows = [];
  }
}

export class TextRows {
  readonly #matches;

  constructor(database: DatabaseSync) {
    this.#matches = database.prepare('select rowid as version from text where text match ?');
  }

  /** The versions, of any crisis and any point of the record, that hold all of the words. */
  matching(words: string): Set<number> {
    const terms = words.match(/[\p{L}\p{N}]+/gu) ?? [];
    if (terms.length === 0) return new Set();
    const query = terms.map((term) => `"${term}"`).join(' ');
    return new Set((this.#matches.all(query) as { version: number }[]).map(({ version }) => version));
  }
}
