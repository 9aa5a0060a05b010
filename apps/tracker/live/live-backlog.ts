// What a connection that has fallen behind is yet to be told: in order, and of several states of one thing only the latest.
//
// Guarantees: a message without `conflates` stays until it is taken. A state takes the place of the one before it that has the same
// `conflates`, at its own place: so what is taken is always in the order of the log, and whoever resumes after any of it has
// missed nothing but states that a later one, still to come, replaces.
// Non-guarantee: it refuses nothing. Whoever puts into it while it is full makes it grow.
import { joined } from './live-pieces.js';
import type { LiveMessage } from './live-pages.js';

export class LiveBacklog {
  /** By what they conflate; else by themselves. In the order in which they were put in. */
  readonly #messages = new Map<string | LiveMessage, LiveMessage>();
  #bytes = 0;

  /** @param limit more bytes than this: it is full */
  constructor(private readonly limit: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#messages.size === 0;
  }

  get isFull(): boolean {
    return this.#bytes > this.limit;
  }

  /** @param conflating whether a state replaces the one before it */
  put(message: LiveMessage, conflating: boolean): void {
    const key = (conflating ? message.conflates : undefined) ?? message;
    this.#delete(key);
    this.#messages.set(key, message);
    this.#bytes += message.bytes.length;
  }

  /** Takes what goes out next, at least a message; of an empty one, nothing. */
  take(): Buffer {
    const { bytes, count } = joined(this.#messages.values());
    let left = count;
    for (const key of this.#messages.keys()) {
      if (left-- === 0) break;
      this.#delete(key);
    }
    return bytes;
  }

  #delete(key: string | LiveMessage): void {
    this.#bytes -= this.#messages.get(key)?.bytes.length ?? 0;
    this.#messages.delete(key);
  }
}
