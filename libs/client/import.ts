// An import as a stream of results: what has gathered while one batch was under way goes out as the next.
//
// Browsers cannot send a body and read its answer at the same time, so lines go in batches: one line at a time where they come
// slowly, many at once where they come fast. Guarantee: one result for each line, in order; no more is taken than fits into a batch.
import type { ImportResult } from './answers.js';
import type { ImportLine } from './vocabulary.js';

/** What one batch holds at most. */
const LINES = 2000;
const CHARACTERS = 1_000_000;

/** @param send gives the results of a batch, numbered from 1 @throws whatever `send` or the source of lines throws */
export async function* importBatches(
  lines: Iterable<ImportLine> | AsyncIterable<ImportLine>,
  send: (batch: string) => AsyncIterable<ImportResult>,
): AsyncGenerator<ImportResult, void, void> {
  const gathered = new Gathered(lines);
  let before = 0;
  try {
    for (let batch = await gathered.take(); batch.length > 0; batch = await gathered.take()) {
      let results = 0;
      for await (const result of send(batch.join(''))) {
        results++;
        yield { ...result, line: before + result.line };
      }
      if (results !== batch.length) throw new Error(`Of ${batch.length} lines ${results} were answered: the import was cut`);
      before += batch.length;
    }
  } finally {
    gathered.stop();
  }
}

/** Takes lines from a source as far as there is room, whether or not somebody waits for them. */
class Gathered {
  #lines: string[] = [];
  #characters = 0;
  #ended = false;
  #stopped = false;
  #error: { readonly thrown: unknown } | undefined;
  #change = Promise.withResolvers<void>();

  constructor(source: Iterable<ImportLine> | AsyncIterable<ImportLine>) {
    void this.#gather(source);
  }

  /** All there is, once there is something; nothing at the end. */
  async take(): Promise<string[]> {
    while (this.#lines.length === 0 && !this.#ended) await this.#change.promise;
    if (this.#lines.length === 0 && this.#error !== undefined) throw this.#error.thrown;
    const taken = this.#lines;
    this.#lines = [];
    this.#characters = 0;
    this.#changed();
    return taken;
  }

  stop(): void {
    this.#stopped = true;
    this.#changed();
  }

  async #gather(source: Iterable<ImportLine> | AsyncIterable<ImportLine>): Promise<void> {
    try {
      for await (const line of source) {
        const text = `${JSON.stringify(line)}\n`;
        this.#lines.push(text);
        this.#characters += text.length;
        this.#changed();
        while (!this.#stopped && (this.#lines.length >= LINES || this.#characters >= CHARACTERS)) await this.#change.promise;
        if (this.#stopped) return;
      }
    } catch (error) {
      this.#error = { thrown: error };
    } finally {
      this.#ended = true;
      this.#changed();
    }
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
