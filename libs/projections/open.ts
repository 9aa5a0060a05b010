// The read side as the calling thread has it: two threads that work, and messages.
import { setTimeout as sleep } from 'node:timers/promises';
import { refusal } from '#crisis/refusal.js';
import type { Position } from '#event-store/port.js';
import { removeFile } from './file.js';
import { KeptThread } from './kept-thread.js';
import type { LogSource } from './log-source.js';
import type { BuilderState, FromBuilder, FromReader, ThreadOptions, ToBuilder, ToReader } from './messages.js';
import {
  ReadRefused,
  type Advance,
  type Answer,
  type Progress,
  type Question,
  type Questions,
  type ReadSide,
  type StreamName,
  type Streams,
} from './read-side.js';

export interface ReadSideOptions {
  /** Holds the read side's file, which can be thrown away. Made if it is not there. */
  readonly folder: string;
  readonly log: LogSource;
  /** The log's id: the file is of this log and no other. */
  readonly store: string;
}

/** How many pieces of a stream are on their way to a consumer at most. */
const PIECES_AHEAD = 2;
const READER_DOWN = "The reader's thread broke down";
/** Before a damaged file is built again: a disk that damages every file is not to keep a core busy. */
const REBUILD_WAIT_MS = 200;

/**
 * Opens the read side of a log. Resolves when questions can be asked; what they are answered from may still be far behind
 * the log: see `progress`.
 *
 * Guarantees: rows and checkpoint are one transaction, so each event counts exactly once; a file that is not there, is
 * damaged, or is another log's or another version's is built anew from the log; a thread that breaks down is started
 * again, and what was asked of it is refused rather than left hanging.
 * Non-guarantees: two processes must not share a folder; answers may be older than the log (ask for `reached` first).
 *
 * @throws Error if the log or the folder cannot be opened
 */
export async function openReadSide(options: ReadSideOptions): Promise<ReadSide> {
  const readSide = new ThreadedReadSide(options);
  try {
    await readSide.ready;
    return readSide;
  } catch (error) {
    await readSide.close();
    throw error;
  }
}

interface Waiter {
  readonly position: Position;
  readonly settle: (reached: boolean) => void;
}

/** Takes what the reader sends for one question, or for one stream. */
interface Asker {
  answer?(answer: Answer): void;
  text?(text: string): void;
  end?(): void;
  fail(error: Error): void;
}

class ThreadedReadSide implements ReadSide {
  readonly ready: Promise<void>;
  readonly #opened = Promise.withResolvers<void>();
  readonly #builder: KeptThread<ToBuilder, FromBuilder>;
  readonly #reader: KeptThread<ToReader, FromReader>;
  readonly #askers = new Map<number, Asker>();
  readonly #waiters = new Set<Waiter>();
  readonly #advanceListeners = new Set<(advance: Advance) => void>();
  readonly #progressListeners = new Set<(progress: Progress) => void>();
  #progress: Progress = { position: 0n as Position, caughtUp: false, parked: 0, parkedStreams: [] };
  #readerIsUp = false;
  #rebuilding = false;
  #asked = 0;
  #closed: Promise<void> | undefined;

  constructor(private readonly options: ReadSideOptions) {
    this.ready = this.#opened.promise;
    const { folder, log, store } = options;
    const threadOptions: ThreadOptions = { folder, log, store };
    this.#builder = new KeptThread(new URL('./builder.js', import.meta.url), threadOptions, {
      onMessage: (message) => this.#fromBuilder(message),
      onDown: (reason) => this.#down(`The builder's thread broke down: ${reason}`),
    });
    this.#reader = new KeptThread(new URL('./reader.js', import.meta.url), threadOptions, {
      onMessage: (message) => this.#fromReader(message),
      onDown: (reason) => this.#readerDown(`${READER_DOWN}: ${reason}`),
    });
    this.#builder.start();
  }

  get progress(): Progress {
    return this.#progress;
  }

  reached(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.#progress.position >= position) return Promise.resolve(true);
    if (this.#closed !== undefined) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const settle = (reached: boolean): void => {
      clearTimeout(timeout);
      this.#waiters.delete(waiter);
      resolve(reached);
    };
    const waiter = { position, settle };
    const timeout = setTimeout(() => settle(false), timeoutMs);
    this.#waiters.add(waiter);
    return promise;
  }

  ask<Q extends Question>(question: Q, params: Questions[Q]): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const id = this.#register({ answer: resolve, fail: reject });
    if (id !== undefined) this.#reader.post({ kind: 'ask', id, question, params });
    return promise;
  }

  async *stream<S extends StreamName>(name: S, params: Streams[S]): AsyncGenerator<string> {
    const pieces: string[] = [];
    let ended = false;
    let failure: Error | undefined;
    let news = Promise.withResolvers<void>();
    const id = this.#register({
      text: (text) => (pieces.push(text), news.resolve()),
      end: () => ((ended = true), news.resolve()),
      fail: (error) => ((failure = error), news.resolve()),
    });
    if (failure !== undefined) throw failure;
    this.#reader.post({ kind: 'stream', id: id!, name, params });
    for (let ahead = 0; ahead < PIECES_AHEAD; ahead++) this.#reader.post({ kind: 'more', id: id! });
    try {
      for (;;) {
        const piece = pieces.shift();
        if (piece !== undefined) {
          this.#reader.post({ kind: 'more', id: id! });
          yield piece;
        } else if (failure !== undefined) throw failure;
        else if (ended) return;
        else {
          await news.promise;
          news = Promise.withResolvers();
        }
      }
    } finally {
      if (this.#askers.delete(id!)) this.#reader.post({ kind: 'cancel', id: id! });
    }
  }

  onAdvance(listener: (advance: Advance) => void): () => void {
    this.#advanceListeners.add(listener);
    return () => this.#advanceListeners.delete(listener);
  }

  onProgress(listener: (progress: Progress) => void): () => void {
    this.#progressListeners.add(listener);
    return () => this.#progressListeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#failAll('The read side is closed');
    for (const { settle } of this.#waiters) settle(false);
    // The reader first: whose connection is the last one tidies the file up, and only a builder can.
    await this.#reader.close({ kind: 'close' });
    await this.#builder.close({ kind: 'close' });
  }

  /** Undefined if nobody can be asked; the asker has been told so. */
  #register(asker: Asker): number | undefined {
    if (this.#closed !== undefined || !this.#readerIsUp) {
      asker.fail(away(this.#closed !== undefined ? 'The read side is closed' : 'The read side is being started again'));
      return undefined;
    }
    const id = ++this.#asked;
    this.#askers.set(id, asker);
    return id;
  }

  #fromBuilder(message: FromBuilder): void {
    switch (message.kind) {
      case 'ready':
        this.#stands(message.state);
        if (!this.#readerIsUp) this.#reader.start();
        return;
      case 'committed':
        this.#stands(message.state);
        for (const listener of this.#advanceListeners) listener({ position: this.#progress.position, crises: message.crises });
        return;
      case 'interrupted':
        return this.#changeProgress({ ...this.#progress, interrupted: message.reason });
      case 'damaged':
        return void this.#rebuild();
    }
  }

  #fromReader(message: FromReader): void {
    if (message.kind === 'ready') {
      this.#readerIsUp = true;
      this.#opened.resolve();
      if (this.#progress.interrupted?.startsWith(READER_DOWN) === true) this.#changeProgress({ ...this.#progress, interrupted: undefined });
      return;
    }
    if (message.kind === 'damaged') return void this.#rebuild();
    const asker = this.#askers.get(message.id);
    switch (message.kind) {
      case 'answer':
        asker?.answer?.(message.answer);
        break;
      case 'text':
        return asker?.text?.(message.text);
      case 'end':
        asker?.end?.();
        break;
      case 'refused':
        asker?.fail(new ReadRefused(message.refusal));
        break;
      case 'failed':
        asker?.fail(new Error(`The read side failed to answer: ${message.reason}`));
        break;
    }
    this.#askers.delete(message.id);
  }

  #stands({ position, caughtUp, parked, parkedStreams }: BuilderState): void {
    const at = BigInt(position) as Position;
    const streams = parkedStreams.map((each) => ({ stream: each.stream, position: BigInt(each.position) as Position }));
    // A builder that was started again has been level before: what it has not read yet is not much.
    this.#changeProgress({ position: at, caughtUp: caughtUp || this.#progress.caughtUp, parked, parkedStreams: streams });
    for (const { position: wanted, settle } of this.#waiters) if (at >= wanted) settle(true);
  }

  #changeProgress(progress: Progress): void {
    const before = this.#progress;
    this.#progress = progress;
    if (before.caughtUp === progress.caughtUp && before.parked === progress.parked && before.interrupted === progress.interrupted) return;
    for (const listener of this.#progressListeners) listener(progress);
  }

  #readerDown(reason: string): void {
    this.#readerIsUp = false;
    this.#failAll('The read side broke down while it answered; ask again');
    this.#down(reason);
  }

  #down(reason: string): void {
    this.#opened.reject(new Error(reason));
    this.#changeProgress({ ...this.#progress, interrupted: reason });
  }

  #failAll(reason: string): void {
    const askers = [...this.#askers.values()];
    this.#askers.clear();
    for (const asker of askers) asker.fail(away(reason));
  }

  /** The file is thrown away and built again from the log. */
  async #rebuild(): Promise<void> {
    if (this.#rebuilding || this.#closed !== undefined) return;
    this.#rebuilding = true;
    this.#readerIsUp = false;
    await Promise.all([this.#reader.kill(), this.#builder.kill()]);
    this.#failAll("The read side's file was damaged; it is built again");
    removeFile(this.options.folder, this.options.store);
    this.#changeProgress({ position: 0n as Position, caughtUp: false, parked: 0, parkedStreams: [] });
    await sleep(REBUILD_WAIT_MS);
    this.#rebuilding = false;
    this.#builder.start();
  }
}

function away(reason: string): ReadRefused {
  return new ReadRefused(refusal('unavailable', 'read-side-away', reason));
}
