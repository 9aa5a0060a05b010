// The event log in EventStoreDB: one node or a cluster.
import { START, StoreUnavailable } from '../port.js';
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
import { Appender } from './appender.js';
import { Connection, type Calls } from './connection.js';
import { LogHead } from './log-head.js';
import { LogSubscription } from './log-subscription.js';
import { nameOfLog, writtenName } from './log-name.js';
import { allRequest, lastOfAllRequest, streamRequest, subscriptionRequest } from './read-request.js';
import type { LogPosition } from './read-message.js';
import { ResumedRead, type ReadSource } from './resumed-read.js';

export interface EventStoreDBOptions {
  /** `esdb://` or `esdb+discover://`, as the client takes it. */
  readonly url: string;
  /** What the names of the log's streams begin with: the server may hold others. */
  readonly prefixes: readonly string[];
  /** The log's id, where it is known from before: a server that holds another log is then neither read nor written. */
  readonly id?: string;
  /** How many events wait in memory for a reader, and by default for a subscriber, at most. Default: 500. */
  readonly pageSize?: number;
}

export interface EventStoreDB extends EventStore {
  /** The log's id, once the server has told it (or it was given). @throws StoreUnavailable @throws OutcomeUnknown ask again */
  name(): Promise<string>;
}

/**
 * Opens the log, whether or not the server is there: what needs it waits up to 4 s for it, and subscriptions for as long as
 * it takes. `id` is known once `name` has told it; until then it throws {@link StoreUnavailable}.
 *
 * Guarantees: an acknowledged append is durable as EventStoreDB acknowledges it (in a cluster, on a majority); one client,
 * whose failures cost nothing but repeats; every append and read settles after little more than 4 s, whatever the server
 * does; reads and the head are the leader's, so they include all that was acknowledged anywhere.
 *
 * Non-guarantees: appends to different streams that are under way together may stand in any order; positions must be of this
 * log, and are not checked here.
 *
 * @throws InvalidConnectionString
 */
export function openEventStoreDB(options: EventStoreDBOptions): EventStoreDB {
  return new Store(options);
}

class Store implements EventStoreDB {
  /** A repeat after a lost connection stands where the repeat came, not where the call was. */
  readonly keepsCallOrder = false;
  readonly #connection: Connection;
  readonly #calls: Calls;
  readonly #appender: Appender;
  readonly #head: LogHead;
  readonly #prefixes: readonly string[];
  readonly #pageSize: number;
  readonly #appends = new Set<Promise<unknown>>();
  readonly #reads = new Set<ResumedRead>();
  readonly #subscriptions = new Set<LogSubscription>();
  #id: string | undefined;
  #checkedNode: number | undefined;
  #checking: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor({ url, prefixes, id, pageSize = 500 }: EventStoreDBOptions) {
    this.#connection = new Connection(url);
    this.#id = id;
    this.#prefixes = prefixes;
    this.#pageSize = pageSize;
    this.#calls = {
      read: async (request, by) => (await this.#checkLog(), this.#connection.read(request, by)),
      batchAppend: async () => (await this.#checkLog(), this.#connection.batchAppend()),
    };
    this.#appender = this.#appenderOn(this.#calls);
    this.#head = new LogHead({
      lastOfAll: () => this.#first({ open: () => this.#calls.read(lastOfAllRequest(), { leader: true }), wants: () => true }),
      backwards: () => this.#reading(this.#ownBackwards()),
      after: (after) => this.readAll({ after }),
    });
  }

  get id(): string {
    if (this.#id === undefined) throw new StoreUnavailable('The event store has not been reached yet');
    return this.#id;
  }

  async name(): Promise<string> {
    this.#refuseIfClosed();
    if (this.#id === undefined) await this.#checkLog();
    return this.id;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    checkAppend(stream, events);
    this.#refuseIfClosed();
    const appending = this.#appender.append(stream, expected, events);
    this.#appends.add(appending);
    try {
      return await appending;
    } finally {
      this.#appends.delete(appending);
    }
  }

  readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    return this.#reading(streamSource(this.#calls, stream, options), options.limit);
  }

  readAll({ after = START, limit }: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    const source: ReadSource = {
      // The server's positions are inclusive here.
      open: (previous) => {
        const request = allRequest(logPosition(previous?.position ?? after), 'forwards', this.#prefixes);
        return this.#calls.read(request, { leader: true });
      },
      wants: ({ position, stream }, previous) => position > (previous?.position ?? after) && this.#holds(stream),
    };
    return this.#reading(source, limit);
  }

  subscribeToAll({
    after = START,
    batchSize = this.#pageSize,
  }: { readonly after?: Position; readonly batchSize?: number } = {}): Subscription {
    this.#refuseIfClosed();
    // Any node will do: what a follower has is on a majority already.
    const open = (from: LogPosition | undefined) => this.#calls.read(subscriptionRequest(from, this.#prefixes), { leader: false });
    const subscription = new LogSubscription(open, after, batchSize, (ended) => this.#subscriptions.delete(ended));
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async head(): Promise<Position> {
    this.#refuseIfClosed();
    return this.#head.look();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const read of this.#reads) read.end();
    for (const subscription of this.#subscriptions) await subscription.close();
    await Promise.allSettled(this.#appends);
    this.#connection.close();
  }

  #refuseIfClosed(): void {
    if (this.#closed !== undefined) throw new StoreUnavailable('The event log is closed');
  }

  /** @throws StoreUnavailable with the first step, if the store is closed */
  #reading(source: ReadSource, limit = Infinity): AsyncIterable<RecordedEvent> {
    if (this.#closed !== undefined) return { [Symbol.asyncIterator]: () => ({ next: async () => this.#refuseIfClosed() as never }) };
    const read = new ResumedRead(source, limit, this.#pageSize, (ended) => this.#reads.delete(ended));
    this.#reads.add(read);
    return read;
  }

  async #first(source: ReadSource): Promise<Position | undefined> {
    for await (const { position } of this.#reading(source, 1)) return position;
    return undefined;
  }

  #ownBackwards(): ReadSource {
    return {
      open: () => this.#calls.read(allRequest(undefined, 'backwards', this.#prefixes), { leader: true }),
      // Begun anew after a lost connection: the end may be another by then.
      wants: ({ position, stream }, previous) => (previous === undefined || position < previous.position) && this.#holds(stream),
    };
  }

  #holds(stream: string): boolean {
    return this.#prefixes.some((prefix) => stream.startsWith(prefix));
  }

  /** Whether what answers is the log that it was before: once on every node. @throws StoreUnavailable */
  async #checkLog(): Promise<void> {
    if (this.#checkedNode === this.#connection.node) return;
    this.#checking ??= this.#check().finally(() => (this.#checking = undefined));
    await this.#checking;
  }

  async #check(): Promise<void> {
    const { node } = this.#connection;
    const appender = this.#appenderOn(this.#connection);
    const log = {
      readStream: (stream: string, options: ReadStreamOptions = {}) =>
        this.#reading(streamSource(this.#connection, stream, options), options.limit),
      append: (...append: Parameters<Appender['append']>) => appender.append(...append),
    };
    if (this.#id === undefined) this.#id = await nameOfLog(log);
    else {
      const written = await writtenName(log);
      if (written !== this.#id) {
        throw new StoreUnavailable(
          `The event store holds ${written === undefined ? 'no log' : `the log ${written}`}, and not ${this.#id}, which was followed before: start again`,
        );
      }
    }
    this.#checkedNode = node;
  }

  #appenderOn(calls: Calls): Appender {
    return new Appender({
      openCall: () => calls.batchAppend(),
      readStream: (stream, from, limit) =>
        new ResumedRead(streamSource(calls, stream, { from, limit }), limit, this.#pageSize, () => undefined),
    });
  }
}

function streamSource(calls: Calls, stream: string, { from, direction = 'forwards' }: ReadStreamOptions): ReadSource {
  const step = direction === 'forwards' ? 1n : -1n;
  return {
    open: (previous, left) => {
      const next = previous === undefined ? from : ((previous.revision + step) as Revision);
      if (next !== undefined && next < 0n) return undefined;
      return calls.read(streamRequest(stream, next, direction, left), { leader: true });
    },
    wants: () => true,
  };
}

function logPosition(position: Position): LogPosition | undefined {
  return position === START ? undefined : { commit: String(position), prepare: String(position) };
}
