// What live connections are told, as the AsyncAPI document describes it.
import type {
  CrisisCommitment,
  CrisisOverview,
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

/** In what is told of all crises. */
interface OfCrisis {
  crisis?: string;
}

/** Where a state stands, and the development that made it. */
interface StateOf extends OfCrisis, Pick<Preface, 'asOf' | 'knownAt' | 'position'> {
  because?: string | null;
}

/** What a crisis is like at the start. It has what was asked for. */
export interface SnapshotState {
  /** Streams of which later events could not be applied. */
  parked?: { stream: string; position: number | string }[];
  tracks?: TrackState[];
  /** The latest ones, newest first. */
  developments?: Development[];
  positions?: PositionWithHistory[];
  commitments?: CrisisCommitment[];
  meetings?: Meeting[];
  tension?: TensionReport;
}

interface Recorded extends OfCrisis {
  position: Position;
  /** When it was recorded. */
  at: Instant;
  development: Development;
}

/** What was recorded about a development: the event, and what it has made of the development. */
interface RecordedAbout extends Recorded {
  event: { id: string; type: string; development: string; [field: string]: unknown };
}

export interface LiveData {
  /** `crises`, of a connection over all of them. */
  snapshot: Preface & SnapshotState & { crises?: (CrisisOverview | (SnapshotState & { crisis: string; id?: string }))[] };
  development: Recorded;
  correction: RecordedAbout;
  retraction: RecordedAbout;
  reinstatement: RecordedAbout;
  report: RecordedAbout;
  track: StateOf & Partial<Preface> & { track: TrackState };
  positions: StateOf & { positions: PositionWithHistory[]; removed?: unknown[] };
  commitments: StateOf & { commitments: CrisisCommitment[]; removed?: unknown[] };
  meetings: StateOf & { meetings: Meeting[]; removed?: unknown[] };
  tension: StateOf & { tension: TensionReport };
  due: OfCrisis & { position: Position; at: Instant; due: Due[]; tracks: TrackState[] };
  crisis: StateOf & { overview?: CrisisOverview };
  /** What was told before is no beginning of what comes next: forget it. A snapshot follows. */
  resync: OfCrisis & { reason: string };
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
