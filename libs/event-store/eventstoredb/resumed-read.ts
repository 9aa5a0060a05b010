// A read that goes on where it stood when a connection or a leader is lost on the way.
import { StoreUnavailable } from '../port.js';
import type { RecordedEvent } from '../port.js';
import type { ReadCall } from './connection.js';
import { isPassing, reasonOf } from './failure.js';
import { LEAST_ATTEMPT_MS, PATIENCE_MS, Pauses, within } from './patience.js';
import { PulledCall } from './pulled-call.js';
import type { ReadMessage } from './read-message.js';

const LONGEST_PAUSE_MS = 500;

export interface ReadSource {
  /** It may be long until there is something to send: then only the connection tells whether the server is there. */
  readonly isLong?: boolean;
  /**
   * Asks for what follows an event, or for the beginning. It may give more than that. Undefined: nothing can follow.
   * @param left how many events are wanted at most
   */
  open(previous: RecordedEvent | undefined, left: number): Promise<ReadCall> | undefined;
  /** Whether an event is asked for: it follows the previous one, and belongs to the read. */
  wants(event: RecordedEvent, previous: RecordedEvent | undefined): boolean;
}

/**
 * Guarantees: each event once and in order, over any number of connections; what is in memory is bounded; a read that gets
 * nowhere for 4 s fails, or, where others' events are passed over, once its connection does.
 * Written out rather than as an async generator, which costs more than the rest for each event.
 */
export class ResumedRead implements AsyncIterableIterator<RecordedEvent> {
  #call: PulledCall | undefined;
  readonly #ending = new AbortController();
  #events: RecordedEvent[] = [];
  #at = 0;
  #previous: RecordedEvent | undefined;
  #left: number;
  #turn: Promise<IteratorResult<RecordedEvent, undefined>> = Promise.resolve(DONE);

  constructor(
    private readonly source: ReadSource,
    limit: number,
    private readonly batch: number,
    private readonly onEnd: (read: ResumedRead) => void,
  ) {
    this.#left = limit;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<RecordedEvent, undefined>> {
    if (this.#at < this.#events.length) return Promise.resolve({ done: false, value: this.#events[this.#at++]! });
    const turn = this.#turn.then(() => this.#nextOfMore());
    this.#turn = turn.catch(() => DONE);
    return turn;
  }

  return(): Promise<IteratorResult<RecordedEvent, undefined>> {
    this.end();
    return Promise.resolve(DONE);
  }

  /** Ends the iteration, after what has come. */
  end(): void {
    if (this.#ended) return;
    this.#ending.abort();
    this.#call?.cancel();
    this.onEnd(this);
  }

  get #ended(): boolean {
    return this.#ending.signal.aborted;
  }

  async #nextOfMore(): Promise<IteratorResult<RecordedEvent, undefined>> {
    while (this.#at === this.#events.length) {
      if (this.#ended) return DONE;
      if (this.#left === 0) {
        this.end();
        return DONE;
      }
      try {
        await this.#more();
      } catch (error) {
        if (this.#ended) return DONE; // it was ended from outside, and the call cancelled
        this.end();
        throw error instanceof StoreUnavailable
          ? error
          : new StoreUnavailable(`The event store cannot be read: ${reasonOf(error)}`, { cause: error });
      }
    }
    return { done: false, value: this.#events[this.#at++]! };
  }

  /** Takes the next batch, over as many calls as it needs. */
  async #more(): Promise<void> {
    const giveUp = performance.now() + PATIENCE_MS;
    const pauses = new Pauses(LONGEST_PAUSE_MS);
    for (;;) {
      try {
        const messages = await this.#messages(giveUp);
        if (messages === undefined) return this.end();
        const events: RecordedEvent[] = [];
        for (const message of messages) {
          if (message.kind !== 'event' || this.#left === 0 || !this.source.wants(message.event, this.#previous)) continue;
          events.push(message.event);
          this.#previous = message.event;
          this.#left--;
        }
        this.#events = events;
        this.#at = 0;
        return;
      } catch (error) {
        this.#call?.cancel();
        this.#call = undefined;
        if (this.#ended || !isPassing(error)) throw error;
        await pauses.pause({ signal: this.#ending.signal });
        if (performance.now() >= giveUp - LEAST_ATTEMPT_MS) throw error;
      }
    }
  }

  async #messages(giveUp: number): Promise<readonly ReadMessage[] | undefined> {
    const left = (): number => Math.max(giveUp - performance.now(), 1);
    if (this.#call === undefined) {
      const opening = this.source.open(this.#previous, this.#left);
      if (opening === undefined) return undefined;
      const call = await within(left(), opening, { late: (late) => late.cancel(), signal: this.#ending.signal });
      this.#call = new PulledCall(call, this.batch);
      if (this.#ended) this.#call.cancel();
    }
    return this.#call.next(this.source.isLong === true ? undefined : left());
  }
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };
