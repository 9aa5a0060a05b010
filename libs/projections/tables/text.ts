// Full text: the words of each version's summary, quotes, names and places.
import type { DatabaseSync } from 'node:sqlite';
import { actorsIn } from '#crisis/references.js';
import type { Standing } from '#crisis/standing.js';
import { indexedText } from '../words.js';
import { BulkInsert, type Row } from './sorted-inserts.js';

// Contentless: the words are in the versions already, the index only says where. A row's number is its version's.
// The words come as they are compared, so that the tokenizer need only part them.
export const TEXT_TABLES = `create virtual table text using fts5 (summary, quotes, names, places, content = '', tokenize = 'ascii');`;

export class TextWriter {
  readonly #insert;
  /** Inserted after everything else: whatever other statement opens a savepoint makes FTS5 write what it has gathered to the file. */
  #rows: Row[] = [];

  constructor(database: DatabaseSync) {
    this.#insert = new BulkInsert(database, 'into text (rowid, summary, quotes, names, places)', 5);
  }

  /** @param names of the actors, as they are registered */
  add(version: number, standing: Standing, names: readonly string[]): void {
    const { summary, quotes, names: all, places } = fieldsOfText(standing, names);
    this.#rows.push([version, ...[summary, quotes, all, places].map(indexedText)]);
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
    this.#matches = database.prepare('select rowid as version from text where text match ? and rowid <= ? order by rowid desc');
    this.#matches.setReturnArrays(true);
  }

  /** The versions, of any crisis, that hold all of the words, the last one before a position first. Read so many at a time. */
  *matching(words: readonly string[], known: number, atOnce: number): Generator<number[]> {
    if (words.length === 0) return;
    let versions: number[] = [];
    for (const row of this.#matches.iterate(words.map((word) => `"${word}"`).join(' '), known)) {
      versions.push((row as unknown as [number])[0]);
      if (versions.length < atOnce) continue;
      yield versions;
      versions = [];
    }
    if (versions.length > 0) yield versions;
  }
}

export type TextField = 'summary' | 'quotes' | 'names' | 'places';

/** Those by whose names it is found: all that it names, and for whom its speaker speaks. */
export function namedIn({ content, resolved }: Standing): string[] {
  const named = actorsIn(content);
  const spokenFor = ('onBehalfOf' in content ? content.onBehalfOf : undefined) ?? resolved.onBehalfOf;
  return spokenFor === undefined || named.includes(spokenFor) ? named : [...named, spokenFor];
}

/** The text of a development, field by field. @param names of its actors */
export function fieldsOfText({ content, reports }: Standing, names: readonly string[]): Record<TextField, string> {
  const own = 'quote' in content && content.quote !== undefined ? [content.quote] : [];
  const quotes = [...own, ...reports.flatMap(({ report }) => report.quote ?? [])];
  return { summary: content.summary, quotes: quotes.join('\n'), names: names.join('\n'), places: content.place?.name ?? '' };
}
