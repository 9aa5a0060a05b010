// Turns pages into an iteration over single events that never holds the event loop for longer than a page.
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { RecordedEvent } from '../port.js';
import type { Page } from './log-reader.js';

/** @returns the page after an event (or the first one), of at most `limit` events; undefined when the store is closed */
export type NextPage = (previous: RecordedEvent | undefined, limit: number) => Page | undefined;

/**
 * Written out rather than as an async generator, which takes twice as long for each event. Concurrent calls of `next`
 * are served one after another.
 */
export class PagedEvents implements AsyncIterableIterator<RecordedEvent> {
  #events: readonly RecordedEvent[] = [];
  #at = 0;
  #last = false;
  #left: number;
  #started = false;
  #turn: Promise<IteratorResult<RecordedEvent, undefined>> = Promise.resolve(DONE);

  constructor(
    private readonly nextPage: NextPage,
    private readonly pageSize: number,
    limit: number,
  ) {
    this.#left = limit;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<RecordedEvent, undefined>> {
    if (this.#at < this.#events.length) return Promise.resolve({ done: false, value: this.#events[this.#at++]! });
    const turn = this.#turn.then(() => this.#turnPage());
    this.#turn = turn.catch(() => DONE);
    return turn;
  }

  return(): Promise<IteratorResult<RecordedEvent, undefined>> {
    this.#end();
    return Promise.resolve(DONE);
  }

  async #turnPage(): Promise<IteratorResult<RecordedEvent, undefined>> {
    if (this.#at === this.#events.length && !this.#last && this.#left > 0) {
      if (this.#started) await turnOfTheEventLoop();
      this.#load();
    }
    return this.#at < this.#events.length ? { done: false, value: this.#events[this.#at++]! } : DONE;
  }

  #load(): void {
    this.#started = true;
    let page: Page | undefined;
    try {
      page = this.#last ? undefined : this.nextPage(this.#events.at(-1), Math.min(this.pageSize, this.#left));
    } finally {
      if (page === undefined) this.#end();
    }
    if (page === undefined) return;
    this.#events = page.events;
    this.#at = 0;
    this.#left -= page.events.length;
    this.#last = page.last;
  }

  #end(): void {
    this.#events = [];
    this.#at = 0;
    this.#last = true;
  }
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };
