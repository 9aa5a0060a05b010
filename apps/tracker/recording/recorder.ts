// Recording: the way of every command from the caller to the log.
import type { CrisisRegisterType, RegisterCommand } from '#crisis/crisis-decider.js';
import type { Refusal } from '#crisis/refusal.js';
import type { TrackCommand } from '#crisis/track-decider.js';

/** What comes with every command. */
export interface Provenance {
  /** Who records it, as they say. */
  readonly recordedBy: string;
  readonly correlationId: string;
  /** The record time that an archive gives, ms. Undefined: now. */
  readonly recordedAt?: number;
}

/** A command's outcome: it is durable. */
export interface Recorded {
  /** `unchanged`: it was there already, with the same content; then all else is of that first recording. */
  readonly status: 'recorded' | 'unchanged';
  readonly position: bigint;
  /** Of the stream, at this event. */
  readonly revision: bigint;
  /** The record time that stands, ms. */
  readonly recordedAt: number;
  /** Of a register: the number of the entry, 1 for a name's first. */
  readonly entry?: number;
}

/** The content of a track's entry, for its crisis's register of tracks. */
export type TrackOpening = RegisterCommand<'TrackOpened'> & { readonly track: string };

export interface Recorder {
  /** Records a development or a record event. @throws CommandRefused @throws StoreAway */
  record(command: TrackCommand, provenance: Provenance): Promise<Recorded>;
  /** Records an entry of a crisis's registers. @throws CommandRefused @throws StoreAway */
  register(command: RegisterCommand<CrisisRegisterType>, provenance: Provenance): Promise<Recorded>;
  /** Opens a track, or amends its entry. @throws CommandRefused @throws StoreAway */
  openTrack(command: TrackOpening, provenance: Provenance): Promise<Recorded>;
}

export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
  constructor(readonly refusal: Refusal) {
    super(refusal.detail);
  }
}

/** The store did not answer in time. Whether the command was recorded is not known: send it again with the same id. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
}
