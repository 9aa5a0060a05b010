// How the threads that read a log learn that there is more in it.
import { BroadcastChannel } from 'node:worker_threads';
import { channelOf } from './log-file.js';

export interface Waiting {
  /** Resolves when there may be news, or when told to wake. Never rejects. */
  readonly over: Promise<void>;
  wake(): void;
}

/**
 * Tells of commits made by any thread of this process, at once, and of those of other processes, which it cannot hear,
 * by letting nobody wait longer than the poll interval. Does not keep the process alive.
 */
export class CommitSignal {
  readonly #channel: BroadcastChannel;
  readonly #waiting = new Set<{ readonly position: number; readonly wake: () => void }>();
  /** The last position told; the log may be further. */
  #head = 0;

  /** @param pollInterval in milliseconds */
  constructor(
    folder: string,
    private readonly pollInterval: number,
  ) {
    this.#channel = new BroadcastChannel(channelOf(folder));
    this.#channel.onmessage = (message) => this.#tell((message as { data: number }).data);
    this.#channel.unref();
  }

  /** Waits for a commit after a position, the poll interval at most. A commit told before the call counts too. */
  after(position: number): Waiting {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#head > position) {
      resolve();
      return { over: promise, wake: resolve };
    }
    const wake = () => {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
      resolve();
    };
    const waiting = { position, wake };
    const timer = setTimeout(wake, this.pollInterval).unref();
    this.#waiting.add(waiting);
    return { over: promise, wake };
  }

  /** Wakes all who wait. */
  close(): void {
    this.#channel.close();
    for (const { wake } of this.#waiting) wake();
  }

  #tell(head: number): void {
    this.#head = Math.max(this.#head, head);
    for (const { position, wake } of this.#waiting) if (head > position) wake();
  }
}
