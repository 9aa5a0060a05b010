// A clock that stands still until it is moved.
import type { Clock } from '../clock.js';

export class FakeClock implements Clock {
  #now: number;
  #timers: { readonly at: number; readonly call: () => void; readonly signal: AbortSignal }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void, signal: AbortSignal): void {
    this.#timers.push({ at: this.#now + ms, call, signal });
  }

  /** The earliest moment at which something is to be done. */
  get next(): number | undefined {
    const moments = this.#timers.filter(({ signal }) => !signal.aborted).map(({ at }) => at);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  /** Moves on to a moment, and does what was to be done by then. */
  moveTo(moment: number): void {
    this.#now = moment;
    const due = this.#timers.filter(({ at }) => at <= moment);
    this.#timers = this.#timers.filter(({ at }) => at > moment);
    for (const { call, signal } of due) if (!signal.aborted) call();
  }
}
