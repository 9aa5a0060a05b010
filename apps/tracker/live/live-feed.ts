// The live messages of one crisis, or of all, read once for all who are level with its head.
//
// Guarantees: a follower that joins at or beyond the head receives every page after the head, each in the order of the
// log, and nothing is read before it is needed: by an advance of the read side, or by the clock.
// What is read is what any follower asked for. Non-guarantee: pages may begin before a follower's own cursor, if it was further than the head. It skips what it knows.
import type { LiveProjection } from '#projections/read-side.js';
import { reaches, type FixedCursor } from './live-cursor.js';
import type { LivePage, LivePages } from './live-pages.js';

export interface Follower {
  /** Called in the order of the pages, never while it joins. May leave. */
  receive(page: LivePage): void;
  /** The feed has failed, and has no followers any more. */
  fail(error: unknown): void;
}

/** What a timer of Node can wait at most, ms. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The feeds of all crises that have followers; under null, the one of all crises. */
export class LiveFeeds {
  readonly #feeds = new Map<string | null, LiveFeed>();

  constructor(private readonly pages: LivePages) {}

  /** The feed of a crisis; if it has none, a new one whose head is the cursor. */
  at(crisis: string | null, cursor: FixedCursor): LiveFeed {
    const known = this.#feeds.get(crisis);
    if (known !== undefined) return known;
    const feed = new LiveFeed(crisis, cursor, this.pages, () => this.#feeds.delete(crisis));
    this.#feeds.set(crisis, feed);
    return feed;
  }

  /** There are new events of these crises. */
  advance(crises: readonly string[]): void {
    for (const crisis of crises) this.#feeds.get(crisis)?.advance();
    if (crises.length > 0) this.#feeds.get(null)?.advance();
  }
}

export class LiveFeed {
  /** Each with what it asked for. */
  readonly #followers = new Map<Follower, readonly LiveProjection[]>();
  #head: FixedCursor;
  #reading = false;
  /** Something may have come after the page that is being read. */
  #stale = true;
  #due: NodeJS.Timeout | undefined;
  #ended = false;

  /** @param onEnd called once, when the last follower has left: then the feed is of no use any more */
  constructor(
    private readonly crisis: string | null,
    head: FixedCursor,
    private readonly pages: LivePages,
    private readonly onEnd: () => void,
  ) {
    this.#head = head;
  }

  /**
   * Joins a follower that is level with the head, and says whether it is. The head moves in no other turn of the event
   * loop than its pages are handed out, so what comes after the follower's cursor is in the pages to come.
   */
  join(follower: Follower, cursor: FixedCursor, projections: readonly LiveProjection[]): boolean {
    if (this.#ended || !reaches(cursor, this.#head)) return false;
    this.#followers.set(follower, projections);
    if (this.#stale) this.advance();
    return true;
  }

  leave(follower: Follower): void {
    if (this.#followers.delete(follower) && this.#followers.size === 0) this.#end();
  }

  /** The read side may have more: reads it, unless it is being read, then once more. */
  advance(): void {
    this.#stale = true;
    if (!this.#reading && !this.#ended) void this.#readOn();
  }

  async #readOn(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#stale && !this.#ended) {
        this.#stale = false;
        const asked = this.#wanted();
        const page = await this.pages.after({ crisis: this.crisis, projections: [...asked] }, this.#head);
        // Somebody has joined meanwhile who asked for more: the page would be handed out with less.
        if ([...this.#wanted()].some((projection) => !asked.has(projection))) {
          this.#stale = true;
          continue;
        }
        if (page.more) this.#stale = true;
        this.#head = page.cursor;
        for (const follower of this.#followers.keys()) follower.receive(page);
        if (!this.#stale) void this.#awaitNextDue(page.cursor);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#reading = false;
    }
  }

  #wanted(): Set<LiveProjection> {
    return new Set([...this.#followers.values()].flat());
  }

  /** What falls due next may change with every page; asked beside the reading, so that it keeps no page waiting. */
  async #awaitNextDue(head: FixedCursor): Promise<void> {
    try {
      const due = await this.pages.nextDue(this.crisis, head.moment);
      if (this.#ended || this.#head !== head) return; // asked again after the page that came meanwhile
      clearTimeout(this.#due);
      if (due === null) return;
      this.#due = setTimeout(() => this.advance(), Math.min(Math.max(due - Date.now(), 0), LONGEST_TIMEOUT_MS)).unref();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const followers = [...this.#followers.keys()];
    this.#followers.clear();
    this.#end();
    for (const follower of followers) follower.fail(error);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#due);
    this.onEnd();
  }
}
