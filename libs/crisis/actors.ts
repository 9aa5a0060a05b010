// What an actor said, did and owes.
import type { CrisisCommitment } from './commitments.js';
import type { CrisisSlots } from './crisis-slots.js';
import { compareOrder } from './order.js';
import { positionsOf, type CrisisPosition } from './positions.js';
import type { StatementValue } from './slots.js';
import type { Verification } from './standing.js';

/** The last statement that an actor made, or that was made for it. */
export interface ActorStatement extends StatementValue {
  track: string;
  development: string;
  occurredAt: string;
  /** For whom the speaker spoke: the speaker, or whom they spoke for. */
  party: string;
  verification: Verification;
}

export interface ActorState {
  latestStatement: ActorStatement | null;
  /** As {@link CrisisPosition}, of this party. */
  positions: CrisisPosition[];
  /** What it promised and has not kept; the last promise first. */
  owes: CrisisCommitment[];
  /** What was promised to it. */
  isOwed: CrisisCommitment[];
}

/** An actor at `asOf` (ms): a pure function of slots. @param open the open promises of the crisis, then */
export function actorAt(actor: string, slots: CrisisSlots, open: readonly CrisisCommitment[], asOf: number): ActorState {
  return {
    latestStatement: latestStatement(actor, slots, asOf),
    positions: positionsOf(actor, slots, asOf),
    owes: open.filter(({ by }) => by === actor),
    isOwed: open.filter(({ to }) => to === actor),
  };
}

function latestStatement(actor: string, slots: CrisisSlots, asOf: number): ActorStatement | null {
  const made = slots.last('statement', actor, asOf);
  const said = slots.last('said', actor, asOf);
  const own = made && { ...made, value: { ...made.value, party: actor } };
  const row = own !== undefined && said !== undefined ? (compareOrder(own.order, said.order) > 0 ? own : said) : (own ?? said);
  if (row === undefined) return null;
  const { track, development, occurredAt, value, verification } = row;
  return { track, development, occurredAt, ...value, verification };
}
