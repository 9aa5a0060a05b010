// How a thread of the read side opens the log: the one place where the kind of store is chosen for it.
import { STREAM_PREFIXES } from '#crisis/event.js';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import type { EventStore } from '#event-store/port.js';

/** Can be passed between threads. */
export type LogSource =
  | { readonly kind: 'embedded'; readonly folder: string }
  /** The id is the log's: the read side is then of no other. */
  | { readonly kind: 'eventstoredb'; readonly url: string; readonly id: string };

/** Opens the log for reading. @throws whatever its store throws */
export async function openLog(source: LogSource): Promise<EventStore> {
  if (source.kind === 'embedded') return openEmbeddedStore({ folder: source.folder, readOnly: true });
  // Loaded only where it is used: it is larger than all the rest.
  const { openEventStoreDB } = await import('#event-store/eventstoredb/store.js');
  return openEventStoreDB({ url: source.url, id: source.id, prefixes: STREAM_PREFIXES });
}
