// The read side's file as an earlier release has left it, which could not read every event.
import { decodeEvent, UnreadableEvent, type Decode } from '#crisis/event.js';
import type { EventStore } from '#event-store/port.js';
import { buildOnce } from '../build-once.js';
import { fileOf, openForBuilding } from '../file.js';
import { CheckpointRow } from '../tables/checkpoint.js';

/** As a release reads that does not know a type. */
export function without(type: string): Decode {
  return (event) => {
    if (event.type === type) throw new UnreadableEvent(`its type "${type}" is not known to this release`);
    return decodeEvent(event);
  };
}

/** Makes the file of a log in a folder in which there is none. */
export async function buildAs(decode: Decode, folder: string, store: EventStore): Promise<void> {
  using database = openForBuilding(fileOf(folder, store.id), store.id);
  await buildOnce(database, store, { decode });
  new CheckpointRow(database).putInService();
}
