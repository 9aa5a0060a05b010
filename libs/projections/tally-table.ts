// Counts in memory, filled development by development: for a replay, and for a read without some sources.
import { compareOrder, type Order } from '#crisis/order.js';
import type { SourceFilter, Standing } from '#crisis/standing.js';
import { tallyOf, type Tally } from '#crisis/tally.js';
import { TensionSums, TENSION_DAYS, type DayScore, type Tension } from '#crisis/tension.js';
import { dayOf } from '#crisis/time.js';
import type { Tallies } from '#crisis/track-state.js';
import { Counts } from './counts.js';

/** A visible development that has begun. */
export interface Stands {
  readonly development: string;
  /** EDTF */
  readonly occurredAt: string;
  readonly order: Order;
}

/** What was counted before. */
export interface Counted {
  readonly total: Counts;
  /** By day, of the last {@link TENSION_DAYS} days. */
  readonly days: Map<number, Counts>;
  readonly last: Stands | undefined;
  /** What may not be over. */
  readonly spans: Iterable<Stands>;
}

/** How many days are kept that no tension looks at any more. */
const OLD_DAYS = 200;

/** Takes only developments that have begun by the moment for which it is asked. That never falls. */
export class TallyTable {
  readonly total: Counts;
  readonly days: Map<number, Counts>;
  readonly #spans: Map<string, Stands>;
  #last: Stands | undefined;
  #isLastKnown = true;
  /** The days before today. */
  #past: { readonly today: number; readonly sums: TensionSums } | undefined;

  /** @param findLast which development is the last one, once that one has gone */
  constructor(
    counted: Counted = NOTHING(),
    private readonly findLast: () => Stands | undefined = () => undefined,
  ) {
    ({ total: this.total, days: this.days, last: this.#last } = counted);
    this.#spans = new Map(Array.from(counted.spans, (stands) => [stands.development, stands]));
  }

  /** A development stands otherwise than before, or is new. */
  change(before: Standing | undefined, after: Standing, filter?: SourceFilter): void {
    const old = before && tallyOf(before, filter);
    const now = tallyOf(after, filter);
    if (old !== undefined) {
      const { content, order } = before!;
      this.count(dayOf(order.earliest), old, -1);
      this.#spans.delete(content.id);
      if (this.#last?.development === content.id) this.#isLastKnown = false;
    }
    if (now === undefined) return;
    const { order, content } = after;
    this.count(dayOf(order.earliest), now);
    if (now.developments === 0) return;
    const stands = { development: content.id, occurredAt: content.occurredAt, order };
    if (this.#last === undefined || compareOrder(order, this.#last.order) >= 0) [this.#last, this.#isLastKnown] = [stands, true];
    if (order.latest > order.earliest) this.#spans.set(content.id, stands);
  }

  /** @param times -1 takes away */
  count(day: number, tally: Tally, times: 1 | -1 = 1): void {
    this.total.add(tally, times);
    let counts = this.days.get(day);
    if (counts === undefined) this.days.set(day, (counts = new Counts()));
    counts.add(tally, times);
    if (this.#past !== undefined && day < this.#past.today) this.#past = undefined;
  }

  /** Whether a development is there whose span was not over when it was last asked for. */
  hasSpan(development: string): boolean {
    return this.#spans.has(development);
  }

  /** @param asOf ms */
  at(asOf: number): Tallies {
    for (const [development, { order }] of this.#spans) if (order.latest <= asOf) this.#spans.delete(development);
    if (!this.#isLastKnown) [this.#last, this.#isLastKnown] = [this.findLast(), true];
    const { developments, meetingsHeld, verification } = this.total;
    return {
      developments,
      meetingsHeld,
      verification,
      tension: this.#tensionOn(dayOf(asOf)),
      lastDevelopment: this.#last,
      uncertain: this.#spans.size === 0 ? [] : [...this.#spans.values()].sort((a, b) => compareOrder(a.order, b.order)),
    };
  }

  #tensionOn(today: number): Tension {
    if (this.#past?.today !== today) {
      const sums = new TensionSums(today);
      for (let day = today - TENSION_DAYS; day < today; day++) sums.add(scoreOn(day, this.days.get(day)));
      this.#past = { today, sums };
      if (this.days.size > TENSION_DAYS + OLD_DAYS)
        for (const day of this.days.keys()) if (day < today - TENSION_DAYS) this.days.delete(day);
    }
    const sums = this.#past.sums.copy();
    sums.add(scoreOn(today, this.days.get(today)));
    return sums.tension;
  }
}

const NOTHING = (): Counted => ({ total: new Counts(), days: new Map(), last: undefined, spans: [] });

function scoreOn(day: number, counts: Counts | undefined): DayScore {
  return { day, count: counts?.scored ?? 0, sum: (counts?.score ?? 0) / 10 };
}
