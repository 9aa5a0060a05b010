// Promises are kept track of: whether one is open, delivered or overdue is an answer for any date, not a stored flag.
import { promiseKey, proposalKey, type Slot, type SlotRow } from './slots.js';
import { compareOrder } from './order.js';
import type { Matter, SlotReader } from './slot-table.js';
import type { Verification } from './standing.js';
import { parseDue, parseOccurrence } from './time.js';

export const COMMITMENT_STATES = ['open', 'delivered', 'withdrawn', 'renewed'] as const;

export interface Commitment {
  /** The development that promised. */
  promise: string;
  by: string;
  to: string;
  proposal?: string;
  undertaking: string;
  /** EDTF, of the promise. */
  promisedAt: string;
  /** EDTF. */
  dueBy?: string;
  state: (typeof COMMITMENT_STATES)[number];
  /** Open, and the latest moment of `dueBy` is before `asOf`. */
  overdue: boolean;
  /** The development that closed it. */
  closedBy?: string;
  /** EDTF, of that development. */
  closedAt?: string;
  /** Delivered after the latest moment of `dueBy`. */
  late?: boolean;
  /** The proposal to which it belongs was retracted. */
  dangling?: true;
}

export interface VerifiedCommitment extends Commitment {
  /** Of the promise. */
  verification: Verification;
  /** Of what closed it. */
  closingVerification?: Verification;
}

/** A promise, and what closed it. */
interface Promised {
  readonly row: SlotRow<'promise'>;
  readonly closing: SlotRow<'delivery'> | SlotRow<'withdrawal'> | undefined;
  readonly state: Commitment['state'];
}

function promisedAt(promise: string, slots: SlotReader, asOf: number): Promised | undefined {
  const row = slots.last('promise', promise, asOf);
  if (row === undefined) return undefined;
  const delivery = deliveryOf(promise, row, slots, asOf);
  const withdrawal = slots.first('withdrawal', promise, asOf);
  // What was renewed stays so: a later delivery answers the promise that took its place.
  const renewed = withdrawal?.value === 'renewed' && (delivery === undefined || compareOrder(withdrawal.order, delivery.order) < 0);
  if (delivery !== undefined && !renewed) return { row, closing: delivery, state: 'delivered' };
  return { row, closing: withdrawal, state: withdrawal?.value ?? 'open' };
}

/** For fewer it is not worth while to say what will be asked for. */
const WORTH_EXPECTING = 4;

/** Before many promises are looked at. */
export function expectPromises(promises: readonly string[], slots: SlotReader, asOf: number): void {
  if (slots.expect === undefined || promises.length < WORTH_EXPECTING) return;
  slots.expect('promise', promises);
  const made = promises.flatMap((promise) => slots.last('promise', promise, asOf) ?? []);
  const names = made.map(({ development }) => development);
  slots.expect('delivery', names.map(promiseKey));
  slots.expect('withdrawal', names);
  const on = made.flatMap(({ value: { by, proposal } }) => (proposal === undefined ? [] : [{ by, proposal }]));
  slots.expect(
    'delivery',
    on.map(({ by, proposal }) => proposalKey(proposal, by)),
  );
  slots.expect(
    'proposal',
    on.map(({ proposal }) => proposal),
  );
}

/** Before many proposals are looked at. */
export function expectProposals(proposals: readonly string[], slots: SlotReader, asOf: number): void {
  if (slots.expect === undefined || proposals.length < WORTH_EXPECTING) return;
  slots.expect('proposal', proposals);
  const tabled = proposals.flatMap((proposal) => {
    const row = slots.last('proposal', proposal, asOf);
    return row === undefined ? [] : [{ proposal, to: row.value.to }];
  });
  slots.expect(
    'withdrawal',
    tabled.map(({ proposal }) => proposal),
  );
  slots.expect(
    'delivery',
    tabled.flatMap(({ proposal, to }) => to.map((party) => proposalKey(proposal, party))),
  );
}

/** A promise as it stands at `asOf` (ms); undefined if there is none by then. */
export function commitmentAt(promise: string, slots: SlotReader, asOf: number): Commitment | undefined {
  const promised = promisedAt(promise, slots, asOf);
  return promised && commitmentOf(promise, promised, slots, asOf);
}

/** The same, with how the promise and what closed it are verified. */
export function verifiedCommitmentAt(promise: string, slots: SlotReader, asOf: number): VerifiedCommitment | undefined {
  const promised = promisedAt(promise, slots, asOf);
  if (promised === undefined) return undefined;
  const { row, closing } = promised;
  return {
    ...commitmentOf(promise, promised, slots, asOf),
    verification: row.verification,
    closingVerification: closing?.verification,
  };
}

function commitmentOf(promise: string, { row, closing, state }: Promised, slots: SlotReader, asOf: number): Commitment {
  const { by, to, proposal, undertaking, dueBy } = row.value;
  const due = dueBy === undefined ? Infinity : parseDue(dueBy).latest;
  return {
    promise,
    by,
    to,
    proposal,
    undertaking,
    promisedAt: row.occurredAt,
    dueBy,
    state,
    overdue: state === 'open' && due < asOf,
    closedBy: closing?.development,
    closedAt: closing?.occurredAt,
    late: state === 'delivered' ? closing!.order.earliest > due : undefined,
    dangling: proposal !== undefined && slots.last('proposal', proposal, Infinity) === undefined ? true : undefined,
  };
}

/** The parties that still owe an open proposal an answer: it closes for each addressee by itself. */
export function awaitedFrom(proposal: string, row: SlotRow<'proposal'>, slots: SlotReader, asOf: number): string[] {
  if (slots.first('withdrawal', proposal, asOf) !== undefined) return [];
  return row.value.to.filter((party) => slots.first('delivery', proposalKey(proposal, party), asOf) === undefined);
}

/** What was last done about a proposal that stands at `asOf`: it was tabled, answered by an addressee, or withdrawn. */
export function lastOnProposal(proposal: string, row: SlotRow<'proposal'>, slots: SlotReader, asOf: number): SlotRow {
  const answers = row.value.to.map((party) => slots.first('delivery', proposalKey(proposal, party), asOf));
  return [slots.first('withdrawal', proposal, asOf), ...answers].reduce<SlotRow>(
    (last, next) => (next !== undefined && compareOrder(next.order, last.order) > 0 ? next : last),
    row,
  );
}

/**
 * The moments between which a matter may be open, from inclusive to exclusive, in ms: an index's entry, of which
 * {@link commitmentAt} and {@link awaitedFrom} remain the judge. Undefined if it never is.
 */
export function openBetween(
  matter: Matter,
  key: string,
  slots: Pick<SlotReader, 'last' | 'first'>,
): { from: number; to: number } | undefined {
  const row = slots.last(matter, key, Infinity);
  if (row === undefined) return undefined;
  return { from: row.order.earliest, to: closedFrom(matter, key, row, slots) };
}

/** The matters on which a setting has a say. @param promisesOn the promises that were ever made on a proposal: its answer closes them too */
export function mattersOf(
  { slot, key }: { readonly slot: Slot; readonly key: string },
  promisesOn: (proposal: string) => readonly string[],
): [Matter, string][] {
  switch (slot) {
    case 'promise':
    case 'proposal':
    case 'announced':
      return [[slot, key]];
    case 'schedule':
    case 'held':
      return [['announced', key]];
    case 'withdrawal':
      return [
        ['promise', key],
        ['proposal', key],
      ];
    case 'delivery': {
      if (key.startsWith('promise:')) return [['promise', key.slice('promise:'.length)]];
      const proposal = key.slice('proposal:'.length, key.indexOf('/'));
      return [['proposal', proposal], ...promisesOn(proposal).map((promise): [Matter, string] => ['promise', promise])];
    }
    default:
      return [];
  }
}

/** A promise is answered by the first delivery that names it, or that its `by` gave on its `proposal` not before it. */
function deliveryOf(
  promise: string,
  row: SlotRow<'promise'>,
  slots: Pick<SlotReader, 'first'>,
  asOf: number,
): SlotRow<'delivery'> | undefined {
  const { by, proposal } = row.value;
  const named = slots.first('delivery', promiseKey(promise), asOf);
  const given = proposal === undefined ? undefined : slots.first('delivery', proposalKey(proposal, by), asOf, row.order);
  if (named === undefined || given === undefined) return named ?? given;
  return compareOrder(named.order, given.order) <= 0 ? named : given;
}

function closedFrom(matter: Matter, key: string, row: SlotRow, slots: Pick<SlotReader, 'last' | 'first'>): number {
  if (matter === 'announced') {
    const held = slots.first('held', key, Infinity)?.order.earliest ?? Infinity;
    const last = slots.last('schedule', key, Infinity);
    if (last === undefined) return held;
    const lapse = 'cancelled' in last.value ? -Infinity : parseOccurrence(last.value.scheduledFor).latest + 1;
    return Math.min(held, Math.max(last.order.earliest, lapse));
  }
  const withdrawn = slots.first('withdrawal', key, Infinity)?.order.earliest ?? Infinity;
  if (matter === 'promise') {
    return Math.min(withdrawn, deliveryOf(key, row as SlotRow<'promise'>, slots, Infinity)?.order.earliest ?? Infinity);
  }
  const answered = (row as SlotRow<'proposal'>).value.to.map(
    (party) => slots.first('delivery', proposalKey(key, party), Infinity)?.order.earliest ?? Infinity,
  );
  return Math.min(withdrawn, Math.max(...answered));
}
