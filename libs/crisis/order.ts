// Order of occurrence: earliest, latest, sequence, position.

/** Where a development stands among the others of its crisis. A corrected development keeps its first position. */
export interface Order {
  /** ms */
  readonly earliest: number;
  /** ms */
  readonly latest: number;
  /** Given by the recorder to tell apart what happened in the same span; 0 unless given. */
  readonly sequence: number;
  /** Of the event that first recorded it. */
  readonly position: bigint;
}

/** Negative if `a` comes first, positive if `b` does. */
export function compareOrder(a: Order, b: Order): number {
  return (
    a.earliest - b.earliest ||
    a.latest - b.latest ||
    a.sequence - b.sequence ||
    (a.position < b.position ? -1 : a.position > b.position ? 1 : 0)
  );
}
