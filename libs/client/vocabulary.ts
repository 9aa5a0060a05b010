// What is sent: the bodies of commands and the lines of imports. docs/vocabulary.md tells what the fields mean.

/** EDTF (ISO 8601-2, levels 0 and 1), such as `2022-01-12` or `2022-01-10/2022-01-12`. */
export type Edtf = string;
/** RFC 3339, in UTC when it was answered. */
export type Instant = string;
/** A decimal number as text: it may not fit into a `number`. */
export type Position = string;

export type Reliability = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';
export type Credibility = 1 | 2 | 3 | 4 | 5 | 6;
export type MeetingFormat = 'in-person' | 'call' | 'video' | 'written';
export type Outcome = 'agreement' | 'progress' | 'inconclusive' | 'no-breakthrough' | 'breakdown';
export type DurationQualifier = 'about' | 'at-least' | 'at-most';
export type Stance = 'demands' | 'supports' | 'open-to' | 'conditional' | 'silent' | 'opposes';
export type Assessment = 'progress' | 'deadlock' | 'neutral';
export type Reason = 'factual-error' | 'late-information' | 'misattribution' | 'translation' | 'duplicate' | 'source-retracted';
export type ReportStance = 'corroborates' | 'disputes';

export interface Place {
  name: string;
  point?: { type: 'Point'; coordinates: number[] };
}

export interface Report {
  source: string;
  id?: string;
  url?: string;
  publishedAt?: Edtf;
  quote?: string;
  language?: string;
  origin?: string;
  credibility?: Credibility;
}

/** What every development has, whatever its type. */
export interface Envelope {
  occurredAt: Edtf;
  sequence?: number;
  summary: string;
  about?: string[];
  relatesTo?: { development: string; relation: 'answers' | 'denies' | 'follows' | 'part-of' | 'concerns' }[];
  alsoOn?: string[];
  place?: Place;
  cameo?: string;
  tags?: string[];
}

export interface StatedPosition {
  party: string;
  issue: string;
  stance: Stance;
  redLine?: boolean;
}

/** What a development of each type has besides. */
export interface DevelopmentFields {
  TrackSuspended: object;
  TrackResumed: object;
  TrackConcluded: object;
  MeetingAnnounced: { scheduledFor: Edtf; participants: string[]; format?: MeetingFormat; round?: number };
  MeetingRescheduled: { announcement: string; scheduledFor: Edtf };
  MeetingCancelled: { announcement: string };
  MeetingHeld: {
    participants: string[];
    format?: MeetingFormat;
    durationMinutes?: number;
    durationQualifier?: DurationQualifier;
    round?: number;
    announcement?: string;
    outcome?: Outcome;
  };
  StatementMade: {
    speaker: string;
    onBehalfOf?: string;
    to?: string[];
    setting?: string;
    quote?: string;
    assessment?: Assessment;
    positions?: StatedPosition[];
  };
  PositionTaken: StatedPosition & { statedBy?: string };
  ProposalTabled: { by: string; to: string[]; title: string };
  ProposalWithdrawn: { proposal: string };
  ResponsePromised: { by: string; to: string; proposal?: string; undertaking: string; dueBy?: Edtf; renews?: string };
  PromiseWithdrawn: { promise: string };
  ResponseDelivered: {
    by: string;
    to: string;
    proposal?: string;
    promise?: string;
    form: 'written' | 'oral';
    deliveredBy?: string;
    receivedBy?: string;
    answer?: 'accepts' | 'partly-accepts' | 'counters' | 'rejects' | 'undisclosed';
  };
  AgreementReached: { parties: string[]; title: string };
  ActionReported: {
    category: 'military' | 'economic' | 'diplomatic' | 'humanitarian' | 'cyber' | 'judicial' | 'other';
    by?: string;
    target?: string;
    claim: 'reported' | 'alleged' | 'denied' | 'confirmed';
    claimedBy?: string;
  };
}
export type DevelopmentType = keyof DevelopmentFields;

/** Names what is sent, and of an archive, when it was recorded. */
interface Sent {
  id?: string;
  recordedAt?: Instant;
}

/** A development of some type, or of any. */
export type NewDevelopment<T extends DevelopmentType = DevelopmentType> = {
  [K in T]: { type: K } & Envelope & DevelopmentFields[K] & Sent & { reports: Report[] };
}[T];

export interface Correction extends Sent {
  /** A JSON merge patch (RFC 7396). */
  changes: Record<string, unknown>;
  reason: Reason;
  note?: string;
}

export interface Retraction extends Sent {
  reason: Reason;
  note?: string;
  replacedBy?: string;
}

export interface Reinstatement extends Sent {
  note?: string;
}

export interface AddedReport extends Sent {
  report: Report;
  stance: ReportStance;
}

export interface ReportWithdrawal extends Sent {
  note?: string;
}

export interface CrisisEntry {
  title: string;
}

export interface ActorEntry {
  name: string;
  kind: 'state' | 'organisation' | 'group' | 'person';
  affiliation?: string;
  memberOf?: string[];
}

export interface IssueEntry {
  title: string;
}

export interface SourceEntry {
  name: string;
  reliability: Reliability;
  url?: string;
  language?: string;
}

export interface TrackEntry {
  title: string;
  parties: string[];
}

export interface ClosureEntry {
  note?: string;
}

/** The body of a call, with `type`, `crisis` and, where the call has them, `track` and `development` in it. */
export type ImportLine = { type: string; crisis: string; [field: string]: unknown };
