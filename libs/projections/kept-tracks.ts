// Tracks as they were known up to one of their events, with nothing known that begins later: what such a one was never changes.
// What was read of it is kept for whoever asks again, as everyone does who asks what changed since a day that stays the same.
import type { Tallies } from '#crisis/track-state.js';
import type { KeptSlots } from './kept-slots.js';

/** How many rows of slots are kept of all tracks together: of a usual one there are some sixty, and a row takes some 500 bytes. */
export const ROWS_IN_MEMORY = 40_000;

export interface KeptTrack {
  readonly slots: KeptSlots;
  readonly tallies: Tallies;
}

export class KeptTracks {
  /** By track and position, the one that was asked for last as the last. */
  readonly #tracks = new Map<string, { readonly kept: KeptTrack; readonly rows: number }>();
  #rows = 0;

  /** @param position of the last event of the track that is known */
  find(track: number, position: number): KeptTrack | undefined {
    return this.#tracks.get(nameOf(track, position))?.kept;
  }

  /** After it was read: by then it has all that was asked of it. Those that nobody has asked for the longest make room. */
  keep(track: number, position: number, kept: KeptTrack): void {
    const name = nameOf(track, position);
    this.#forget(name);
    this.#tracks.set(name, { kept, rows: kept.slots.size });
    this.#rows += kept.slots.size;
    for (const oldest of this.#tracks.keys()) {
      if (this.#rows <= ROWS_IN_MEMORY) return;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    this.#rows -= this.#tracks.get(name)?.rows ?? 0;
    this.#tracks.delete(name);
  }
}

function nameOf(track: number, position: number): string {
  return `${track} ${position}`;
}
