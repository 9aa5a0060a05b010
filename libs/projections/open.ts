// The read side as the calling thread has it: which file answers, how far it has come, and how another one takes its place.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseStream } from '#crisis/event.js';
import type { Position } from '#event-store/port.js';
import { chooseGeneration, sizeOf, takeLock } from './file.js';
import { Generation, type GenerationEvents } from './generation.js';
import type { LogSource } from './log-source.js';
import type { BuilderState } from './messages.js';
import { Rate } from './rate.js';
import {
  PROJECTION,
  type Advance,
  type Answer,
  type ParkedFrom,
  type Progress,
  type ProjectionStatus,
  type Question,
  type Questions,
  type ReadSide,
  type RebuildReason,
  type RebuildReport,
  type StreamName,
  type Streams,
} from './read-side.js';
import { PROJECTION_VERSION } from './version.js';

export interface ReadSideOptions {
  /** Holds the read side's file, which can be thrown away. Made if it is not there. */
  readonly folder: string;
  readonly log: LogSource;
  /** The log's id: the file is of this log and no other. */
  readonly store: string;
}

const READER_DOWN = "The reader's thread broke down";
/** Before a damaged file is built again: a disk that damages every file is not to keep a core busy. */
const REBUILD_WAIT_MS = 200;
/** How long a file that another took the place of goes on with the answers that were asked of it, ms. A slow reader of a replay is cut then. */
const LINGER_MS = 60_000;

/**
 * Opens the read side of a log. Resolves when questions can be asked; what they are answered from may still be far behind
 * the log: see `progress`. Where there is no file yet and the log is long, it resolves as soon as the file is being built, and
 * questions are refused until it is: see long-build.ts.
 *
 * Guarantees: rows and checkpoint are one transaction, so each event counts exactly once; a file that is not there, is
 * damaged, or is another log's or another version's is built anew from the log; what is asked while a rebuild goes on is
 * answered from the file before it; a thread that breaks down is started again, and what was asked of it is refused
 * rather than left hanging.
 * Non-guarantee: answers may be older than the log (ask for `reached` first).
 * A file in which damage was found answers nothing any more, since what it says may be wrong: until it is built again,
 * answers come from what is built so far, or are refused.
 *
 * @throws ReadSideInUse @throws Error if the log or the folder cannot be opened
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

/** A rebuild under way. */
interface Rebuilding {
  readonly generation: Generation;
  readonly why: RebuildReason;
  readonly strict: boolean;
  /** ms */
  readonly startedAt: number;
}

class ThreadedReadSide implements ReadSide {
  readonly ready: Promise<void>;
  readonly #opened = Promise.withResolvers<void>();
  readonly #waiters = new Set<Waiter>();
  readonly #advanceListeners = new Set<(advance: Advance) => void>();
  readonly #progressListeners = new Set<(progress: Progress) => void>();
  readonly #rate = new Rate();
  /** Files that are answered from no more, each with its end. */
  readonly #retiring = new Map<Generation, Promise<void>>();
  readonly #lock: Disposable;
  #serving: Generation;
  #rebuilding: Rebuilding | undefined;
  #lastRebuild: RebuildReport | null = null;
  #applied = 0;
  #progress: Progress = NOTHING_YET;
  #isMending = false;
  #closed: Promise<void> | undefined;

  constructor(private readonly options: ReadSideOptions) {
    this.ready = this.#opened.promise;
    const { folder, store } = options;
    this.#lock = takeLock(folder, store);
    try {
      this.#serving = this.#generation(chooseGeneration(folder, store), true, false);
    } catch (error) {
      this.#lock[Symbol.dispose]();
      throw error;
    }
    this.#serving.start();
  }

  get progress(): Progress {
    return this.#progress;
  }

  get status(): ProjectionStatus {
    const { caughtUp, parked, interrupted } = this.#progress;
    const position = this.#serving.state === undefined ? (BigInt(this.#serving.reached.position) as Position) : this.#progress.position;
    return {
      name: PROJECTION,
      version: PROJECTION_VERSION,
      state: interrupted !== undefined ? 'interrupted' : caughtUp ? 'live' : 'building',
      position,
      parked,
      applied: this.#applied,
      eventsPerSecond: this.#rate.perSecond(),
      fileSize: sizeOf(this.#serving.file),
      rebuild: this.#underWay(),
      lastRebuild: this.#lastRebuild,
    };
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
    return this.#serving.asking.ask(question, params);
  }

  stream<S extends StreamName>(name: S, params: Streams[S]): AsyncGenerator<Buffer> {
    return this.#serving.asking.stream(name, params);
  }

  onAdvance(listener: (advance: Advance) => void): () => void {
    this.#advanceListeners.add(listener);
    return () => this.#advanceListeners.delete(listener);
  }

  onProgress(listener: (progress: Progress) => void): () => void {
    this.#progressListeners.add(listener);
    return () => this.#progressListeners.delete(listener);
  }

  rebuild(why: RebuildReason, { strict }: { readonly strict: boolean }): boolean {
    if (this.#rebuilding !== undefined || this.#isMending || this.#closed !== undefined) return false;
    const generation = this.#generation(this.#serving.number + 1, false, strict);
    this.#rebuilding = { generation, why, strict, startedAt: Date.now() };
    generation.start();
    return true;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const rebuilding = this.#rebuilding?.generation;
    this.#rebuilding = undefined;
    this.#serving.asking.refuseAll('The read side is closed');
    for (const { settle } of this.#waiters) settle(false);
    for (const generation of this.#retiring.keys()) generation.asking.refuseAll('The read side is closed');
    await Promise.all([this.#serving.close(), rebuilding?.discard(), ...this.#retiring.values()]);
    this.#lock[Symbol.dispose]();
  }

  #generation(number: number, inService: boolean, strict: boolean): Generation {
    const generation: Generation = new Generation(
      { ...this.options, number, inService, strict },
      this.#eventsOf(() => generation),
    );
    return generation;
  }

  /** What a generation tells counts according to what it is: the one that answers, or the one that is to take its place. */
  #eventsOf(which: () => Generation): GenerationEvents {
    let applied = 0;
    /** It could be asked once: before, it has not come anywhere for whoever waits for it. */
    let isThere = false;
    const count = (): void => {
      const now = which().reached.applied;
      this.#count(now >= applied ? now - applied : now); // its thread may have been started again
      applied = now;
    };
    const moved = (crises?: readonly string[]): void => {
      count();
      if (which() !== this.#serving) return this.#takeOverIfLevel();
      if (!isThere) return;
      this.#stands(which().state!);
      if (crises !== undefined) this.#tellAdvance(crises);
    };
    return {
      underWay: () => {
        count();
        this.#opened.resolve();
      },
      opened: moved,
      moved,
      readable: () => {
        const isFirst = !isThere;
        isThere = true;
        if (which() !== this.#serving) return this.#takeOverIfLevel();
        if (isFirst) this.#stands(which().state!);
        this.#readable();
      },
      interrupted: (reason) => {
        if (which() === this.#serving) this.#changeProgress({ ...this.#progress, interrupted: reason });
      },
      down: (thread, reason) => {
        if (which() === this.#serving)
          this.#down(thread === 'reader' ? `${READER_DOWN}: ${reason}` : `The builder's thread broke down: ${reason}`);
      },
      stopped: (obstacle) => this.#giveUp(which(), { ...obstacle, position: BigInt(obstacle.position) as Position }),
      damaged: () => {
        isThere = false;
        if (which() === this.#serving) void this.#mend();
        else this.#giveUp(which());
      },
    };
  }

  #count(applied: number): void {
    this.#applied += applied;
    this.#rate.count(applied);
  }

  #readable(): void {
    this.#opened.resolve();
    if (this.#progress.interrupted?.startsWith(READER_DOWN) === true) this.#changeProgress({ ...this.#progress, interrupted: undefined });
  }

  #underWay(): ProjectionStatus['rebuild'] {
    if (this.#rebuilding === undefined) return null;
    const { why, strict, startedAt, generation } = this.#rebuilding;
    return { why, strict, startedAt, position: BigInt(generation.reached.position) as Position };
  }

  /** Puts the rebuilt file in service once it can be asked and knows whatever the one before it does. */
  #takeOverIfLevel(): void {
    const { generation } = this.#rebuilding ?? {};
    if (generation?.state === undefined || !generation.asking.isUp) return;
    if (!generation.state.caughtUp || generation.state.position < this.#progress.position) return;
    this.#putInService(generation);
  }

  #putInService(generation: Generation): void {
    const before = this.#serving;
    const { parkedStreams = [] } = this.#progress;
    this.#serving = generation;
    generation.putInService();
    this.#stands(generation.state!);
    const changed = differences(parkedStreams, this.#progress.parkedStreams ?? []);
    this.#endRebuild({ outcome: 'in-service', released: parkedStreams.filter((each) => changed.includes(each.stream)).length });
    this.#retire(before, before.retire(LINGER_MS));
    // What was parked may stand now before what was told: whoever follows these crises is to begin afresh.
    this.#tellAdvance([...new Set(changed.flatMap((stream) => parseStream(stream)?.crisis ?? []))]);
  }

  /** A rebuild that does not come to its end: the file before it goes on. */
  #giveUp(generation: Generation, obstacle?: RebuildReport['obstacle']): void {
    if (this.#rebuilding?.generation !== generation) return;
    this.#endRebuild(obstacle === undefined ? { outcome: 'failed' } : { outcome: 'stopped', obstacle });
    this.#retire(generation, generation.discard());
  }

  #retire(generation: Generation, end: Promise<void>): void {
    this.#retiring.set(
      generation,
      end.finally(() => this.#retiring.delete(generation)),
    );
  }

  #endRebuild(result: Pick<RebuildReport, 'outcome' | 'released' | 'obstacle'>): void {
    const { why, strict, startedAt } = this.#rebuilding!;
    this.#rebuilding = undefined;
    this.#lastRebuild = { why, strict, startedAt, endedAt: Date.now(), ...result };
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

  #tellAdvance(crises: readonly string[]): void {
    for (const listener of this.#advanceListeners) listener({ position: this.#progress.position, crises });
  }

  #down(reason: string): void {
    this.#opened.reject(new Error(reason));
    this.#changeProgress({ ...this.#progress, interrupted: reason });
  }

  /** The damaged file is thrown away and built again from the log; one that is being built beside it takes its place as it is. */
  async #mend(): Promise<void> {
    if (this.#isMending || this.#closed !== undefined) return;
    this.#isMending = true;
    const damaged = this.#serving;
    damaged.asking.refuseAll("The read side's file was damaged; it is built again");
    await damaged.discard();
    this.#changeProgress(NOTHING_YET);
    await sleep(REBUILD_WAIT_MS);
    this.#isMending = false;
    if (this.#closed !== undefined || this.#serving !== damaged) return;
    const { generation, strict } = this.#rebuilding ?? {};
    if (generation === undefined || strict === true) return damaged.start();
    this.#serving = generation;
    generation.putInService();
    this.#endRebuild({ outcome: 'in-service' });
    if (generation.state !== undefined) this.#stands(generation.state);
    if (generation.asking.isUp) this.#readable();
  }
}

const NOTHING_YET: Progress = { position: 0n as Position, caughtUp: false, parked: 0, parkedStreams: [] };

/** The streams that are parked from elsewhere on in one list than in the other, or in one alone. */
function differences(before: readonly ParkedFrom[], after: readonly ParkedFrom[]): string[] {
  const places = (streams: readonly ParkedFrom[]): Map<string, Position> =>
    new Map(streams.map(({ stream, position }) => [stream, position]));
  const [then, now] = [places(before), places(after)];
  return [...new Set([...then.keys(), ...now.keys()])].filter((stream) => then.get(stream) !== now.get(stream));
}
