// What is read: the answers of the API, as its OpenAPI document describes them.
import type {
  ActorEntry,
  Assessment,
  ClosureEntry,
  CrisisEntry,
  DevelopmentFields,
  DevelopmentType,
  DurationQualifier,
  Edtf,
  Envelope,
  Instant,
  IssueEntry,
  Outcome,
  Place,
  Position,
  Report,
  ReportStance,
  SourceEntry,
  Stance,
} from './vocabulary.js';
import type { ProblemDetails } from './problem.js';

export interface CommandAnswer {
  id: string;
  crisis: string;
  track?: string;
  type: string;
  status: 'recorded' | 'unchanged';
  position: Position;
  revision: string;
  recordedAt: Instant;
}

export interface ImportResult {
  line: number;
  id: string | null;
  status: 'recorded' | 'unchanged' | 'rejected';
  position?: Position;
  recordedAt?: Instant;
  problem?: ProblemDetails;
}

/** Where an answer stands. */
export interface Preface {
  asOf: Instant;
  knownAt: Instant;
  position: Position;
  settledUntil: Instant | null;
  permalink?: string;
}

export type Verification = 'retracted' | 'disputed' | 'corroborated' | 'single-source';
export type Status =
  'proposed' | 'scheduled' | 'active' | 'awaiting-response' | 'stalled' | 'suspended' | 'agreement-reached' | 'concluded';

interface Standing {
  id: string;
  crisis: string;
  track: string;
  onBehalfOf?: string;
  reports: (Report & { id: string; stance: ReportStance })[];
  verification: Verification;
  cameo: string;
  goldstein: number | null;
  recordedAt: Instant;
  position: Position;
  corrected?: true;
  retracted?: true;
  unsupported?: true;
  /** JSON pointers. */
  dangling?: string[];
}

/** A development of some type, or of any, as it stands. */
export type Development<T extends DevelopmentType = DevelopmentType> = {
  [K in T]: { type: K } & Envelope & DevelopmentFields[K] & Standing;
}[T];

export interface Commitment {
  promise: string;
  by: string;
  to: string;
  proposal?: string;
  undertaking: string;
  promisedAt: Edtf;
  dueBy?: Edtf;
  state: 'open' | 'delivered' | 'withdrawn' | 'renewed';
  overdue: boolean;
  closedBy?: string;
  closedAt?: Edtf;
  late?: boolean;
  dangling?: true;
}

export interface CrisisCommitment extends Commitment {
  track: string;
  verification: Verification;
  closingVerification?: Verification;
}

export interface MeetingState {
  development: string;
  occurredAt: Edtf;
  participants: readonly string[];
  format?: string;
  durationMinutes?: number;
  durationQualifier?: DurationQualifier;
  round?: number;
  outcome?: Outcome;
  place?: Place;
  announcement?: string;
}

export interface Meeting {
  track: string;
  state: 'announced' | 'rescheduled' | 'cancelled' | 'held' | 'lapsed';
  announcement?: string;
  announcedAt?: Edtf;
  scheduledFor?: Edtf;
  participants: readonly string[];
  format?: string;
  round?: number;
  place?: Place;
  outcome?: Outcome;
  verification: Verification;
  schedule: { development: string; occurredAt: Edtf; scheduledFor?: Edtf; cancelled?: true; verification: Verification }[];
  earlier?: true;
  held?: MeetingState & { verification: Verification; dangling?: true };
}

export interface PositionCell {
  party: string;
  issue: string;
  stance: Stance | null;
  redLine?: boolean;
  since?: Edtf;
  development?: string;
  attributed?: { stance: Stance; redLine?: boolean; statedBy?: string; since: Edtf; development: string };
}

export interface CrisisPosition extends PositionCell {
  track?: string;
  statedBy?: string;
  verification?: Verification;
  attributed?: PositionCell['attributed'] & { track: string; verification: Verification };
}

export interface PositionWithHistory extends CrisisPosition {
  history: {
    stance: Stance;
    redLine?: boolean;
    statedBy: string;
    since: Edtf;
    track: string;
    development: string;
    verification: Verification;
    attributed?: true;
  }[];
  earlier?: true;
}

export interface Statement {
  party: string;
  development: string;
  occurredAt: Edtf;
  speaker: string;
  summary: string;
  setting?: string;
  quote?: string;
  assessment?: Assessment;
}

export interface Tension {
  score: number | null;
  trend: number | null;
}

export interface TrackState {
  id: string;
  title: string;
  parties: readonly string[];
  revision: string | null;
  status: Status | null;
  since: Edtf | null;
  whoseMove: string[];
  meetingsHeld: number;
  lastMeeting: MeetingState | null;
  nextMeeting: {
    announcement: string;
    announcedAt: Edtf;
    scheduledFor: Edtf;
    participants: readonly string[];
    format?: string;
    round?: number;
    place?: Place;
  } | null;
  openProposals: {
    proposal: string;
    by: string;
    to: readonly string[];
    title: string;
    tabledAt: Edtf;
    awaiting: readonly string[];
  }[];
  openCommitments: Commitment[];
  positions: PositionCell[];
  latestStatements: Statement[];
  lastDevelopmentAt: Edtf | null;
  developments: number;
  verification: Record<Verification, number>;
  tension: Tension;
  uncertain: { development: string; occurredAt: Edtf }[];
  /** From a field's name to the id of the development that set it. */
  because: Record<string, string>;
}

export interface Crisis {
  id: string;
  title: string;
  closed?: ClosureEntry;
  actors: (ActorEntry & { id: string })[];
  issues: (IssueEntry & { id: string })[];
  sources: (SourceEntry & { id: string })[];
  tracks: Pick<TrackState, 'id' | 'title' | 'parties' | 'status'>[];
  developments: number;
  lastDevelopmentAt: Edtf | null;
}

export interface CrisisOverview extends CrisisEntry {
  id: string;
  openedAt: Instant;
  closed: boolean;
  tracks: number;
  developments: number;
  lastDevelopmentAt: Edtf | null;
}

export interface FoundDevelopment {
  /** Where the words of `q` stand; `marks` are places in `text`. */
  match?: { field: 'names' | 'summary' | 'places' | 'quotes'; text: string; marks: [number, number][] };
}

/** What an event did to a development, and why. */
export interface RecordView {
  recordedAt: Instant;
  position: Position;
  by: string;
  reason?: string;
  note?: string;
  [field: string]: unknown;
}

export interface DevelopmentPage {
  versions: (RecordView & { content: Record<string, unknown> })[];
  sets: { slot: string; key: string; value: unknown; replacedBy?: string }[];
}

export interface TensionPeriod {
  count: number;
  mean: number | null;
  verbalCooperation: number;
  materialCooperation: number;
  verbalConflict: number;
  materialConflict: number;
  conflict: { verbal: number; material: number } | null;
}

export interface TensionReport extends Tension {
  track?: string;
  actors?: string[];
  last: TensionPeriod & { from: string; to: string };
  before: TensionPeriod & { from: string; to: string };
  days: (TensionPeriod & { day: string; score: number | null })[];
}

export interface Actor extends ActorEntry {
  id: string;
  latestStatement: (Statement & { track: string; verification: Verification }) | null;
  positions: CrisisPosition[];
  owes: CrisisCommitment[];
  isOwed: CrisisCommitment[];
  counts: { developments: number; said: number; met: number; did: number };
  lastDevelopment: {
    track: string;
    development: string;
    type: DevelopmentType;
    occurredAt: Edtf;
    summary: string;
    verification: Verification;
    dangling?: string[];
  } | null;
}

/** What became so by the clock alone. Which of the three names it has follows from its kind. */
export interface Due {
  kind: 'commitment-overdue' | 'meeting-lapsed' | 'span-ended' | 'development-began';
  track: string;
  promise?: string;
  announcement?: string;
  development?: string;
}

/** Tension is of other days. */
export interface DayBegan {
  kind: 'day-began';
  /** Such as `2022-01-12`. */
  day: string;
}

export interface Changes {
  from: Pick<Preface, 'asOf' | 'knownAt'>;
  happened: Development[];
  learnedLate: Development[];
  corrected: (Development & { record: RecordView[] })[];
  fellDue: (Due & { at: Instant; commitment?: Commitment })[];
  tracks: {
    id: string;
    title: string;
    moved: { field: string; of?: string; from: unknown; to: unknown; because?: string; wasBecause?: string }[];
  }[];
  /** Which of the lists go on. */
  more: ('happened' | 'learnedLate' | 'corrected' | 'fellDue' | 'tracks')[];
}

export interface ParkedEvent {
  position: Position;
  stream: string;
  revision: string;
  type: string;
  recordedAt: Instant | null;
  reason: string;
  first: boolean;
}

export interface Projection {
  name: string;
  version: number;
  state: 'building' | 'live' | 'interrupted';
  position: Position;
  lag: { positions: string | null; seconds: number | null };
  parked: number;
  /** Bytes. */
  fileSize: number;
  eventsPerSecond: number;
  rebuild: Record<string, unknown> | null;
  lastRebuild: Record<string, unknown> | null;
}

export interface Frame {
  frame: number;
  position: Position;
  at: Instant;
  development: Development | null;
  event: string | null;
  due?: Due[];
  tracks: TrackState[];
}
