// What a development, as it stands, puts into the tables: worked out once for all of them.
import type { Standing } from '#crisis/standing.js';
import { tallyOf, type Tally } from '#crisis/tally.js';
import { dayOf } from '#crisis/time.js';
import { packTally } from './tables/packed-tally.js';
import { keyOf, type OrderKey } from './tables/order-key.js';

export interface Contribution {
  readonly standing: Standing;
  readonly key: OrderKey;
  /** Not retracted, and supported by a report. */
  readonly visible: boolean;
  /** What it adds to the counts, and where; undefined where no report supports it. */
  readonly counted: { readonly day: number; readonly tally: Tally; readonly packed: number; readonly support: number } | undefined;
}

/** @param supportOf the number of what it rests on; undefined where no report supports it */
export function contributionOf(standing: Standing, supportOf: (standing: Standing) => number | undefined): Contribution {
  const tally = tallyOf(standing);
  const support = supportOf(standing);
  return {
    standing,
    key: keyOf(standing.order),
    visible: tally?.developments === 1,
    counted:
      tally === undefined || support === undefined
        ? undefined
        : { day: dayOf(standing.order.earliest), tally, packed: packTally(tally), support },
  };
}
