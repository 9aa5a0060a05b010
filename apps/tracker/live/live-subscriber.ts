// One live connection: what it has been told, and how it is told what comes next.
//
// It pages by itself from its own cursor until it is level with the feed of its crisis, then follows the feed. Where its
// socket does not keep up, it leaves the feed, waits, and pages again. So what is queued for it is bounded by the socket's
// limit and a page, and nobody waits for it.
//
// Guarantee: after its first page, every message after that page's cursor exactly once, in order. Both ways of being told
// move the same cursor and skip what it has been told, so neither can repeat; it is only in the feed while it is level
// with it, so neither can leave out.
import { after, hasTold, union, type FixedCursor } from './live-cursor.js';
import type { Follower, LiveFeed, LiveFeeds } from './live-feed.js';
import type { LiveMessage, LivePage, LivePages } from './live-pages.js';
import { takesIn, type Subscription } from './subscription.js';

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
  #cursor!: FixedCursor;
  #wantsSnapshot = false;
  #following: { readonly feed: LiveFeed; readonly end: PromiseWithResolvers<void> } | undefined;

  constructor(
    private readonly subscription: Subscription,
    private readonly sink: Sink,
    private readonly pages: LivePages,
    private readonly feeds: LiveFeeds,
  ) {
    sink.onClose(() => this.#leave());
  }

  /** Tells a first page and all that comes after it, until the sink is closed. @throws whatever reading throws */
  async run(first: LivePage): Promise<void> {
    for (let page = first; ; page = await this.#nextPage()) {
      await this.#tell(page);
      if (!page.more && !this.#wantsSnapshot) await this.#follow();
      await this.sink.ready();
      if (this.sink.isClosed) return;
    }
  }

  receive({ messages, cursor, restart }: LivePage): void {
    this.#wantsSnapshot = restart;
    for (const message of messages) {
      if (message.event !== 'resync' && hasTold(this.#cursor, message)) continue;
      this.#send(message);
      this.#cursor = after(this.#cursor, message);
      if (this.sink.isFull) return this.#leave();
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

  async #tell({ messages, cursor, restart }: LivePage): Promise<void> {
    for (const message of messages) {
      if (this.sink.isFull) await this.sink.ready();
      if (this.sink.isClosed) return;
      this.#send(message);
    }
    this.#cursor = cursor;
    this.#wantsSnapshot = restart;
  }

  /** Resolves at once if it is not level with the feed, else when it has left it. */
  async #follow(): Promise<void> {
    if (this.sink.isClosed) return;
    const feed = this.feeds.at(this.subscription.crisis, this.#cursor);
    const end = Promise.withResolvers<void>();
    this.#following = { feed, end };
    if (feed.join(this, this.#cursor, this.subscription.projections)) await end.promise;
    else this.#following = undefined;
  }

  #leave(): void {
    const following = this.#following;
    this.#following = undefined;
    following?.feed.leave(this);
    following?.end.resolve();
  }

  #send(message: LiveMessage): void {
    if (takesIn(this.subscription, message)) this.sink.write(message.bytes);
  }
}
