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
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', clear);
      call();
    }, ms).unref();
    const clear = (): void => clearTimeout(timer);
    signal.addEventListener('abort', clear, { once: true });
  },
};
