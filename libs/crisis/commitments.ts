// All promises of a crisis, whatever became of them.
import { expectPromises, verifiedCommitmentAt, type Commitment, type VerifiedCommitment } from './commitment.js';
import type { Candidate } from './candidate.js';
import type { CrisisSlots } from './crisis-slots.js';
import { compareOrder, type Order } from './order.js';

/** How promises can be asked for: by their state, and among the open ones those that are overdue, among the delivered ones those that came late. */
export const COMMITMENT_FILTERS = ['open', 'overdue', 'delivered', 'late', 'withdrawn', 'renewed'] as const;

export interface CommitmentFilter {
  readonly by?: readonly string[];
  readonly to?: readonly string[];
  readonly state?: readonly (typeof COMMITMENT_FILTERS)[number][];
}

export interface CrisisCommitment extends VerifiedCommitment {
  track: string;
}

/** The promises of a crisis as they stand at `asOf` (ms), the last made first. */
export function* commitmentsAt(
  slots: CrisisSlots,
  asOf: number,
  filter: CommitmentFilter,
  before?: Order,
): Generator<Candidate<CrisisCommitment>> {
  const readers = new Map(slots.tracks.map((each) => [each.track, each.slots]));
  const openOnly = filter.state?.every((state) => state === 'open' || state === 'overdue') ?? false;
  for (const { track, promise, by, to, order } of openOnly ? open(slots, asOf, before) : all(slots, asOf, before)) {
    const isAskedFor = (filter.by?.includes(by) ?? true) && (filter.to?.includes(to) ?? true);
    const commitment = isAskedFor ? verifiedCommitmentAt(promise, readers.get(track)!, asOf) : undefined;
    yield { order, shown: commitment !== undefined && isIn(commitment, filter.state) ? { track, ...commitment } : undefined };
  }
}

interface Made {
  readonly track: string;
  readonly promise: string;
  readonly by: string;
  readonly to: string;
  readonly order: Order;
}

function* all(slots: CrisisSlots, asOf: number, before?: Order): Generator<Made> {
  for (const { track, development, value, order } of slots.every('promised', asOf, before))
    yield { track, promise: development, ...value, order };
}

/** Those that may be open: few, however many there ever were. */
function open(slots: CrisisSlots, asOf: number, before?: Order): Made[] {
  const made = slots.tracks.flatMap((track) => {
    const promises = [...track.slots.open('promise', asOf)];
    expectPromises(promises, track.slots, asOf);
    return promises.flatMap((promise): Made[] => {
      const row = track.slots.last('promise', promise, asOf);
      return row === undefined ? [] : [{ track: track.track, promise, by: row.value.by, to: row.value.to, order: row.order }];
    });
  });
  return made.filter(({ order }) => before === undefined || compareOrder(order, before) < 0).sort((a, b) => compareOrder(b.order, a.order));
}

function isIn({ state, overdue, late }: Commitment, states: CommitmentFilter['state']): boolean {
  if (states === undefined || states.includes(state)) return true;
  return (overdue && states.includes('overdue')) || (late === true && states.includes('late'));
}
