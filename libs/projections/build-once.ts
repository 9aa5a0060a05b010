// Builds a file of the read side up to the end of the log, and ends: on the side of whatever else is going on.
import type { DatabaseSync } from 'node:sqlite';
import type { EventStore, Position, RecordedEvent } from '#event-store/port.js';
import { Builder, NOBODY, type BuildingOptions } from './building.js';

const EVENTS_AT_ONCE = 10_000;

export interface Built {
  readonly position: Position;
  /** How many were applied or parked. */
  readonly events: number;
  readonly parked: number;
}

/**
 * Applies what was in the log when it began, from where the file has come to.
 * @param told after each batch
 * @throws NotApplicable in strict mode
 */
export async function buildOnce(
  database: DatabaseSync,
  store: EventStore,
  options: BuildingOptions,
  told: (position: Position, head: Position) => void = () => undefined,
): Promise<Built> {
  const builder = new Builder(database, NOBODY, options);
  const head = await store.head();
  let batch: RecordedEvent[] = [];
  const apply = (): void => {
    builder.apply(batch);
    batch = [];
    told(builder.position, head);
  };
  for await (const event of store.readAll({ after: builder.position })) {
    if (event.position > head) break;
    if (batch.push(event) === EVENTS_AT_ONCE) apply();
  }
  if (batch.length > 0) apply();
  builder.end();
  const { applied, parked } = builder.state();
  return { position: builder.position, events: applied, parked };
}
