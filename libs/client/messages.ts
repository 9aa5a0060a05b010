// What live connections are told, as the AsyncAPI document describes it.
import type {
  CrisisCommitment,
  CrisisOverview,
  DayBegan,
  Development,
  Due,
  Meeting,
  PositionWithHistory,
  Preface,
  TensionReport,
  TrackState,
} from './answers.js';
import type { Instant, Position } from './vocabulary.js';

export type LiveProjection = 'tracks' | 'timeline' | 'positions' | 'commitments' | 'meetings' | 'tension';

interface OfCrisis {
  crisis: string;
}

/** A state, and where it stands. */
interface StateOf extends OfCrisis, Pick<Preface, 'asOf' | 'knownAt' | 'position'> {}

/** States that are otherwise than before, and the development, `track/id`, that changed them. */
interface ChangedStates extends StateOf {
  because: string;
  /** The names of those that are no more. */
  removed: string[];
}

/** What was asked for of a crisis. */
export interface SnapshotState {
  tracks?: TrackState[];
  /** The latest, newest first. */
  developments?: Development[];
  positions?: PositionWithHistory[];
  commitments?: CrisisCommitment[];
  meetings?: Meeting[];
  tension?: TensionReport;
  /** The lists that go further back than they are shown. */
  cutShort?: ('commitments' | 'meetings')[];
}

export interface Snapshot extends Preface, SnapshotState {
  /** Streams of which later events could not be applied, from which position on. */
  parked?: { stream: string; position: Position }[];
  /** Over all crises: all that there are, and the states of those that the filter names. */
  crises?: CrisisOverview[];
  states?: (SnapshotState & { crisis: string })[];
}

interface Recorded extends OfCrisis {
  position: Position;
  /** When it was recorded. */
  at: Instant;
  development: Development;
}

/** What was recorded about a development: the event, and what it has made of the development. */
interface RecordedAbout extends Recorded {
  event: { id: string; type: string; crisis: string; track: string; development: string; [field: string]: unknown };
}

export interface LiveData {
  snapshot: Snapshot;
  development: Recorded;
  correction: RecordedAbout;
  retraction: RecordedAbout;
  reinstatement: RecordedAbout;
  report: RecordedAbout;
  track: StateOf & { track: TrackState };
  positions: ChangedStates & { positions: PositionWithHistory[] };
  commitments: ChangedStates & { commitments: CrisisCommitment[] };
  meetings: ChangedStates & { meetings: Meeting[] };
  tension: StateOf & { because: string; tension: TensionReport };
  due: OfCrisis & {
    position: Position;
    at: Instant;
    due: (Due | DayBegan)[];
    tracks: TrackState[];
    positions: PositionWithHistory[];
    commitments: CrisisCommitment[];
    meetings: Meeting[];
    tension?: TensionReport;
  };
  /** A crisis was opened, renamed or closed. */
  crisis: StateOf & { overview: CrisisOverview };
  /** What was told before is no beginning of what comes next: forget it. A snapshot follows. */
  resync: { reason: string };
}
export type LiveEvent = keyof LiveData;

/** A message of some kind, or of any. */
export type LiveMessage<E extends LiveEvent = LiveEvent> = {
  [K in E]: {
    event: K;
    /** What a connection goes on after. `resync` has none. */
    id: string | undefined;
    data: LiveData[K];
  };
}[E];
