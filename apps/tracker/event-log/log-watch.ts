// Whether the log can be had, and how stale what is read may be.
import type { EventStore, Position } from '#event-store/port.js';
import type { Progress, ReadSide } from '#projections/read-side.js';

/** How often it is looked where the log stands, ms. */
const LOOK_EVERY_MS = 1000;
/** How long whoever asks for the log's head waits for it, ms. */
const HEAD_PATIENCE_MS = 1000;

/**
 * Guarantee: `lag` is 0 only if nothing that this process has seen in the log is missing from the read side, the log was
 * there when it last looked, and the read side follows it.
 * Non-guarantee: what was recorded elsewhere since then, within about a second (5 s where a server is frozen), is not known.
 */
export class LogWatch {
  readonly #stopListening: () => void;
  /** Since when the read side cannot follow the log, or was not level with it yet. */
  #notFollowing: number | undefined;
  /** What the log holds and the read side has not applied: the first of it that was seen, and when. */
  #unread: { readonly position: Position; readonly since: number } | undefined;
  /** Since when the store does not answer. */
  #awaySince: number | undefined;
  #wasLevel = false;
  #next: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly store: Pick<EventStore, 'head'>,
    private readonly readSide: Pick<ReadSide, 'progress' | 'onProgress'>,
    private readonly now: () => number = Date.now,
  ) {
    this.#progressed(readSide.progress);
    this.#stopListening = readSide.onProgress((progress) => this.#progressed(progress));
    void this.#look();
  }

  /** Where the log stands now. @throws Error it cannot be had within a second */
  async head(): Promise<Position> {
    const asked = this.now();
    const { promise, reject } = Promise.withResolvers<never>();
    const patience = setTimeout(() => reject(new Error('It does not answer')), HEAD_PATIENCE_MS);
    try {
      const head = await Promise.race([this.store.head(), promise]);
      this.#awaySince = undefined;
      return head;
    } catch (error) {
      this.#awaySince ??= asked;
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  /** For how long the read side may be out of date, s; undefined if it has not been level with the log since the start. */
  get lag(): number | undefined {
    if (!this.#wasLevel) return undefined;
    const unread = this.#unread !== undefined && this.readSide.progress.position < this.#unread.position ? this.#unread.since : undefined;
    const since = [this.#notFollowing, this.#awaySince, unread].filter((moment) => moment !== undefined);
    return since.length === 0 ? 0 : Math.max((this.now() - Math.min(...since)) / 1000, 0);
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    clearTimeout(this.#next);
  }

  #progressed({ caughtUp, interrupted }: Progress): void {
    if (caughtUp) this.#wasLevel = true;
    if (caughtUp && interrupted === undefined) this.#notFollowing = undefined;
    else this.#notFollowing ??= this.now();
  }

  async #look(): Promise<void> {
    try {
      const head = await this.head();
      const { position } = this.readSide.progress;
      if (position >= head) this.#unread = undefined;
      else if (this.#unread === undefined || position >= this.#unread.position) this.#unread = { position: head, since: this.now() };
    } catch {
      // it is noted that it is away
    }
    if (!this.#closed) this.#next = setTimeout(() => void this.#look(), LOOK_EVERY_MS).unref();
  }
}
