// Which of the developments that a replay has come by lately are retracted: what is referred to mostly happened not long before.

/** How many are remembered at least; at most twice as many. */
const REMEMBERED = 5000;

export class SeenLately {
  #young = new Map<string, boolean>();
  #old = new Map<string, boolean>();

  note({ track, id }: { readonly track: string; readonly id: string }, isRetracted: boolean): void {
    if (this.#young.size >= REMEMBERED) [this.#old, this.#young] = [this.#young, new Map()];
    this.#young.set(`${track}/${id}`, isRetracted);
  }

  /** As it was noted last; undefined if that is too long ago. */
  readonly isRetracted = (track: string, id: string): boolean | undefined => {
    const name = `${track}/${id}`;
    return this.#young.get(name) ?? this.#old.get(name);
  };
}
