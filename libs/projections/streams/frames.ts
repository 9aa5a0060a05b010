// What a replay is made of.
import type { TrackState } from '#crisis/track-state.js';

export interface Frame {
  /** ms */
  readonly at: number;
  readonly position: number;
  readonly event?: string;
  readonly development?: object;
  readonly due?: object[];
  readonly tracks: TrackState[];
}
