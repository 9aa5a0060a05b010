// The embedded event log: one SQLite file, nothing to install.
import { OutcomeUnknown, START, StoreUnavailable, WrongExpectedRevision } from '../port.js';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  NewEvent,
  Position,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  Revision,
  Subscription,
} from '../port.js';
import { checkAppend } from '../valid-append.js';
import { CommitSignal } from './commit-signal.js';
import { idOf, openForReading } from './log-file.js';
import { LogReader } from './log-reader.js';
import { LogSubscription } from './log-subscription.js';
import type { AppendOutcome } from './log-writer.js';
import { PagedEvents } from './paged-events.js';
import { WriterThread } from './writer-thread.js';

export interface EmbeddedStoreOptions {
  /** Holds the log and its lock. Made if it is not there, unless `readOnly`. */
  readonly folder: string;
  /** For further threads and processes: reads and subscriptions only. Default: false. */
  readonly readOnly?: boolean;
  /** How many events `readAll` and `readStream` read at once, and by default a subscription. Default: 500, 1 to 2 ms. */
  readonly pageSize?: number;
  /** How late at most a subscriber hears of what another process wrote, in milliseconds. Default: 250. */
  readonly pollInterval?: number;
}

/**
 * Opens the log in a folder.
 *
 * Guarantees: an acknowledged append is synced to disk; positions are 1, 2, 3, ... without gaps; appends stand in the log
 * in the order of the calls; one process writes, any number of threads and processes read beside it; neither writing
 * nor reading holds the event loop for longer than a page.
 *
 * Non-guarantees: a disk that lies about syncing is believed; folders on network file systems may not have the locks that
 * keep a second writer out; an iteration sees what is committed between its pages, it is no snapshot; an open
 * store does not keep the process alive, only appends under way do.
 *
 * @throws StoreInUse another process writes to the folder
 * @throws StoreFileRefused a foreign file, one of a newer version, or, for `readOnly`, none
 * @throws StoreUnavailable the folder cannot be used
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EventStore> {
  const { folder, readOnly = false, pageSize = 500, pollInterval = 250 } = options;
  const writer = readOnly ? undefined : await WriterThread.start(folder);
  try {
    const database = openForReading(folder);
    return new EmbeddedStore(idOf(database), writer, new LogReader(database), new CommitSignal(folder, pollInterval), pageSize);
  } catch (error) {
    await writer?.close();
    throw error;
  }
}

class EmbeddedStore implements EventStore {
  readonly keepsCallOrder = true;
  readonly #subscriptions = new Set<LogSubscription>();
  #closed: Promise<void> | undefined;

  constructor(
    readonly id: string,
    private readonly writer: WriterThread | undefined,
    private readonly reader: LogReader,
    private readonly commits: CommitSignal,
    private readonly pageSize: number,
  ) {}

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    checkAppend(stream, events);
    if (this.writer === undefined) throw new StoreUnavailable('The event log is open for reading only');
    const fields: string[] = [];
    for (const { id, type, data, metadata } of events) fields.push(id, type, data, metadata);
    const request = { stream, expected: expected === 'no-stream' ? -1 : Number(expected), fields };
    return resultOf(await this.writer.append(request), stream, expected);
  }

  readStream(stream: string, { from, direction = 'forwards', limit = Infinity }: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    return this.#events(limit, (previous, size) => {
      if (direction === 'forwards') {
        return this.reader.streamFrom(stream, next(previous?.revision, 1n) ?? from ?? (0n as Revision), size);
      }
      return this.reader.streamBackFrom(stream, next(previous?.revision, -1n) ?? from, size);
    });
  }

  readAll({ after = START, limit = Infinity }: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    return this.#events(limit, (previous, size) => this.reader.allAfter(previous?.position ?? after, size));
  }

  subscribeToAll(options: { readonly after?: Position; readonly batchSize?: number } = {}): Subscription {
    if (this.#closed !== undefined) throw new StoreUnavailable('The event log is closed');
    const { after = START, batchSize = this.pageSize } = options;
    const log = {
      allAfter: (position: Position, limit: number) => this.reader.allAfter(position, limit),
      waitFor: (position: Position) => this.commits.after(Number(position)),
    };
    const subscription = new LogSubscription(log, after, batchSize, (ended) => this.#subscriptions.delete(ended));
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async head(): Promise<Position> {
    return this.reader.head();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const subscription of this.#subscriptions) await subscription.close();
    this.commits.close();
    // The reader first: whose connection is the last one tidies the write-ahead log up, and only a writer can.
    this.reader.close();
    await this.writer?.close();
  }

  #events(limit: number, page: (previous: RecordedEvent | undefined, size: number) => ReturnType<LogReader['allAfter']>) {
    // A read that began before the store was closed ends; one that begins after it fails.
    return new PagedEvents(
      (previous, size) => (previous !== undefined && !this.reader.isOpen ? undefined : page(previous, size)),
      this.pageSize,
      limit,
    );
  }
}

function next(revision: Revision | undefined, step: 1n | -1n): Revision | undefined {
  return revision === undefined ? undefined : ((revision + step) as Revision);
}

function resultOf(outcome: AppendOutcome, stream: string, expected: ExpectedRevision): AppendResult {
  switch (outcome.kind) {
    case 'appended':
      return {
        revision: BigInt(outcome.revision) as Revision,
        positions: outcome.positions.map((position) => BigInt(position) as Position),
      };
    case 'wrong-revision':
      throw new WrongExpectedRevision(stream, expected, outcome.actual < 0 ? 'no-stream' : (BigInt(outcome.actual) as Revision));
    case 'unavailable':
      throw new StoreUnavailable(`Nothing was written: ${outcome.reason}`);
    case 'unknown':
      throw new OutcomeUnknown(`It is not known whether the events of ${stream} were written: ${outcome.reason}`);
  }
}
