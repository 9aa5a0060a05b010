// The time by which deliveries are tried again.

export interface Clock {
  /** ms */
  now(): number;
  /** Calls after so many ms, unless the signal is aborted before. Keeps no process alive. */
  after(ms: number, call: () => void, signal: AbortSignal): void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  after(ms, call, signal) {
    const timer = setTimeout(call, ms).unref();
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  },
};
