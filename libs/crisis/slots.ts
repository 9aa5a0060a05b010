// Slots: the one definition of every state. A visible development sets slots; what stands in a slot is what the last
// development in order of occurrence set there (of deliveries and withdrawals, the first that counts).
import type { Order } from './order.js';
import type { Resolved, Verification } from './standing.js';
import type { Place } from './vocabulary/envelope.js';
import type { MeetingHeld } from './vocabulary/meetings.js';
import type { Stance, StatementMade } from './vocabulary/words.js';
import { CONTEXT_TRACK, type Development } from './vocabulary/types.js';

export const STATUSES = [
  'proposed',
  'scheduled',
  'active',
  'awaiting-response',
  'stalled',
  'suspended',
  'agreement-reached',
  'concluded',
] as const;
export type Status = (typeof STATUSES)[number];

/** What each slot holds, by its name. The key is in the comment. */
export interface SlotValues {
  /** '' */
  status: Status;
  /** party/issue: a position stated by the party itself */
  position: PositionValue;
  /** party/issue: a position that somebody else ascribes to the party */
  attributed: PositionValue;
  /** party */
  statement: StatementValue;
  /** speaker: what one said who spoke for somebody else */
  said: StatementValue & { party: string };
  /** proposal */
  proposal: { by: string; to: readonly string[]; title: string };
  /** promise */
  promise: { by: string; to: string; proposal?: string; undertaking: string; dueBy?: string };
  /** '': the last promise of all; those before it are its history */
  promised: { by: string; to: string };
  /** `promise:<promise>`, and `proposal:<proposal>/<giver>` */
  delivery: { by: string; to: string };
  /** promise or proposal: how it was closed without an answer */
  withdrawal: 'withdrawn' | 'renewed';
  /** '': the last response of all */
  response: { by: string; to: string };
  /** '': the last withdrawal of all */
  withdrawn: string;
  /** announcement */
  announced: { participants: readonly string[]; format?: string; round?: number; place?: Place };
  /** '': the last announcement of a meeting of all; those before it are its history */
  convened: { participants: readonly string[] };
  /** announcement: when it is to take place, or that it is not to */
  schedule: { scheduledFor: string } | { cancelled: true };
  /** announcement: it took place, whatever its schedule says */
  held: true;
  /** '': the last meeting of all */
  meeting: MeetingValue;
}
export type Slot = keyof SlotValues;

export interface PositionValue {
  stance: Stance;
  redLine?: boolean;
  statedBy?: string;
}

export interface StatementValue {
  speaker: string;
  summary: string;
  setting?: string;
  quote?: string;
  assessment?: StatementMade['assessment'];
}

export interface MeetingValue {
  participants: readonly string[];
  format?: string;
  durationMinutes?: number;
  durationQualifier?: MeetingHeld['durationQualifier'];
  round?: number;
  outcome?: MeetingHeld['outcome'];
  place?: Place;
  announcement?: string;
}

/** What one development sets in one slot. */
export type SlotSetting = { [S in Slot]: { readonly slot: S; readonly key: string; readonly value: SlotValues[S] } }[Slot];

/** A setting in its place: by whom it was set, and where that stands in order of occurrence. */
export interface SlotRow<S extends Slot = Slot> {
  readonly value: SlotValues[S];
  /** The id of the development that set it. */
  readonly development: string;
  /** EDTF, of that development. */
  readonly occurredAt: string;
  readonly order: Order;
  /** Of that development. */
  readonly verification: Verification;
}

/** What a development sets on its track while it is visible. Pure and total. */
export function sets(development: Development, resolved: Resolved = {}): SlotSetting[] {
  const settings = settingsOf(development, resolved);
  return development.track === CONTEXT_TRACK ? settings.filter(({ slot }) => slot !== 'status') : settings;
}

/** The party for which the speaker of a statement speaks. */
export function partyOf(statement: StatementMade, resolved: Resolved): string {
  return statement.onBehalfOf ?? resolved.onBehalfOf ?? statement.speaker;
}

export const promiseKey = (promise: string): string => `promise:${promise}`;
export const proposalKey = (proposal: string, giver: string): string => `proposal:${proposal}/${giver}`;
export const cellKey = (party: string, issue: string): string => `${party}/${issue}`;

function settingsOf(development: Development, resolved: Resolved): SlotSetting[] {
  switch (development.type) {
    case 'TrackSuspended':
      return [status('suspended')];
    case 'TrackResumed':
      return [status('active')];
    case 'TrackConcluded':
      return [status('concluded')];
    case 'AgreementReached':
      return [status('agreement-reached')];
    case 'MeetingAnnounced': {
      const { id, participants, format, round, place, scheduledFor } = development;
      return [
        { slot: 'announced', key: id, value: { participants, format, round, place } },
        { slot: 'schedule', key: id, value: { scheduledFor } },
        { slot: 'convened', key: '', value: { participants } },
      ];
    }
    case 'MeetingRescheduled':
      return [{ slot: 'schedule', key: development.announcement, value: { scheduledFor: development.scheduledFor } }];
    case 'MeetingCancelled':
      return [{ slot: 'schedule', key: development.announcement, value: { cancelled: true } }];
    case 'MeetingHeld':
      return meetingHeld(development);
    case 'StatementMade':
      return statementMade(development, resolved);
    case 'PositionTaken': {
      const { party, issue, stance, redLine, statedBy } = development;
      const own = statedBy === undefined || statedBy === party || resolved.onBehalfOf === party;
      return [{ slot: own ? 'position' : 'attributed', key: cellKey(party, issue), value: { stance, redLine, statedBy } }];
    }
    case 'ProposalTabled': {
      const { id, by, to, title } = development;
      return [status('awaiting-response'), { slot: 'proposal', key: id, value: { by, to, title } }];
    }
    case 'ProposalWithdrawn':
      return withdrawal(development.proposal, 'withdrawn');
    case 'PromiseWithdrawn':
      return withdrawal(development.promise, 'withdrawn');
    case 'ResponsePromised': {
      const { id, by, to, proposal, undertaking, dueBy, renews } = development;
      return [
        status('awaiting-response'),
        { slot: 'promise', key: id, value: { by, to, proposal, undertaking, dueBy } },
        { slot: 'promised', key: '', value: { by, to } },
        ...(renews === undefined ? [] : [{ slot: 'withdrawal', key: renews, value: 'renewed' } as const]),
      ];
    }
    case 'ResponseDelivered': {
      const { by, to, promise } = development;
      const proposal = development.proposal ?? resolved.proposal;
      return [
        status('active'),
        { slot: 'response', key: '', value: { by, to } },
        ...(promise === undefined ? [] : [{ slot: 'delivery', key: promiseKey(promise), value: { by, to } } as const]),
        ...(proposal === undefined ? [] : [{ slot: 'delivery', key: proposalKey(proposal, by), value: { by, to } } as const]),
      ];
    }
    case 'ActionReported':
      return [];
  }
}

function status(value: Status): SlotSetting {
  return { slot: 'status', key: '', value };
}

function withdrawal(key: string, value: 'withdrawn'): SlotSetting[] {
  return [
    { slot: 'withdrawal', key, value },
    { slot: 'withdrawn', key: '', value: key },
  ];
}

function meetingHeld(meeting: MeetingHeld): SlotSetting[] {
  const { outcome, participants, format, durationMinutes, durationQualifier, round, place, announcement } = meeting;
  const value = { participants, format, durationMinutes, durationQualifier, round, outcome, place, announcement };
  return [
    status(outcome === 'agreement' ? 'agreement-reached' : outcome === 'no-breakthrough' || outcome === 'breakdown' ? 'stalled' : 'active'),
    { slot: 'meeting', key: '', value },
    ...(announcement === undefined ? [] : [{ slot: 'held', key: announcement, value: true } as const]),
  ];
}

function statementMade(statement: StatementMade, resolved: Resolved): SlotSetting[] {
  const { speaker, summary, setting, quote, assessment, positions = [] } = statement;
  const party = partyOf(statement, resolved);
  // A later position of one statement on the same cell takes the place of an earlier one: a cell is set once by one development.
  const cells = new Map(
    positions.map((position): [string, SlotSetting] => {
      const key = cellKey(position.party, position.issue);
      const slot = position.party === party || position.party === speaker ? 'position' : 'attributed';
      return [key, { slot, key, value: { stance: position.stance, redLine: position.redLine, statedBy: speaker } }];
    }),
  );
  const said = { speaker, summary, setting, quote, assessment };
  return [
    ...(assessment === 'deadlock' ? [status('stalled')] : assessment === 'progress' ? [status('active')] : []),
    { slot: 'statement', key: party, value: said },
    ...(party === speaker ? [] : [{ slot: 'said', key: speaker, value: { ...said, party } } as const]),
    ...cells.values(),
  ];
}
