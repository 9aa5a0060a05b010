// Follows the log from a position on.
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { Position, Subscription, SubscriptionMessage } from '../port.js';
import type { Waiting } from './commit-signal.js';
import type { Page } from './log-reader.js';

export interface FollowedLog {
  /** @throws Error if the log cannot be read now */
  allAfter(position: Position, limit: number): Page;
  /** Resolves when there may be something after a position. */
  waitFor(position: Position): Waiting;
}

/**
 * Reads a batch only when it is asked for one: what is in memory is one batch, however slow the subscriber.
 * One iteration only; a second one goes on where the first one stands. Waiting does not keep the process alive.
 */
export class LogSubscription implements Subscription {
  readonly #messages: AsyncGenerator<SubscriptionMessage, void>;
  #waiting: Waiting | undefined;
  #closed = false;

  constructor(
    private readonly log: FollowedLog,
    after: Position,
    batchSize: number,
    private readonly onEnd: (ended: LogSubscription) => void,
  ) {
    this.#messages = this.#follow(after, batchSize);
  }

  [Symbol.asyncIterator](): AsyncIterator<SubscriptionMessage> {
    return this.#messages;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#waiting?.wake();
    this.onEnd(this);
    return Promise.resolve();
  }

  async *#follow(after: Position, batchSize: number): AsyncGenerator<SubscriptionMessage, void> {
    let position = after;
    let caughtUp = false;
    let interrupted = false;
    try {
      while (!this.#closed) {
        const read = this.#read(position, batchSize);
        if ('reason' in read) {
          if (!interrupted) yield { kind: 'interrupted', reason: read.reason };
          interrupted = true;
          caughtUp = false;
        } else {
          interrupted = false;
          if (read.events.length > 0) {
            position = read.events.at(-1)!.position;
            caughtUp = false;
            yield { kind: 'events', events: read.events };
          }
          if (!read.last) {
            await turnOfTheEventLoop();
            continue;
          }
          if (!caughtUp) yield { kind: 'caught-up', position };
          caughtUp = true;
        }
        await this.#wait(position);
      }
    } finally {
      this.onEnd(this);
    }
  }

  #read(position: Position, batchSize: number): Page | { readonly reason: string } {
    try {
      return this.log.allAfter(position, batchSize);
    } catch (error) {
      return { reason: (error as Error).message };
    }
  }

  async #wait(position: Position): Promise<void> {
    if (this.#closed) return;
    this.#waiting = this.log.waitFor(position);
    await this.#waiting.over;
    this.#waiting = undefined;
  }
}
