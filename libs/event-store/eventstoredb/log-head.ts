// Where a log stands that shares its server with others: the last event of its own streams.
import { START, StoreUnavailable } from '../port.js';
import type { Position, RecordedEvent } from '../port.js';

/** More of the log's own events than this since the last look are passed over from the end instead of read. */
const READ_ON_AT_MOST = 500;

export interface LogHeadParts {
  /** The server's very last event, whosever it is. @throws StoreUnavailable */
  lastOfAll(): Promise<Position | undefined>;
  /** Of the log's own events, the latest first. @throws StoreUnavailable */
  backwards(): AsyncIterable<RecordedEvent>;
  /** Of the log's own events, after a position that the server gave. @throws StoreUnavailable */
  after(position: Position): AsyncIterable<RecordedEvent>;
}

/**
 * Guarantee: what was acknowledged before the call, anywhere, is not after the head that it gives.
 * The server is asked for what came since the last look only: a long stretch of others' events is passed over once.
 */
export class LogHead {
  #seen: { readonly head: Position; readonly upTo: Position } | undefined;

  constructor(private readonly parts: LogHeadParts) {}

  /** @throws StoreUnavailable */
  async look(): Promise<Position> {
    const upTo = (await this.parts.lastOfAll()) ?? START;
    const head = (await this.#headSinceSeen(upTo)) ?? (await this.#headFromTheEnd());
    // Looks may overtake each other.
    if (this.#seen === undefined || upTo > this.#seen.upTo) this.#seen = { head, upTo };
    return head;
  }

  /** Undefined if it is better sought from the end. */
  async #headSinceSeen(upTo: Position): Promise<Position | undefined> {
    const seen = this.#seen;
    if (seen === undefined || seen.upTo === START) return undefined;
    if (seen.upTo >= upTo) return seen.head;
    let { head } = seen;
    let read = 0;
    try {
      for await (const { position } of this.parts.after(seen.upTo)) {
        head = position;
        if (++read > READ_ON_AT_MOST) return undefined;
      }
    } catch (error) {
      // A position in the middle of somebody's transaction is none that can be read from.
      if (error instanceof StoreUnavailable) return undefined;
      throw error;
    }
    return head;
  }

  async #headFromTheEnd(): Promise<Position> {
    for await (const { position } of this.parts.backwards()) return position;
    return START;
  }
}
