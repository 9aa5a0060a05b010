// A read side that is there before it is known which log it is of: at the first start of a replica whose store is away.
import { setTimeout as sleep } from 'node:timers/promises';
import { refusal } from '#crisis/refusal.js';
import { START, type Position } from '#event-store/port.js';
import {
  PROJECTION,
  ReadRefused,
  type Advance,
  type Answer,
  type Progress,
  type ProjectionStatus,
  type Question,
  type Questions,
  type ReadSide,
  type RebuildReason,
  type StreamName,
  type Streams,
} from '#projections/read-side.js';
import { PROJECTION_VERSION } from '#projections/version.js';

const PAUSE_MS = 500;

const NOT_OPEN: ProjectionStatus = {
  name: PROJECTION,
  version: PROJECTION_VERSION,
  state: 'interrupted',
  position: START,
  parked: 0,
  applied: 0,
  eventsPerSecond: 0,
  fileSize: 0,
  rebuild: null,
  lastRebuild: null,
};

/**
 * Opens a read side as soon as that can be done, and tries until then.
 * Guarantee: until it is open, every question is refused with 503, positions are not reached, and `progress` says why; from
 * then on it is that read side, to whoever listened before as well.
 */
export class LateReadSide implements ReadSide {
  readonly #advanceListeners = new Set<(advance: Advance) => void>();
  readonly #progressListeners = new Set<(progress: Progress) => void>();
  readonly #closing = new AbortController();
  readonly #opened = Promise.withResolvers<ReadSide | undefined>();
  readonly #trying: Promise<void>;
  #readSide: ReadSide | undefined;
  #reason = 'The event store has not been reached yet';

  /** @param open rejects while it cannot be done: then it is called again */
  constructor(private readonly open: () => Promise<ReadSide>) {
    this.#trying = this.#try();
  }

  get progress(): Progress {
    return this.#readSide?.progress ?? { position: START, caughtUp: false, parked: 0, interrupted: this.#reason };
  }

  get status(): ProjectionStatus {
    return this.#readSide?.status ?? NOT_OPEN;
  }

  async reached(position: Position, timeoutMs: number): Promise<boolean> {
    const started = performance.now();
    const late = sleep(timeoutMs, undefined, { ref: false });
    const readSide = this.#readSide ?? (await Promise.race([this.#opened.promise, late]));
    return (await readSide?.reached(position, Math.max(timeoutMs - (performance.now() - started), 0))) ?? false;
  }

  async ask<Q extends Question>(question: Q, params: Questions[Q]): Promise<Answer> {
    return this.#opening().ask(question, params);
  }

  async *stream<S extends StreamName>(name: S, params: Streams[S]): AsyncGenerator<Buffer> {
    yield* this.#opening().stream(name, params);
  }

  onAdvance(listener: (advance: Advance) => void): () => void {
    this.#advanceListeners.add(listener);
    return () => this.#advanceListeners.delete(listener);
  }

  onProgress(listener: (progress: Progress) => void): () => void {
    this.#progressListeners.add(listener);
    return () => this.#progressListeners.delete(listener);
  }

  rebuild(why: RebuildReason, options: { readonly strict: boolean }): boolean {
    return this.#readSide?.rebuild(why, options) ?? false;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#opened.resolve(undefined);
    await this.#trying;
    await this.#readSide?.close();
  }

  #opening(): ReadSide {
    if (this.#readSide !== undefined) return this.#readSide;
    throw new ReadRefused(refusal('unavailable', 'read-side-away', this.#reason));
  }

  async #try(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        this.#use(await this.open());
        return;
      } catch (error) {
        this.#reason = (error as Error).message;
      }
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #use(readSide: ReadSide): void {
    this.#readSide = readSide;
    readSide.onAdvance((advance) => this.#advanceListeners.forEach((listener) => listener(advance)));
    readSide.onProgress((progress) => this.#progressListeners.forEach((listener) => listener(progress)));
    this.#opened.resolve(readSide);
    for (const listener of this.#progressListeners) listener(readSide.progress);
  }
}
