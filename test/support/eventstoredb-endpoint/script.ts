// What the endpoint was told to do wrong, above the wire. Where nothing is scripted it does what a server does.
import type { ServiceError } from '@grpc/grpc-js';

/**
 * - `wrong-version`: nothing is written, and the answer is that the stream is elsewhere.
 * - `cut`: written, and then every connection breaks before the answer.
 * - `unanswered`: written, and never answered; the connection stays.
 */
export type AppendFault = 'wrong-version' | 'cut' | 'unanswered';

export class Script {
  readonly #appendFaults: AppendFault[] = [];
  readonly #subscriptions = new Set<(reason: ServiceError | undefined) => void>();

  /** @param cut breaks every connection */
  constructor(readonly cut: () => void) {}

  /** The next appends, one each, go wrong. */
  failAppends(...faults: readonly AppendFault[]): void {
    this.#appendFaults.push(...faults);
  }

  nextAppendFault(): AppendFault | undefined {
    return this.#appendFaults.shift();
  }

  /** @returns takes the subscription off the list again */
  onDrop(drop: (reason: ServiceError | undefined) => void): () => void {
    this.#subscriptions.add(drop);
    return () => void this.#subscriptions.delete(drop);
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** @param reason undefined: they end without an error */
  dropSubscriptions(reason: ServiceError | undefined): void {
    for (const drop of this.#subscriptions) drop(reason);
  }

  clear(): void {
    this.#appendFaults.length = 0;
  }
}
