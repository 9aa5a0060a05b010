// All live connections of this process: each crisis that has any is read once for all of them.
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { EventStore, Position } from '#event-store/port.js';
import type { ReadSide } from '#projections/read-side.js';
import type { Log } from '../log.js';
import { Problem } from '../problem.js';
import { WAIT_LIMIT_MS } from '../reads/await-position.js';
import { EVENT_STORE, LOG, READ_SIDE } from '../tokens.js';
import { EventStream } from './event-stream.js';
import { parseId } from './live-cursor.js';
import { LiveFeeds } from './live-feed.js';
import { LivePages, resyncMessage, type LivePage } from './live-pages.js';
import { LiveSubscriber } from './live-subscriber.js';
import type { Subscription } from './subscription.js';
import { Turns } from './turns.js';

const CONNECTIONS_MAX = 2000;
/** Seconds. */
const RETRY_AFTER = 5;
/** So many pages are read at once for single connections: that of all who are level waits for no more than these. */
const PAGES_AT_ONCE = 2;

@Injectable()
export class LiveHub implements OnModuleDestroy {
  /** Of single connections: those that begin, come back, or have fallen behind. */
  readonly #pages: Pick<LivePages, 'snapshot' | 'after'>;
  readonly #feeds: LiveFeeds;
  readonly #streams = new Set<EventStream>();
  readonly #stopListening: () => void;
  #stopping = false;

  constructor(
    @Inject(READ_SIDE) private readonly readSide: ReadSide,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(LOG) private readonly log: Log,
  ) {
    const pages = new LivePages(readSide, store);
    const turns = new Turns(PAGES_AT_ONCE);
    this.#pages = {
      snapshot: (subscription) => turns.take(() => pages.snapshot(subscription)),
      after: (subscription, cursor) => turns.take(() => pages.after(subscription, cursor)),
    };
    this.#feeds = new LiveFeeds(pages);
    this.#stopListening = readSide.onAdvance(({ crises }) => this.#feeds.advance(crises));
  }

  /** How many live connections there are: the gauge `live.connections`. */
  get connections(): number {
    return this.#streams.size;
  }

  /**
   * Opens a live connection. With the id of the last message that was told, it goes on after that; with an id that this
   * log does not know it tells `resync` and starts afresh. With the id of another replica that this one has not come to, while
   * the store is away, it is silent until it has.
   * @throws Problem 503 `too-many-connections` @throws ReadRefused before anything was sent
   */
  async connect(subscription: Subscription, lastId: string | undefined, reply: FastifyReply): Promise<void> {
    this.#refuseIfFull();
    const first = await this.#firstPage(subscription, lastId);
    this.#refuseIfFull();
    const stream = EventStream.open(reply);
    this.#streams.add(stream);
    stream.onClose(() => this.#streams.delete(stream));
    void this.#tell(subscription, stream, lastId, first);
  }

  onModuleDestroy(): void {
    this.#stopping = true;
    this.#stopListening();
    for (const stream of this.#streams) stream.end();
  }

  /** Where reading fails, the connection ends: whoever comes back with the last id has missed nothing. */
  async #tell(subscription: Subscription, stream: EventStream, lastId: string | undefined, first: LivePage | undefined): Promise<void> {
    const subscriber = new LiveSubscriber(subscription, stream, this.#pages, this.#feeds);
    try {
      while (first === undefined && !stream.isClosed) first = await this.#firstPage(subscription, lastId);
      if (first !== undefined) await subscriber.run(first);
    } catch (error) {
      if (!this.#stopping) this.log.error(`A live connection of ${subscription.crisis ?? 'all crises'} was ended`, error);
      stream.end();
    }
  }

  /** Undefined while it cannot be said where the connection goes on. */
  async #firstPage(subscription: Subscription, lastId: string | undefined): Promise<LivePage | undefined> {
    if (lastId === undefined) return this.#pages.snapshot(subscription);
    const cursor = parseId(lastId, this.store.id);
    if (cursor !== undefined) {
      // This replica may be behind the one that gave the id. What does not come while the log is followed is of a log that is no more.
      if (await this.readSide.reached(cursor.position as Position, WAIT_LIMIT_MS)) return this.#pages.after(subscription, cursor);
      const { interrupted, caughtUp } = this.readSide.progress;
      if (interrupted !== undefined || !caughtUp) return undefined;
    }
    const snapshot = await this.#pages.snapshot(subscription);
    const resync = resyncMessage(snapshot.cursor, `The id ${lastId.slice(0, 100)} is none of this log`);
    return { ...snapshot, messages: [resync, ...snapshot.messages] };
  }

  #refuseIfFull(): void {
    if (this.#stopping) throw new Problem(503, 'stopping', 'The service is about to stop', [], RETRY_AFTER);
    if (this.#streams.size < CONNECTIONS_MAX) return;
    throw new Problem(503, 'too-many-connections', `There are ${CONNECTIONS_MAX} live connections; no more are taken`, [], RETRY_AFTER);
  }
}
