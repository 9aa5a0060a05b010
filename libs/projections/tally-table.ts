// Counts in memory, filled development by development: for a replay, and for a read without some sources.
import { compareOrder, type Order } from '#crisis/order.js';
import type { SourceFilter, Standing } from '#crisis/standing.js';
import { tallyOf, type Tally } from '#crisis/tally.js';
import { tensionAt, TENSION_DAYS, type Tension } from '#crisis/tension.js';
import { dayOf } from '#crisis/time.js';
import type { Tallies } from '#crisis/track-state.js';
import { Counts, dayScores } from './counts.js';

interface Stands {
  readonly development: string;
  readonly occurredAt: string;
  readonly order: Order;
}

/** Takes each development once, and only those that have begun by the moment for which it is asked. */
export class TallyTable {
  readonly total = new Counts();
  readonly days = new Map<number, Counts>();
  #last: Stands | undefined;
  /** Of these, some may be over. */
  #spans: Stands[] = [];

  put(standing: Standing, filter?: SourceFilter): void {
    const tally = tallyOf(standing, filter);
    if (tally === undefined) return;
    const { order, content } = standing;
    this.count(dayOf(order.earliest), tally);
    if (tally.developments === 0) return;
    const stands = { development: content.id, occurredAt: content.occurredAt, order };
    if (this.#last === undefined || compareOrder(order, this.#last.order) > 0) this.#last = stands;
    if (order.latest > order.earliest) this.#spans.push(stands);
  }

  count(day: number, tally: Tally): void {
    this.total.add(tally);
    let counts = this.days.get(day);
    if (counts === undefined) this.days.set(day, (counts = new Counts()));
    counts.add(tally);
  }

  /** @param asOf ms; never earlier than in the calls before */
  at(asOf: number): Tallies {
    this.#spans = this.#spans.filter(({ order }) => order.latest > asOf);
    const { developments, meetingsHeld, verification } = this.total;
    return {
      developments,
      meetingsHeld,
      verification,
      tension: this.#tensionOn(dayOf(asOf)),
      lastDevelopment: this.#last,
      uncertain: this.#spans.toSorted((a, b) => compareOrder(a.order, b.order)),
    };
  }

  #tensionOn(today: number): Tension {
    const recent = new Map<number, Counts>();
    for (let day = today - TENSION_DAYS; day <= today; day++) {
      const counts = this.days.get(day);
      if (counts !== undefined) recent.set(day, counts);
    }
    return tensionAt(dayScores(recent), today);
  }
}
