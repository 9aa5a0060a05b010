// What moved in a track between two points: which fields of its state, from what to what, and because of which development.
import { commitmentAt, lastOnProposal, type Commitment } from './commitment.js';
import type { PositionState } from './positions.js';
import type { SlotReader } from './slot-table.js';
import type { OpenProposal, StatementState, TrackState } from './track-state.js';

/** A track as it stands at a point. */
export interface TrackAt {
  readonly state: TrackState;
  readonly slots: SlotReader;
  /** ms */
  readonly asOf: number;
}

export interface Move {
  field: MovedField;
  /** In a list, which one: the proposal, the promise, `party/issue`, the party. */
  of?: string;
  /** Null: there was none. */
  from: unknown;
  /** Null: there is none any more. */
  to: unknown;
  /** The development that set what stands now. */
  because?: string;
  /** The development that had set what stood, where it is another one. */
  wasBecause?: string;
}

/**
 * The fields that are compared. A track's tension, and what of it is `uncertain`, move with every day: they are left out, and
 * so is its revision, which says nothing of the crisis.
 */
const SINGLE = [
  'title',
  'parties',
  'status',
  'since',
  'whoseMove',
  'meetingsHeld',
  'lastMeeting',
  'nextMeeting',
  'lastDevelopmentAt',
  'developments',
  'verification',
] as const;
const LISTS = ['openProposals', 'openCommitments', 'positions', 'latestStatements'] as const;
export type MovedField = (typeof SINGLE)[number] | (typeof LISTS)[number];

/** Pure. In the order of the state's fields; in a list, by what is moved. */
export function movesBetween(before: TrackAt, after: TrackAt): Move[] {
  const single = SINGLE.flatMap((field): Move[] => {
    const [from, to] = [before.state[field], after.state[field]];
    return isSame(from, to) ? [] : [move({ field }, from, to, before.state.because[field], after.state.because[field])];
  });
  return [...single, ...proposals(before, after), ...commitments(before, after), ...positions(before, after), ...statements(before, after)];
}

function proposals(before: TrackAt, after: TrackAt): Move[] {
  const nameOf = ({ proposal }: OpenProposal): string => proposal;
  return inList(
    'openProposals',
    before.state.openProposals,
    after.state.openProposals,
    nameOf,
    (proposal, { slots, asOf }) => {
      const row = slots.last('proposal', proposal, asOf);
      return row && lastOnProposal(proposal, row, slots, asOf).development;
    },
    before,
    after,
  );
}

/** A promise that was open shows what became of it. */
function commitments(before: TrackAt, after: TrackAt): Move[] {
  const promises = [before, after].flatMap(({ state }) => state.openCommitments.map(({ promise }) => promise));
  return [...new Set(promises)].sort().flatMap((of): Move[] => {
    const from = commitmentAt(of, before.slots, before.asOf);
    const to = commitmentAt(of, after.slots, after.asOf);
    return isSame(from, to) ? [] : [move({ field: 'openCommitments', of }, from, to, setterOf(from), setterOf(to))];
  });
}

function setterOf(commitment: Commitment | undefined): string | undefined {
  return commitment?.closedBy ?? commitment?.promise;
}

function positions(before: TrackAt, after: TrackAt): Move[] {
  const cellOf = ({ party, issue }: PositionState): string => `${party}/${issue}`;
  const find = ({ state }: TrackAt, cell: string): PositionState | undefined => state.positions.find((each) => cellOf(each) === cell);
  return inList(
    'positions',
    before.state.positions,
    after.state.positions,
    cellOf,
    (cell, at) => {
      const [own, other] = [find(at, cell), find(at === before ? after : before, cell)];
      // Where only what others ascribe has moved, that is the reason.
      const isOwn = own?.development !== other?.development || own?.stance !== other?.stance || own?.redLine !== other?.redLine;
      return isOwn ? (own?.development ?? own?.attributed?.development) : (own?.attributed?.development ?? own?.development);
    },
    before,
    after,
  );
}

function statements(before: TrackAt, after: TrackAt): Move[] {
  const partyOf = ({ party }: StatementState): string => party;
  const setter = (party: string, { state }: TrackAt): string | undefined =>
    state.latestStatements.find((each) => each.party === party)?.development;
  return inList('latestStatements', before.state.latestStatements, after.state.latestStatements, partyOf, setter, before, after);
}

function inList<T>(
  field: MovedField,
  from: readonly T[],
  to: readonly T[],
  nameOf: (entry: T) => string,
  because: (of: string, at: TrackAt) => string | undefined,
  before: TrackAt,
  after: TrackAt,
): Move[] {
  const [was, is] = [from, to].map((list) => new Map(list.map((entry) => [nameOf(entry), entry]))) as [Map<string, T>, Map<string, T>];
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((of): Move[] => {
    if (isSame(was.get(of), is.get(of))) return [];
    return [move({ field, of }, was.get(of), is.get(of), because(of, before), because(of, after))];
  });
}

function move(what: Pick<Move, 'field' | 'of'>, from: unknown, to: unknown, was: string | undefined, is: string | undefined): Move {
  return { ...what, from: from ?? null, to: to ?? null, because: is, wasBecause: was === is ? undefined : was };
}

/** Both are made by the same code: their members have one order. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
