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
/** How large the write-ahead log may grow without an idle moment to copy it into the file, bytes. */
const WAL_MAX = 256 * 1024 * 1024;

export interface BuilderEvents {
  /** @param crises of which there were events */
  committed(crises: readonly string[]): void;
  /** Called once, when it is level with the log for the first time. */
  level(): void;
  interrupted(reason: string): void;
  /** In bytes. */
  writeAheadLogSize(): number;
}

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
    clearTimeout(this.#idle);
    if (!this.#open) this.database.exec('begin immediate');
    this.#open = true;
    this.#applied += events.length;
    for (const event of events) this.#uncommitted.push(event);
    this.#orParking(() => this.#applyEach(events, (event) => this.#projection.apply(event)));
    if (this.#caughtUp || this.#uncommitted.length >= BEHIND_BATCH) this.#commit();
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
    this.#orParking(() => this.#projection.flush());
    this.database.exec('commit');
    this.#open = false;
    this.#uncommitted = [];
    this.events.committed([...this.#crises]);
    this.#crises.clear();
    clearTimeout(this.#idle);
    if (this.events.writeAheadLogSize() > WAL_MAX) this.#copyWriteAheadLog();
    else this.#idle = setTimeout(() => this.#copyWriteAheadLog(), IDLE_MS).unref();
  }

  /** Waits for no reader: what one still reads from stays for the next time. */
  #copyWriteAheadLog(): void {
    if (!this.#open) this.database.exec('pragma wal_checkpoint(passive)');
  }
}
