// The state of a negotiation track: a view of its slots at one moment. Every field names the development that set it.
import { awaitedFrom, commitmentAt, expectPromises, expectProposals, type Commitment } from './commitment.js';
import { announcedMeetingAt, announcementsAhead, liesAhead, meetingState, type MeetingState } from './meetings.js';
import { compareOrder, type Order } from './order.js';
import { positionState, type PositionState } from './positions.js';
import type { SlotRow, StatementValue, Status } from './slots.js';
import type { ListedSlot, SlotReader } from './slot-table.js';
import type { Verification } from './standing.js';
import { parseOccurrence } from './time.js';
import type { Tension } from './tension.js';
import type { Place } from './vocabulary/envelope.js';
import { CONTEXT_TITLE, CONTEXT_TRACK } from './vocabulary/types.js';

/** What the registers say of a track. */
export interface TrackInfo {
  readonly id: string;
  readonly title: string;
  readonly parties: readonly string[];
  /** The last revision of the track's stream, for `If-Match`; null while it has no event. */
  readonly revision: string | null;
}

/** What no slot can hold: counts, and what is over or not. */
export interface Tallies {
  readonly developments: number;
  readonly meetingsHeld: number;
  readonly verification: Readonly<Record<Verification, number>>;
  readonly tension: Tension;
  /** The last in order of occurrence. */
  readonly lastDevelopment: { readonly development: string; readonly occurredAt: string; readonly order: Order } | undefined;
  /** Visible developments whose span is not over at `asOf`, in order of occurrence. */
  readonly uncertain: readonly { readonly development: string; readonly occurredAt: string }[];
}

export interface NextMeeting {
  announcement: string;
  announcedAt: string;
  /** EDTF */
  scheduledFor: string;
  participants: readonly string[];
  format?: string;
  round?: number;
  place?: Place;
}

export interface OpenProposal {
  proposal: string;
  by: string;
  to: readonly string[];
  title: string;
  tabledAt: string;
  /** Those addressees whose answer is still owed. */
  awaiting: readonly string[];
}

export interface StatementState extends StatementValue {
  party: string;
  development: string;
  occurredAt: string;
}

export interface TrackState {
  id: string;
  title: string;
  parties: readonly string[];
  revision: string | null;
  /** Null on the context track. */
  status: Status | null;
  /** EDTF: since when the status stands. */
  since: string | null;
  whoseMove: string[];
  meetingsHeld: number;
  lastMeeting: MeetingState | null;
  nextMeeting: NextMeeting | null;
  openProposals: OpenProposal[];
  openCommitments: Commitment[];
  positions: PositionState[];
  latestStatements: StatementState[];
  lastDevelopmentAt: string | null;
  developments: number;
  verification: Record<Verification, number>;
  tension: Tension;
  uncertain: { development: string; occurredAt: string }[];
  /** From a field's name to the id of the development that set it. */
  because: Record<string, string>;
}

/** The state of one track at `asOf` (ms): a pure function of its slots and tallies. */
export function trackState(track: TrackInfo, slots: SlotReader, tallies: Tallies, asOf: number): TrackState {
  const because: Record<string, string> = {};
  const proposals = openProposals(slots, asOf);
  const commitments = openCommitments(slots, asOf);
  const meeting = slots.last('meeting', '', asOf);
  const next = nextMeeting(slots, asOf);
  const status = track.id === CONTEXT_TRACK ? undefined : statusOf(slots, asOf, proposals.length + commitments.length > 0, next);
  const move = whoseMove(status?.value, proposals, commitments, slots, meeting, asOf);

  if (status?.development !== undefined) because['status'] = because['since'] = status.development;
  if (move.because !== undefined) because['whoseMove'] = move.because;
  if (meeting !== undefined) because['lastMeeting'] = because['meetingsHeld'] = meeting.development;
  if (next !== undefined) because['nextMeeting'] = next.setBy;
  const positions = kept(slots, ['position', 'attributed'], () => positionsOf(slots, asOf));
  const statements = kept(slots, ['statement'], () => latestStatements(slots, asOf));
  noteLatest(
    because,
    'openProposals',
    proposals.map(({ row }) => row),
  );
  noteLatest(
    because,
    'openCommitments',
    commitments.map(({ row }) => row),
  );
  if (positions.setBy !== undefined) because['positions'] = positions.setBy;
  if (statements.setBy !== undefined) because['latestStatements'] = statements.setBy;
  if (tallies.lastDevelopment !== undefined) because['lastDevelopmentAt'] = tallies.lastDevelopment.development;

  return {
    id: track.id,
    title: track.id === CONTEXT_TRACK ? CONTEXT_TITLE : track.title,
    parties: track.parties,
    revision: track.revision,
    status: status?.value ?? null,
    since: status?.since ?? null,
    whoseMove: move.parties,
    meetingsHeld: tallies.meetingsHeld,
    lastMeeting: meeting === undefined ? null : meetingState(meeting),
    nextMeeting: next?.state ?? null,
    openProposals: proposals.map(({ state }) => state),
    openCommitments: commitments.map(({ state }) => state),
    positions: positions.states,
    latestStatements: statements.states,
    lastDevelopmentAt: tallies.lastDevelopment?.occurredAt ?? null,
    developments: tallies.developments,
    verification: { ...tallies.verification },
    tension: tallies.tension,
    uncertain: tallies.uncertain.map(({ development, occurredAt }) => ({ development, occurredAt })),
    because,
  };
}

interface StatusView {
  value: Status;
  since: string | undefined;
  development: string | undefined;
}

function statusOf(slots: SlotReader, asOf: number, somethingOpen: boolean, next: NextMeetingView | undefined): StatusView {
  const row = slots.last('status', '', asOf);
  if (row === undefined) {
    return next === undefined
      ? { value: 'proposed', since: undefined, development: undefined }
      : { value: 'scheduled', since: next.announcedAt, development: next.state.announcement };
  }
  if (row.value !== 'awaiting-response' || somethingOpen) return { value: row.value, since: row.occurredAt, development: row.development };
  // Whatever was awaited is closed: the last answer or withdrawal made the track active again.
  const closings = [row, slots.last('response', '', asOf), slots.last('withdrawn', '', asOf)].filter((closing) => closing !== undefined);
  const last = closings.reduce<Pick<SlotRow, 'order' | 'occurredAt' | 'development'>>(
    (a, b) => (compareOrder(a.order, b.order) > 0 ? a : b),
    row,
  );
  return { value: 'active', since: last.occurredAt, development: last.development };
}

interface OpenProposalView {
  state: OpenProposal;
  row: SlotRow<'proposal'>;
}

function openProposals(slots: SlotReader, asOf: number): OpenProposalView[] {
  const views: OpenProposalView[] = [];
  const open = [...slots.open('proposal', asOf)];
  expectProposals(open, slots, asOf);
  for (const proposal of open) {
    const row = slots.last('proposal', proposal, asOf);
    if (row === undefined) continue;
    const awaiting = awaitedFrom(proposal, row, slots, asOf);
    if (awaiting.length > 0) views.push({ row, state: { proposal, ...row.value, tabledAt: row.occurredAt, awaiting } });
  }
  return views.sort((a, b) => compareOrder(a.row.order, b.row.order));
}

interface OpenCommitmentView {
  state: Commitment;
  row: SlotRow<'promise'>;
}

function openCommitments(slots: SlotReader, asOf: number): OpenCommitmentView[] {
  const views: OpenCommitmentView[] = [];
  const open = [...slots.open('promise', asOf)];
  expectPromises(open, slots, asOf);
  for (const promise of open) {
    const state = commitmentAt(promise, slots, asOf);
    if (state?.state === 'open') views.push({ state, row: slots.last('promise', promise, asOf)! });
  }
  return views.sort((a, b) => compareOrder(a.row.order, b.row.order));
}

interface NextMeetingView {
  state: NextMeeting;
  announcedAt: string;
  /** The development that set the schedule. */
  setBy: string;
}

/** The earliest announced meeting that is neither held, nor cancelled, nor lapsed: past the latest moment of its schedule. */
function nextMeeting(slots: SlotReader, asOf: number): NextMeetingView | undefined {
  const ahead = announcementsAhead(slots, asOf).map(({ announcement, schedule }) => {
    const { scheduledFor } = schedule.value as { scheduledFor: string };
    return { announcement, schedule, scheduledFor, at: parseOccurrence(scheduledFor).earliest };
  });
  let earliest: { view: NextMeetingView; at: number; row: SlotRow } | undefined;
  for (const { announcement, schedule, scheduledFor, at } of ahead.sort(
    (a, b) => a.at - b.at || compareOrder(a.schedule.order, b.schedule.order),
  )) {
    if (earliest !== undefined && earliest.at < at) break;
    // What was never moved was announced where its schedule stands, so after the one that was found: of many for one day, one is read.
    if (earliest !== undefined && schedule.development === announcement) continue;
    const meeting = announcedMeetingAt(announcement, slots, asOf, schedule);
    if (meeting === undefined || !liesAhead(meeting)) continue;
    const { announced: row } = meeting;
    if (earliest !== undefined && compareOrder(earliest.row.order, row.order) <= 0) continue;
    const state = { announcement, announcedAt: row.occurredAt, scheduledFor, ...row.value };
    earliest = { at, row, view: { state, announcedAt: row.occurredAt, setBy: schedule.development } };
  }
  return earliest?.view;
}

function whoseMove(
  status: Status | undefined,
  proposals: readonly OpenProposalView[],
  commitments: readonly OpenCommitmentView[],
  slots: SlotReader,
  meeting: SlotRow<'meeting'> | undefined,
  asOf: number,
): { parties: string[]; because: string | undefined } {
  if (status === 'agreement-reached' || status === 'concluded')
    return { parties: [], because: slots.last('status', '', asOf)?.development };
  if (proposals.length > 0 || commitments.length > 0) {
    const owing = new Set([...proposals.flatMap(({ state }) => state.awaiting), ...commitments.map(({ state }) => state.by)]);
    return { parties: [...owing].sort(), because: latest([...proposals, ...commitments].map(({ row }) => row)) };
  }
  const response = slots.last('response', '', asOf);
  if (response === undefined) return { parties: [], because: undefined };
  if (meeting !== undefined && meeting.order.earliest > response.order.latest) return { parties: [], because: meeting.development };
  return { parties: [response.value.to], because: response.development };
}

/** Part of a state, and the development that set it last. */
interface Part<State> {
  readonly states: State[];
  readonly setBy: string | undefined;
}

function kept<State>(slots: SlotReader, of: readonly ListedSlot[], make: () => Part<State>): Part<State> {
  return slots.kept === undefined ? make() : slots.kept(of, make);
}

function positionsOf(slots: SlotReader, asOf: number): Part<PositionState> {
  const [own, ascribed] = [slots.latest('position', asOf, 1), slots.latest('attributed', asOf, 1)];
  const cells = [...new Set([...own.keys(), ...ascribed.keys()])].sort();
  const states = cells.map((cell) => cellState(slots, cell, own.get(cell)?.[0], ascribed.get(cell)?.[0]));
  return { states, setBy: latest([...own.values(), ...ascribed.values()].flat()) };
}

/** Of rows that a reader keeps: what was made of them, so that what did not change stays the same object. */
const madeOf = new WeakMap<SlotRow, { readonly beside: SlotRow | undefined; readonly made: object }>();

/** Of a cell in which something stands. */
function cellState(
  slots: SlotReader,
  cell: string,
  own: SlotRow<'position'> | undefined,
  ascribed: SlotRow<'attributed'> | undefined,
): PositionState {
  return keptBy(slots, (own ?? ascribed)!, own === undefined ? undefined : ascribed, () => positionState(cell, own, ascribed));
}

function keptBy<State extends object>(slots: SlotReader, row: SlotRow, beside: SlotRow | undefined, make: () => State): State {
  if (slots.kept === undefined) return make();
  const before = madeOf.get(row);
  if (before !== undefined && before.beside === beside) return before.made as State;
  const made = make();
  madeOf.set(row, { beside, made });
  return made;
}

function latestStatements(slots: SlotReader, asOf: number): Part<StatementState> {
  const made = slots.latest('statement', asOf, 1);
  const states = [...made.keys()].sort().map((party): StatementState => {
    const row = made.get(party)![0]!;
    return keptBy(slots, row, undefined, () => ({ party, development: row.development, occurredAt: row.occurredAt, ...row.value }));
  });
  return { states, setBy: latest([...made.values()].flat()) };
}

function noteLatest(because: Record<string, string>, field: string, rows: readonly Pick<SlotRow, 'order' | 'development'>[]): void {
  const setter = latest(rows);
  if (setter !== undefined) because[field] = setter;
}

function latest(rows: readonly Pick<SlotRow, 'order' | 'development'>[]): string | undefined {
  if (rows.length === 0) return undefined;
  return rows.reduce((a, b) => (compareOrder(a.order, b.order) > 0 ? a : b)).development;
}
