// Every event type of Parley, by the name that it has in the API, in the store, in files and in the code.
import type { Class } from '../check.js';
import { ActionReported } from './deeds.js';
import { AgreementReached, PromiseWithdrawn, ProposalTabled, ProposalWithdrawn, ResponseDelivered, ResponsePromised } from './exchange.js';
import { TrackConcluded, TrackResumed, TrackSuspended } from './life.js';
import { MeetingAnnounced, MeetingCancelled, MeetingHeld, MeetingRescheduled } from './meetings.js';
import { DevelopmentCorrected, DevelopmentReinstated, DevelopmentRetracted, ReportAdded, ReportWithdrawn } from './record.js';
import { ActorEntry, ClosureEntry, CrisisEntry, IssueEntry, SourceEntry, SourceGrade, TrackEntry } from './registers.js';
import { PositionTaken, StatementMade } from './words.js';

/** The body of each type of development. */
export const DEVELOPMENTS = {
  TrackSuspended,
  TrackResumed,
  TrackConcluded,
  MeetingAnnounced,
  MeetingRescheduled,
  MeetingCancelled,
  MeetingHeld,
  StatementMade,
  PositionTaken,
  ProposalTabled,
  ProposalWithdrawn,
  ResponsePromised,
  PromiseWithdrawn,
  ResponseDelivered,
  AgreementReached,
  ActionReported,
} as const;
export type DevelopmentType = keyof typeof DEVELOPMENTS;
export const DEVELOPMENT_TYPES = Object.keys(DEVELOPMENTS) as DevelopmentType[];

/** What is recorded about developments. */
export const RECORDS = { DevelopmentCorrected, DevelopmentRetracted, DevelopmentReinstated, ReportAdded, ReportWithdrawn } as const;
export type RecordType = keyof typeof RECORDS;

/** The content of each register's entries. In import and export files `id` (a track's: `track`) and `entry` stand beside it. */
export const REGISTERS = {
  CrisisOpened: CrisisEntry,
  CrisisClosed: ClosureEntry,
  ActorRegistered: ActorEntry,
  IssueRaised: IssueEntry,
  SourceRegistered: SourceEntry,
  SourceRegraded: SourceGrade,
  TrackOpened: TrackEntry,
} as const satisfies Record<string, Class>;
export type RegisterType = keyof typeof REGISTERS;

export type EventType = DevelopmentType | RecordType | RegisterType;

/** What belongs to no negotiation goes on this track. Every crisis has it from the start; it has no status. */
export const CONTEXT_TRACK = 'context';
export const CONTEXT_TITLE = 'Context';

interface InTrack {
  /** Unique in its track. */
  id: string;
  crisis: string;
  track: string;
}

/** A development as it stands in the log: as it was sent, with its id, crisis and track. */
export type Development = InstanceType<(typeof DEVELOPMENTS)[DevelopmentType]> & InTrack;

/** A record event as it stands in the log. */
export type RecordEvent = InstanceType<(typeof RECORDS)[RecordType]> & InTrack;

export function isDevelopmentType(type: unknown): type is DevelopmentType {
  return typeof type === 'string' && Object.hasOwn(DEVELOPMENTS, type);
}

export function isRecordType(type: unknown): type is RecordType {
  return typeof type === 'string' && Object.hasOwn(RECORDS, type);
}

export function isRegisterType(type: unknown): type is RegisterType {
  return typeof type === 'string' && Object.hasOwn(REGISTERS, type);
}
