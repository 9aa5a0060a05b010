// One live connection: what it has been told, and how it is told what comes next.
//
// It pages by itself from its own cursor until it is level with the feed of its crisis, then follows the feed. Where its
// socket does not keep up, it leaves the feed, waits, and pages again: it has fallen behind, until it is level once more.
// So what is queued for it is bounded by the socket's limit and the backlog's, and nobody waits for it.
//
// Guarantee: after its first page, every message after that page's cursor exactly once, in order; of states (those messages
// that say what they conflate), while it has fallen behind, only the latest is certain. Both ways of being told move the
// same cursor and skip what it has been told, so neither can repeat; it is only in the feed while it is level with it, so
// neither can leave out.
import { LiveBacklog } from './live-backlog.js';
import { after, hasTold, union, type FixedCursor } from './live-cursor.js';
import type { Follower, LiveFeed, LiveFeeds } from './live-feed.js';
import type { LiveMessage, LivePage, LivePages } from './live-pages.js';
import { piecesOf } from './live-pieces.js';
import { takesIn, type Subscription } from './subscription.js';

/** More than this many bytes read for a connection that has fallen behind: no more is read until it takes some. */
const BACKLOG_BYTES = 1024 * 1024;

/** Where messages go. */
export interface Sink {
  readonly isClosed: boolean;
  /** More is queued than should be. */
  readonly isFull: boolean;
  write(bytes: Buffer): void;
  /** Resolves once it is not full, or closed. */
  ready(): Promise<void>;
  onClose(listener: () => void): void;
}

export class LiveSubscriber implements Follower {
  /** Up to where it has been told, or will be by what is in the backlog. */
  #cursor!: FixedCursor;
  #wantsSnapshot = false;
  /** It has been full since it was last level with the feed. */
  #isBehind = false;
  readonly #backlog: LiveBacklog;
  #following: { readonly feed: LiveFeed; readonly end: PromiseWithResolvers<void> } | undefined;

  constructor(
    private readonly subscription: Subscription,
    private readonly sink: Sink,
    private readonly pages: Pick<LivePages, 'snapshot' | 'after'>,
    private readonly feeds: LiveFeeds,
    backlogBytes = BACKLOG_BYTES,
  ) {
    this.#backlog = new LiveBacklog(backlogBytes);
    sink.onClose(() => this.#leave());
  }

  /** What is read for it and not yet handed to its socket. */
  get backlogBytes(): number {
    return this.#backlog.bytes;
  }

  /** Tells a first page and all that comes after it, until the sink is closed. @throws whatever reading throws */
  async run(first: LivePage): Promise<void> {
    for (let page = first; ; page = await this.#nextPage()) {
      this.#put(page);
      if (this.#isBehind && page.more && this.#hasRoom) continue; // what comes next may replace what is queued
      do {
        this.#send();
        await this.#untilReady();
        if (this.sink.isClosed) return;
      } while (!this.#hasRoom);
      if (!this.#backlog.isEmpty || page.more || this.#wantsSnapshot) continue;
      await this.#follow();
      await this.#untilReady();
      if (this.sink.isClosed) return;
    }
  }

  receive({ messages, cursor, restart }: LivePage): void {
    this.#wantsSnapshot = restart;
    const isNews = (message: LiveMessage): boolean => message.event === 'resync' || !hasTold(this.#cursor, message);
    const news = messages.every(isNews) ? messages : messages.filter(isNews);
    for (const { bytes, upTo } of piecesOf(news, this.#wants)) {
      this.sink.write(bytes);
      if (!this.sink.isFull) continue;
      for (const message of news.slice(0, upTo)) this.#cursor = after(this.#cursor, message);
      return this.#leave();
    }
    this.#cursor = union(this.#cursor, cursor);
    if (restart) this.#leave();
  }

  fail(error: unknown): void {
    this.#following?.end.reject(error);
    this.#following = undefined;
  }

  #nextPage(): Promise<LivePage> {
    return this.#wantsSnapshot ? this.pages.snapshot(this.subscription) : this.pages.after(this.subscription, this.#cursor);
  }

  #put({ messages, cursor, restart }: LivePage): void {
    for (const message of messages) if (this.#wants(message)) this.#backlog.put(message, this.#isBehind);
    this.#cursor = cursor;
    this.#wantsSnapshot = restart;
  }

  /** A snapshot replaces nothing and may be large: it is read when all before it is sent. */
  get #hasRoom(): boolean {
    return this.#wantsSnapshot ? this.#backlog.isEmpty : !this.#backlog.isFull;
  }

  #send(): void {
    while (!this.#backlog.isEmpty && !this.sink.isFull) this.sink.write(this.#backlog.take());
  }

  async #untilReady(): Promise<void> {
    if (!this.sink.isFull) return;
    this.#isBehind = true;
    await this.sink.ready();
  }

  /** Resolves at once if it is not level with the feed, else when it has left it. */
  async #follow(): Promise<void> {
    const feed = this.feeds.at(this.subscription.crisis, this.#cursor);
    const end = Promise.withResolvers<void>();
    this.#following = { feed, end };
    if (!feed.join(this, this.#cursor, this.subscription.projections)) return void (this.#following = undefined);
    this.#isBehind = false;
    await end.promise;
  }

  #leave(): void {
    const following = this.#following;
    this.#following = undefined;
    following?.feed.leave(this);
    following?.end.resolve();
  }

  readonly #wants = (message: LiveMessage): boolean => takesIn(this.subscription, message);
}
