// Questions and streams on their way to the thread that reads one file, and what comes back.
import { setTimeout as sleep } from 'node:timers/promises';
import { refusal } from '#crisis/refusal.js';
import { KeptThread } from './kept-thread.js';
import type { FromReader, ThreadOptions, ToReader } from './messages.js';
import { ReadRefused, type Answer, type Question, type Questions, type StreamName, type Streams } from './read-side.js';

export interface AskingEvents {
  /** Questions are answered. */
  up(): void;
  /** The thread has broken down, and is started again after a while; what was asked of it was refused. */
  down(reason: string): void;
  /** The file is damaged. */
  damaged(): void;
}

/** Takes what the reader sends for one question, or for one stream. */
interface Asker {
  answer?(answer: Answer): void;
  piece?(piece: Piece): void;
  end?(): void;
  fail(error: Error): void;
}

type Piece = FromReader & { readonly kind: 'piece' };

/** How many pieces of a stream are with its consumer, or on their way there, at most. */
const PIECES = 3;
/** Room for one, bytes. */
const PIECE = 256 * 1024;
/** How often it is looked whether what was asked has been answered, ms. */
const LOOK_MS = 20;

/** Guarantee: what is asked is answered, refused or failed, whatever becomes of the thread. */
export class Asking {
  readonly #reader: KeptThread<ToReader, FromReader>;
  readonly #askers = new Map<number, Asker>();
  #isUp = false;
  #asked = 0;

  constructor(
    options: ThreadOptions,
    private readonly events: AskingEvents,
  ) {
    this.#reader = new KeptThread(new URL('./reader.js', import.meta.url), options, {
      onMessage: (message) => this.#receive(message),
      onDown: (reason) => {
        this.refuseAll('The read side broke down while it answered; ask again');
        events.down(reason);
      },
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  start(): void {
    this.#reader.start();
  }

  ask<Q extends Question>(question: Q, params: Questions[Q]): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const id = this.#register({ answer: resolve, fail: reject });
    if (id !== undefined) this.#reader.post({ kind: 'ask', id, question, params });
    return promise;
  }

  /** The room of a piece is used again once the next one is asked for. */
  async *stream<S extends StreamName>(name: S, params: Streams[S]): AsyncGenerator<Buffer> {
    const pieces: Piece[] = [];
    let ended = false;
    let failure: Error | undefined;
    let news = Promise.withResolvers<void>();
    const id = this.#register({
      piece: (piece) => (pieces.push(piece), news.resolve()),
      end: () => ((ended = true), news.resolve()),
      fail: (error) => ((failure = error), news.resolve()),
    });
    if (failure !== undefined) throw failure;
    const room = Array.from({ length: PIECES }, () => new SharedArrayBuffer(PIECE));
    this.#reader.post({ kind: 'stream', id: id!, name, params, room });
    for (const place of room.keys()) this.#reader.post({ kind: 'more', id: id!, place });
    try {
      for (;;) {
        const piece = pieces.shift();
        if (piece !== undefined) {
          const { place, length, tooLong } = piece;
          yield tooLong === undefined ? Buffer.from(room[place]!, 0, length) : Buffer.from(tooLong.buffer, 0, length);
          this.#reader.post({ kind: 'more', id: id!, place });
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

  /** Takes no more questions, and refuses those that are not answered yet. */
  refuseAll(reason: string): void {
    this.#isUp = false;
    const askers = [...this.#askers.values()];
    this.#askers.clear();
    for (const asker of askers) asker.fail(away(reason));
  }

  /** Lets what was asked be answered, at most so long, then closes. */
  async retire(patienceMs: number): Promise<void> {
    const until = performance.now() + patienceMs;
    while (this.#askers.size > 0 && performance.now() < until) await sleep(LOOK_MS, undefined, { ref: false });
    this.refuseAll('The read side was built anew while it answered; ask again');
    await this.close();
  }

  async kill(): Promise<void> {
    this.#isUp = false;
    await this.#reader.kill();
  }

  async close(): Promise<void> {
    this.#isUp = false;
    await this.#reader.close({ kind: 'close' });
  }

  /** Undefined if nobody can be asked; the asker has been told so. */
  #register(asker: Asker): number | undefined {
    if (!this.#isUp) {
      asker.fail(away('The read side is being started, or built from the log; ask again in a while'));
      return undefined;
    }
    const id = ++this.#asked;
    this.#askers.set(id, asker);
    return id;
  }

  #receive(message: FromReader): void {
    if (message.kind === 'ready') {
      this.#isUp = true;
      return this.events.up();
    }
    if (message.kind === 'damaged') return this.events.damaged();
    const asker = this.#askers.get(message.id);
    switch (message.kind) {
      case 'answer':
        asker?.answer?.(message.answer);
        break;
      case 'piece':
        return asker?.piece?.(message);
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
}

export function away(reason: string): ReadRefused {
  return new ReadRefused(refusal('unavailable', 'read-side-away', reason));
}
