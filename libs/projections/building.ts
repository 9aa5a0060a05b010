// Transactions of the builder: large ones while the log is far ahead, then one for whatever came together.
import type { DatabaseSync } from 'node:sqlite';
import type { Decode } from '#crisis/event.js';
import type { Position, RecordedEvent } from '#event-store/port.js';
import type { BuilderState, Obstacle } from './messages.js';
import { isStorageFailure, Projection } from './projection.js';
import { CheckpointRow } from './tables/checkpoint.js';
import { ParkedRows, type ParkedEvent } from './tables/parked.js';

/** Events in a transaction while the log is far ahead. Once level with it, whatever came together is committed at once. */
const BEHIND_BATCH = 50_000;
const IDLE_MS = 1_000;
/** Events that came together while level with the log: from here on it is a flood, and up to there larger transactions are cheaper. */
const FLOOD = { from: 16, to: 500 };
const REST_MAX_MS = 100;
/**
 * How large the write-ahead log may grow without an idle moment to copy it into the file, bytes: where many events come together, so
 * that few pages are copied twice; and where one at a time does, so that no copying is long enough to be felt in what is told live.
 */
const WAL_MAX = { flood: 256 * 1024 * 1024, trickle: 4 * 1024 * 1024 };

export interface BuilderEvents {
  /** @param crises of which there were events */
  committed(crises: readonly string[]): void;
  /** Called once, when it is level with the log for the first time. */
  level(): void;
  interrupted(reason: string): void;
  /** In bytes. */
  writeAheadLogSize(): number;
  /** Brings it to the disk beside the builder's work. */
  syncWriteAheadLog(): Promise<void>;
}

/** For a builder of whose progress nobody is told, on a file with no write-ahead log of its own. */
export const NOBODY: BuilderEvents = {
  committed: () => undefined,
  level: () => undefined,
  interrupted: () => undefined,
  writeAheadLogSize: () => 0,
  syncWriteAheadLog: () => Promise.resolve(),
};

export interface BuildingOptions {
  /** To stop at the first event that cannot be applied, instead of parking it. */
  readonly strict?: boolean;
  /** How events are read. Default: as this release reads them. */
  readonly decode?: Decode;
}

/** In strict mode: the first event that cannot be applied, and why. Nothing is parked, and the open transaction is taken back. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
  constructor(readonly event: Obstacle) {
    super(`The event at position ${event.position} (${event.type}, revision ${event.revision} of ${event.stream}): ${event.reason}`);
  }
}

/** Keeps a file level with the log. Says after each commit what it changed. */
export class Builder {
  #projection: Projection;
  readonly #parked: ParkedRows;
  readonly #crises = new Set<string>();
  /** The events of the open transaction. */
  #uncommitted: RecordedEvent[] = [];
  #open = false;
  #caughtUp = false;
  #interrupted = false;
  #applied = 0;
  #idle: NodeJS.Timeout | undefined;
  #syncing = false;
  #ended = false;
  #rest = 0;

  constructor(
    private readonly database: DatabaseSync,
    private readonly events: BuilderEvents,
    private readonly options: BuildingOptions = {},
  ) {
    this.#projection = new Projection(database, options.decode);
    this.#parked = new ParkedRows(database);
  }

  get position(): Position {
    return BigInt(this.#projection.position) as Position;
  }

  state(): BuilderState {
    const parkedStreams = this.#projection.parked === 0 ? [] : this.#parked.streams();
    const { position, parked } = this.#projection;
    return { position, caughtUp: this.#caughtUp, applied: this.#applied, parked, parkedStreams };
  }

  /** Says in the file that it is the one that answers. */
  putInService(): void {
    if (this.#open) this.#commit();
    new CheckpointRow(this.database).putInService();
  }

  /** @throws NotApplicable in strict mode */
  apply(events: readonly RecordedEvent[]): void {
    const started = performance.now();
    clearTimeout(this.#idle);
    if (!this.#open) this.database.exec('begin immediate');
    this.#open = true;
    this.#applied += events.length;
    for (const event of events) this.#uncommitted.push(event);
    this.#orParking(() => this.#applyEach(events, (event) => this.#projection.apply(event)));
    if (this.#caughtUp || this.#uncommitted.length >= BEHIND_BATCH) this.#commit();
    const couldBeLarger = this.#caughtUp && events.length >= FLOOD.from && events.length < FLOOD.to;
    this.#rest = couldBeLarger ? Math.min(2 * (performance.now() - started), REST_MAX_MS) : 0;
  }

  /**
   * How long to let events gather before they are applied, ms: in a flood of recording twice as long as the last ones took, so that
   * there are fewer and larger transactions, and cores for the recording.
   */
  get rest(): number {
    return this.#rest;
  }

  /** Everything that was in the log is applied. */
  level(): void {
    const isNews = !this.#caughtUp || this.#interrupted;
    this.#interrupted = false;
    if (!this.#caughtUp) {
      this.#caughtUp = true;
      this.events.level();
    }
    if (this.#open) this.#commit();
    else if (isNews) this.events.committed([]);
  }

  interrupted(reason: string): void {
    if (this.#open) this.#commit();
    this.#interrupted = true;
    this.events.interrupted(reason);
  }

  end(): void {
    if (this.#open) this.#commit();
    this.#ended = true;
    clearTimeout(this.#idle);
  }

  #orParking(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      this.#applyAgain();
    }
  }

  /** One event of the transaction cannot be applied: all of them once more, each so that it can be taken back. */
  #applyAgain(): void {
    this.database.exec('rollback');
    this.#projection = new Projection(this.database, this.options.decode);
    this.database.exec('begin immediate');
    this.#applyEach(this.#uncommitted, (event) => this.#projection.applyOrPark(event));
    this.#projection.flush();
    if (this.options.strict !== true || this.#projection.parked === 0) return;
    const [{ position, stream, revision, type, reason }] = this.#parked.all(1) as [ParkedEvent];
    this.database.exec('rollback');
    this.#open = false;
    throw new NotApplicable({ position, stream, revision, type, reason });
  }

  #applyEach(events: readonly RecordedEvent[], apply: (event: RecordedEvent) => string | undefined): void {
    for (const event of events) {
      const crisis = apply(event);
      if (crisis !== undefined) this.#crises.add(crisis);
    }
  }

  #commit(): void {
    const isFlood = this.#uncommitted.length >= FLOOD.from;
    this.#orParking(() => this.#projection.flush());
    this.database.exec('commit');
    this.#open = false;
    this.#uncommitted = [];
    this.events.committed([...this.#crises]);
    this.#crises.clear();
    clearTimeout(this.#idle);
    const size = this.events.writeAheadLogSize();
    if (size > WAL_MAX.flood) this.#copyWriteAheadLog();
    else if (size > WAL_MAX.trickle && !isFlood) void this.#syncAndCopy();
    else this.#idle = setTimeout(() => void this.#syncAndCopy(), IDLE_MS).unref();
  }

  /** Copying syncs first, on this thread: what is on the disk by then costs it nothing. */
  async #syncAndCopy(): Promise<void> {
    if (this.#syncing) return;
    this.#syncing = true;
    await this.events.syncWriteAheadLog().catch(() => undefined); // copying says what is wrong
    this.#syncing = false;
    if (!this.#ended) this.#copyWriteAheadLog();
  }

  /** Waits for no reader: what one still reads from stays for the next time. */
  #copyWriteAheadLog(): void {
    if (!this.#open) this.database.exec('pragma wal_checkpoint(passive)');
  }
}
