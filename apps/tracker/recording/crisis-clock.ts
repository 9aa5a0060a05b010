// Record time in one crisis: it never falls along the log.
import { refusal, type Refusal } from '#crisis/refusal.js';
import { formatMoment } from '#crisis/time.js';

/** A clock that is further behind than this does not record, ms. */
const MAX_BEHIND_MS = 5000;
/** How long what the read side said of the latest record time is taken to hold, ms. */
const ASKED_FOR_MS = 1000;

export interface CrisisClockSources {
  now(): number;
  /** The latest record time of the crisis once all that is in the log is applied; null if it has none, ms. @throws StoreAway */
  latestRecorded(): Promise<number | null>;
  /** The same of what is applied by now, whatever the log holds beyond; undefined if that cannot be said. */
  latestApplied(): Promise<number | null | undefined>;
}

/**
 * The record times that a process gives out for one crisis, and the gate through which an archive's own record times go:
 * events of different record times are appended one after the other, never side by side.
 *
 * Guarantees: what this process gives out never falls, and never lies before what it knows to be recorded, by whichever
 * process; while its own clock is more than 5 s behind that, it gives out none.
 * Non-guarantee: it knows of other processes' events when the read side has applied them, and about a second later at most.
 */
export class CrisisClock {
  #latest: number | undefined;
  #askedAt = -Infinity;
  #learnt = false;
  #lookedAt = -Infinity;
  #nextLook: NodeJS.Timeout | undefined;
  /** Archive commands on their way, by the stream on which they are. */
  readonly #underWay = new Map<string, number>();
  #time: number | undefined;
  #gate: Promise<void> = Promise.resolve();
  #opened: (() => void) | undefined;

  constructor(private readonly sources: CrisisClockSources) {}

  /** The record time of a command that is decided now, or why there is none. @param given by an archive, ms */
  recordTime(given: number | undefined): number | Refusal {
    const now = this.sources.now();
    const latest = this.#latest ?? -Infinity;
    if (given === undefined) {
      if (now < latest - MAX_BEHIND_MS) {
        return refusal(
          'unavailable',
          'clock-behind',
          `The clock of this server is more than 5 s behind what is recorded already (${formatMoment(latest)}); set it right`,
        );
      }
      return Math.max(now, latest);
    }
    if (given > now) return inFuture(given);
    if (given >= latest) return given;
    const detail = `The crisis has a development recorded at ${formatMoment(latest)}; an archive cannot be recorded before that`;
    return refusal('conflict', 'record-time-passed', detail, [
      { pointer: '/recordedAt', detail: `must not be before ${formatMoment(latest)}` },
    ]);
  }

  /** The record time of a register's entry: it may lie in the past, and holds nobody up. */
  registerTime(given: number | undefined): number | Refusal {
    const now = this.sources.now();
    return given !== undefined && given > now ? inFuture(given) : (given ?? now);
  }

  /** Whether it is known how far the crisis's record had come before this process took part in it. */
  get hasLearnt(): boolean {
    return this.#learnt;
  }

  /** Learns how far the crisis's record has come, as far as the read side can tell. */
  async learn(): Promise<void> {
    this.#lookedAt = performance.now();
    const latest = await this.sources.latestApplied();
    if (latest === undefined) return;
    this.#learnt = true;
    if (latest !== null) this.given(latest);
  }

  /** The read side has applied events of the crisis, perhaps another process's: looks again, once a second at most. */
  heard(): void {
    if (this.#nextLook !== undefined) return;
    const look = (): void => {
      this.#nextLook = undefined;
      void this.learn();
    };
    this.#nextLook = setTimeout(look, Math.max(this.#lookedAt + ASKED_FOR_MS - performance.now(), 0)).unref();
  }

  /** Notes a record time that was given to an event. */
  given(recordedAt: number): void {
    this.#latest = Math.max(this.#latest ?? -Infinity, recordedAt);
  }

  /**
   * Lets an archive's commands through in the order of the calls: beside each other only if they have one record time or
   * one stream. Resolves to how to leave.
   */
  enter(stream: string, recordedAt: number): Promise<() => void> {
    const entered = this.#gate.then(() => this.#admit(stream, recordedAt));
    this.#gate = entered.then(
      () => undefined,
      () => undefined,
    );
    return entered;
  }

  async #admit(stream: string, recordedAt: number): Promise<() => void> {
    if (this.#underWay.size === 0) await this.#learnLatest();
    while (this.#underWay.size > 0 && this.#time !== recordedAt && !(this.#underWay.size === 1 && this.#underWay.has(stream))) {
      await new Promise<void>((resolve) => (this.#opened = resolve));
    }
    this.#time = recordedAt;
    this.#underWay.set(stream, (this.#underWay.get(stream) ?? 0) + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const others = this.#underWay.get(stream)! - 1;
      if (others > 0) this.#underWay.set(stream, others);
      else this.#underWay.delete(stream);
      this.#opened?.();
    };
  }

  async #learnLatest(): Promise<void> {
    const now = this.sources.now();
    if (now - this.#askedAt < ASKED_FOR_MS) return;
    const latest = await this.sources.latestRecorded();
    if (latest !== null) this.given(latest);
    this.#askedAt = this.sources.now();
  }
}

function inFuture(given: number): Refusal {
  const detail = `The record time ${formatMoment(given)} lies in the future`;
  return refusal('rule', 'record-time-in-future', detail, [{ pointer: '/recordedAt', detail: 'lies in the future' }]);
}
