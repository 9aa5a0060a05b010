// Opens the log that the settings name: the one place where the kind of store is chosen for the service.
import { STREAM_PREFIXES } from '#crisis/event.js';
import { StoreFileRefused, StoreInUse } from '#event-store/embedded/log-file.js';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import { StoreUnavailable, type EventStore } from '#event-store/port.js';
import type { LogSource } from '#projections/log-source.js';
import type { Settings } from '../settings.js';
import { StartRefused } from '../start-refused.js';
import { rememberedName, rememberName } from './remembered-name.js';

/** How long a start waits for an EventStoreDB before it goes on without, ms. */
const START_PATIENCE_MS = 2000;
/** Events: the service reads whole tracks, many of them side by side, and what it holds of each is moved while it is young. */
const PAGE_SIZE = 100;

export interface EventLog {
  readonly store: EventStore;
  /** Where it is, for people to read. */
  readonly place: string;
  /** For the read side; undefined while it is not known which log this is. */
  readonly source: LogSource | undefined;
  /** The same, once the store has told which log this is. @throws StoreUnavailable @throws OutcomeUnknown ask again */
  readonly askSource: () => Promise<LogSource>;
}

/** @throws StartRefused */
export function openEventLog(settings: Settings): Promise<EventLog> {
  return settings.eventStoreUrl === undefined ? embedded(settings.dataDir) : eventStoreDB(settings.eventStoreUrl, settings.dataDir);
}

async function embedded(folder: string): Promise<EventLog> {
  const source = { kind: 'embedded', folder } as const;
  return { store: await openEmbedded(folder), place: `${folder} (embedded store)`, source, askSource: async () => source };
}

async function openEmbedded(folder: string): Promise<EventStore> {
  try {
    return await openEmbeddedStore({ folder, pageSize: PAGE_SIZE });
  } catch (error) {
    if (error instanceof StoreInUse) {
      throw new StartRefused(
        `Another Parley runs on the data folder ${folder}. Stop it, or set PARLEY_DATA_DIR to another folder (and PORT to another port).`,
        { cause: error },
      );
    }
    if (error instanceof StoreFileRefused)
      throw new StartRefused(`${error.message}. Or set PARLEY_DATA_DIR to another folder.`, { cause: error });
    if (error instanceof StoreUnavailable)
      throw new StartRefused(`${error.message}. Set PARLEY_DATA_DIR to a folder that can be written to.`, { cause: error });
    throw error;
  }
}

/**
 * Opens the log whether or not the store is there. Where it is not, the log is taken to be the one that this folder last
 * followed at the same place: its read side can answer meanwhile, and the adapter reads and writes no other.
 */
async function eventStoreDB(url: string, folder: string): Promise<EventLog> {
  // Loaded only where it is used: it is larger than all the rest.
  const { openEventStoreDB } = await import('#event-store/eventstoredb/store.js');
  const { InvalidConnectionString, withoutCredentials } = await import('#event-store/eventstoredb/connection.js');
  const place = withoutCredentials(url);
  const open = (id?: string) => openEventStoreDB({ url, prefixes: STREAM_PREFIXES, id });
  const sourceOf = (id: string): LogSource => ({ kind: 'eventstoredb', url, id });
  try {
    const store = open();
    const id = await Promise.race([store.name().catch(() => undefined), afterAWhile()]);
    const remembered = id === undefined ? rememberedName(folder, place) : undefined;
    if (id !== undefined) rememberName(folder, place, id);
    if (remembered !== undefined) {
      await store.close();
      return { store: open(remembered), place, source: sourceOf(remembered), askSource: async () => sourceOf(remembered) };
    }
    const askSource = async (): Promise<LogSource> => {
      const name = await store.name();
      rememberName(folder, place, name);
      return sourceOf(name);
    };
    return { store, place, source: id === undefined ? undefined : sourceOf(id), askSource };
  } catch (error) {
    if (!(error instanceof InvalidConnectionString)) throw error;
    throw new StartRefused(
      `EVENTSTORE_URL: ${error.message}. Set it as docs/operations.md shows, such as esdb://localhost:2113?tls=false, or unset it for the embedded store.`,
      { cause: error },
    );
  }
}

function afterAWhile(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), START_PATIENCE_MS).unref());
}
