// The streams of which later events are missing in what live connections are told.
import type { Rows } from '../rows.js';
import type { CrisisRow } from '../tables/crises.js';
import type { ParkedStream } from '../tables/parked.js';

/** Each with the position from which on they are. @param crisis null: of all */
export function parkedIn(rows: Rows, crisis: CrisisRow | null): readonly ParkedStream[] {
  if (crisis === null) return rows.parked.first() === undefined ? [] : rows.parked.streams();
  return crisis.firstParked === null ? [] : rows.parked.streamsOfCrisis(crisis.id);
}
