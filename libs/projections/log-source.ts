// How a thread of the read side opens the log: the one place where the kind of store is chosen.
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import type { EventStore } from '#event-store/port.js';

/** Can be passed between threads. */
export type LogSource = { readonly kind: 'embedded'; readonly folder: string };

/** Opens the log for reading. @throws whatever its store throws */
export function openLog(source: LogSource): Promise<EventStore> {
  return openEmbeddedStore({ folder: source.folder, readOnly: true });
}
