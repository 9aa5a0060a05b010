// How many a second, over the last while.

const WINDOW_MS = 10_000;

export class Rate {
  readonly #counted: { readonly at: number; readonly count: number }[] = [];
  readonly #since: number;

  /** @param now ms, never going back */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.#since = now();
  }

  count(count: number): void {
    this.#forget();
    if (count > 0) this.#counted.push({ at: this.now(), count });
  }

  /** Over the last ten seconds, or as long as it has been counting. */
  perSecond(): number {
    this.#forget();
    const total = this.#counted.reduce((sum, { count }) => sum + count, 0);
    const seconds = Math.min(WINDOW_MS, this.now() - this.#since) / 1000;
    return seconds === 0 ? 0 : total / seconds;
  }

  #forget(): void {
    const from = this.now() - WINDOW_MS;
    const kept = this.#counted.findIndex(({ at }) => at > from);
    this.#counted.splice(0, kept < 0 ? this.#counted.length : kept);
  }
}
