// An import: NDJSON in, one result line out for each line in, in their order, each as soon as it is durable.
//
// Many lines are under way at once, so that they share the store's commits. How many is bounded: whoever reads the results
// slowly slows down the reading of the lines, and memory stays the same however long the import is.
import { setImmediate } from 'node:timers/promises';
import { MAX_JSON_BYTES } from '../http/json-text.js';
import { Problem } from '../problem.js';
import { problemOf } from '../problem-filter.js';
import type { Provenance, Recorded, Recorder } from '../recording/recorder.js';
import { CrisisOrder } from './crisis-order.js';
import { readLine, type ReadableLine } from './line.js';
import { LineSplitter, type Line } from './split-lines.js';

/** Most lines whose results have not gone out. */
const WINDOW_LINES = 2000;
/** Most bytes of these lines. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** About how many characters of results go out at once. */
const CHUNK_CHARACTERS = 64 * 1024;

export interface ImportOptions {
  readonly recorder: Recorder;
  readonly provenance: Provenance;
  /** Told of errors that nobody foresaw; their lines are rejected. */
  readonly onError: (error: unknown) => void;
  /** Ends the import before its input ends. */
  readonly signal?: AbortSignal;
}

/** The import was ended before its input: what was not answered is perhaps not recorded. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped';
}

/** @throws ImportStopped after `signal`; and whatever the input throws. The results of the lines that were begun come first. */
export async function* importLines(input: AsyncIterable<Buffer>, options: ImportOptions): AsyncGenerator<string> {
  const run = new ImportRun(options);
  const stop = (): void => run.stop(new ImportStopped('The service is stopping; repeat the import to go on'));
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted === true) stop();
  // By itself: results go out while the input pauses.
  void run.read(input);
  try {
    yield* run.results();
  } finally {
    options.signal?.removeEventListener('abort', stop);
    run.stop();
  }
}

/** The place of a line's result among the results. */
interface Slot {
  readonly bytes: number;
  result: string | undefined;
}

class ImportRun {
  readonly #order = new CrisisOrder();
  readonly #splitter = new LineSplitter(MAX_JSON_BYTES);
  /** Oldest first, from `#first` on. */
  #slots: Slot[] = [];
  #first = 0;
  #bytes = 0;
  #ended = false;
  #stopped = false;
  #failure: unknown;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  constructor(private readonly options: ImportOptions) {}

  /** Begins nothing more. */
  stop(failure?: unknown): void {
    this.#stopped = true;
    this.#end(failure);
    this.#wakeReader?.();
  }

  /** Begins the lines of an input, until it ends, fails or the import is stopped. Never rejects. */
  async read(input: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const chunk of input) {
        for (const line of this.#splitter.push(chunk)) await this.#begin(line);
        if (this.#stopped) return;
        await setImmediate(); // others want to be served too
      }
      for (const line of this.#splitter.end()) await this.#begin(line);
      this.#end();
    } catch (error) {
      this.#end(error);
    }
  }

  /** Results in chunks of whole lines. */
  async *results(): AsyncGenerator<string> {
    for (;;) {
      const chunk = this.#takeSettled();
      if (chunk !== '') yield chunk;
      else if (this.#slots.length > this.#first) await this.#settled();
      else if (!this.#ended) await this.#settled();
      else if (this.#failure === undefined) return;
      else throw this.#failure;
    }
  }

  #end(failure?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#wakeWriter?.();
  }

  async #begin({ number, bytes }: Line): Promise<void> {
    while (!this.#stopped && (this.#slots.length - this.#first >= WINDOW_LINES || this.#bytes >= WINDOW_BYTES)) {
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
    if (this.#stopped) return;
    const line = bytes === undefined ? ({ kind: 'invalid', id: null, problem: lineTooLong() } as const) : readLine(bytes);
    if (line.kind === 'invalid') {
      this.#settle(this.#slot(0), rejection(number, line.id, line.problem));
      return;
    }
    for (let wait = this.#order.enter(line); wait !== undefined; wait = this.#order.enter(line)) {
      await wait;
      if (this.#stopped) return;
    }
    const slot = this.#slot(bytes!.length);
    this.#record(line).then(
      (recorded) => {
        this.#order.leave(line);
        this.#settle(slot, acceptance(number, line.id, recorded));
      },
      (error: unknown) => {
        this.#order.leave(line);
        this.#settle(slot, rejection(number, line.id, this.#problemOf(error)));
      },
    );
  }

  #record(line: ReadableLine): Promise<Recorded> {
    const { recorder, provenance } = this.options;
    const of = line.recordedAt === undefined ? provenance : { ...provenance, recordedAt: line.recordedAt };
    switch (line.kind) {
      case 'register':
        return recorder.register(line.command, of);
      case 'opening':
        return recorder.openTrack(line.command, of);
      case 'record':
        return recorder.record(line.command, of);
    }
  }

  #problemOf(error: unknown): Problem {
    const problem = problemOf(error);
    if (problem === undefined) this.options.onError(error);
    return (
      problem ??
      new Problem(
        500,
        'internal',
        `Something went wrong here; the log of the service tells more under the correlation id ${this.options.provenance.correlationId}`,
      )
    );
  }

  #slot(bytes: number): Slot {
    const slot = { bytes, result: undefined };
    this.#slots.push(slot);
    this.#bytes += bytes;
    return slot;
  }

  #settle(slot: Slot, result: string): void {
    slot.result = result;
    if (this.#slots[this.#first] === slot) this.#wakeWriter?.();
  }

  #settled(): Promise<void> {
    return new Promise((resolve) => (this.#wakeWriter = resolve));
  }

  #takeSettled(): string {
    let chunk = '';
    while (chunk.length < CHUNK_CHARACTERS) {
      const slot = this.#slots[this.#first];
      if (slot?.result === undefined) break;
      chunk += slot.result;
      this.#bytes -= slot.bytes;
      this.#first++;
    }
    if (this.#first >= WINDOW_LINES) {
      this.#slots = this.#slots.slice(this.#first);
      this.#first = 0;
    }
    if (chunk !== '') this.#wakeReader?.();
    return chunk;
  }
}

function acceptance(line: number, id: string, { status, position, recordedAt }: Recorded): string {
  // A slug and numbers: nothing that JSON would escape.
  return `{"line":${line},"id":"${id}","status":"${status}","position":"${position}","recordedAt":"${new Date(recordedAt).toISOString()}"}\n`;
}

function rejection(line: number, id: string | null, problem: Problem): string {
  return `${JSON.stringify({ line, id, status: 'rejected', problem })}\n`;
}

function lineTooLong(): Problem {
  return new Problem(413, 'line-too-long', `A line may have at most ${MAX_JSON_BYTES} bytes`);
}
