// Follows the log, over any number of connections.
import { START } from '../port.js';
import type { Position, RecordedEvent, Subscription, SubscriptionMessage } from '../port.js';
import type { ReadCall } from './connection.js';
import { reasonOf } from './failure.js';
import { PATIENCE_MS, Pauses, within } from './patience.js';
import { PulledCall } from './pulled-call.js';
import type { LogPosition, ReadMessage } from './read-message.js';

const LONGEST_PAUSE_MS = 3000;

/** Asks for everything after a position. @throws whatever stands against it now */
export type OpenSubscription = (after: LogPosition | undefined) => Promise<ReadCall>;

/**
 * Guarantees: each event once and in the log's order, from one connection to the next: it resumes after the last event that
 * it has, or the last checkpoint; `interrupted` when the log is away, and again only with another reason, `caught-up` once it is
 * level again;
 * what is in memory is about a batch, however slow the subscriber.
 * Non-guarantee: a server that keeps the connection and sends no events is not told from one that has none to send.
 * One iteration only; a second one goes on where the first one stands.
 */
export class LogSubscription implements Subscription {
  readonly #messages: AsyncGenerator<SubscriptionMessage, void>;
  readonly #closing = new AbortController();
  readonly #pauses = new Pauses(LONGEST_PAUSE_MS);
  #call: PulledCall | undefined;
  /** Where the next connection goes on. */
  #resume: LogPosition | undefined;
  #position: Position;

  constructor(
    private readonly open: OpenSubscription,
    after: Position,
    private readonly batchSize: number,
    private readonly onEnd: (ended: LogSubscription) => void,
  ) {
    this.#position = after;
    this.#resume = after === START ? undefined : { commit: String(after), prepare: String(after) };
    this.#messages = this.#follow();
  }

  [Symbol.asyncIterator](): AsyncIterator<SubscriptionMessage> {
    return this.#messages;
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#call?.cancel();
    this.onEnd(this);
    return Promise.resolve();
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async *#follow(): AsyncGenerator<SubscriptionMessage, void> {
    let interrupted: string | undefined;
    try {
      while (!this.#closed) {
        let reason: string;
        try {
          for await (const message of this.#connection()) {
            interrupted = undefined;
            yield message;
            if (this.#closed) return;
          }
          reason = 'The server ended the subscription';
        } catch (error) {
          reason = reasonOf(error);
        }
        if (this.#closed) return;
        if (interrupted !== reason) yield { kind: 'interrupted', reason };
        interrupted = reason;
        await this.#pauses.pause({ signal: this.#closing.signal });
      }
    } finally {
      this.#call?.cancel();
      this.onEnd(this);
    }
  }

  /** What one connection brings. @throws whatever ends it */
  async *#connection(): AsyncGenerator<SubscriptionMessage, void> {
    this.#call = new PulledCall(await within(PATIENCE_MS, this.open(this.#resume), (late) => late.cancel()), this.batchSize);
    if (this.#closed) this.#call.cancel();
    // A server confirms a subscription at once; after that it may be silent for as long as nothing happens.
    let patience: number | undefined = PATIENCE_MS;
    try {
      for (;;) {
        const messages = await this.#call.next(patience);
        if (messages === undefined) return;
        patience = undefined;
        this.#pauses.reset();
        yield* this.#told(messages);
      }
    } finally {
      this.#call.cancel();
    }
  }

  *#told(messages: readonly ReadMessage[]): Generator<SubscriptionMessage> {
    let events: RecordedEvent[] = [];
    for (const message of messages) {
      switch (message.kind) {
        case 'event': {
          const { position } = message.event;
          if (position <= this.#position) break;
          this.#position = position;
          this.#resume = { commit: String(position), prepare: String(position) };
          if (events.push(message.event) < this.batchSize) break;
          yield { kind: 'events', events };
          events = [];
          break;
        }
        case 'checkpoint':
          this.#resume = message.position;
          break;
        case 'caught-up':
          if (events.length > 0) yield { kind: 'events', events };
          events = [];
          yield { kind: 'caught-up', position: this.#position };
          break;
        case 'other':
          break;
      }
    }
    if (events.length > 0) yield { kind: 'events', events };
  }
}
