// Which of the developments that a replay has come by lately are retracted: what is referred to mostly happened not long before.

/** How many are remembered at least; at most twice as many. */
const REMEMBERED = 5000;

export class SeenLately {
  /** By track and id. */
  #young = new Map<string, Map<string, boolean>>();
  #old: ReadonlyMap<string, ReadonlyMap<string, boolean>> = new Map();
  #count = 0;

  note({ track, id }: { readonly track: string; readonly id: string }, isRetracted: boolean): void {
    if (this.#count >= REMEMBERED) [this.#old, this.#young, this.#count] = [this.#young, new Map(), 0];
    let ofTrack = this.#young.get(track);
    if (ofTrack === undefined) this.#young.set(track, (ofTrack = new Map()));
    ofTrack.set(id, isRetracted);
    this.#count++;
  }

  /** As it was noted last; undefined if that is too long ago. */
  readonly isRetracted = (track: string, id: string): boolean | undefined =>
    this.#young.get(track)?.get(id) ?? this.#old.get(track)?.get(id);
}
