// The id of a log: written into the log itself, once, by whoever comes first.
import { randomBytes, randomUUID } from 'node:crypto';
import { WrongExpectedRevision } from '../port.js';
import type { EventStore } from '../port.js';

/** Holds one event. Of the server's streams it is the only one that Parley has beside its crises and tracks. */
export const NAME_STREAM = 'parley-log';

/**
 * The id of a log, the same whoever asks; of a log that has none, a new one.
 * @throws StoreUnavailable @throws OutcomeUnknown ask again
 */
export async function nameOfLog(log: Pick<EventStore, 'append' | 'readStream'>): Promise<string> {
  const written = await writtenName(log);
  if (written !== undefined) return written;
  const name = randomBytes(8).toString('hex');
  const event = { id: randomUUID(), type: 'LogNamed', data: JSON.stringify({ id: name }), metadata: '{}' };
  try {
    await log.append(NAME_STREAM, 'no-stream', [event]);
    return name;
  } catch (error) {
    const other = error instanceof WrongExpectedRevision ? await writtenName(log) : undefined;
    if (other === undefined) throw error;
    return other;
  }
}

/** The id that is written in a log, if one is. @throws StoreUnavailable */
export async function writtenName(log: Pick<EventStore, 'readStream'>): Promise<string | undefined> {
  for await (const { data } of log.readStream(NAME_STREAM, { limit: 1 })) {
    const { id } = JSON.parse(data) as { id?: unknown };
    if (typeof id === 'string' && /^[a-z0-9]+$/.test(id)) return id;
    throw new Error(`The event in ${NAME_STREAM} names no log: ${data}`);
  }
  return undefined;
}
