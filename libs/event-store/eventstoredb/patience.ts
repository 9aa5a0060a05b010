// How long the adapter tries, and how it pauses between attempts.
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../port.js';

/**
 * How long an append or a read is tried before its caller is told, ms. Shorter than a command's patience (4.5 s), so that who
 * waits is told in time; long enough for a cluster to choose another leader.
 */
export const PATIENCE_MS = 4000;

/** An attempt that has less time than this is not made: it would only hide what the one before it has found out. ms */
export const LEAST_ATTEMPT_MS = 250;

const FIRST_PAUSE_MS = 50;

/** Pauses that double, and of each a random part, so that those who lost a server together do not come back together. */
export class Pauses {
  #next = FIRST_PAUSE_MS;

  /** @param longest ms */
  constructor(private readonly longest: number) {}

  /** Ends early, and quietly, when the signal is aborted. */
  async pause({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const half = this.#next / 2;
    this.#next = Math.min(this.#next * 2, this.longest);
    await sleep(half + Math.random() * half, undefined, { signal }).catch(() => undefined);
  }

  reset(): void {
    this.#next = FIRST_PAUSE_MS;
  }
}

/**
 * What is waited for, or a refusal: after so many ms, or when the signal is aborted. What comes too late goes to `late`.
 * @throws StoreUnavailable
 */
export async function within<T>(
  ms: number,
  waitedFor: Promise<T>,
  { late = () => undefined, signal }: { readonly late?: (value: T) => void; readonly signal?: AbortSignal } = {},
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  let over = false;
  const giveUp = (): void => {
    over = true;
    reject(new StoreUnavailable(signal?.aborted === true ? 'The event log is closed' : 'No node of the event store answers'));
  };
  const timer = setTimeout(giveUp, ms);
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted === true) giveUp();
  waitedFor.then(
    (value) => (over ? late(value) : undefined),
    () => undefined,
  );
  try {
    return await Promise.race([waitedFor, promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
