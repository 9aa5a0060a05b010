// What every adapter refuses before it asks its store.
import { InvalidAppend, MAX_APPEND_BYTES } from './port.js';
import type { NewEvent } from './port.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Passes what any store can keep and give back byte for byte. Does not look into data or metadata: that they are JSON
 * is the caller's word.
 * @throws InvalidAppend no events, an id twice, an id that is no UUID in lower case, text with a lone surrogate (it has
 *   no form in UTF-8), an empty stream name, more than {@link MAX_APPEND_BYTES} bytes
 */
export function checkAppend(stream: string, events: readonly NewEvent[]): void {
  if (stream === '' || !stream.isWellFormed()) throw new InvalidAppend('A stream needs a name of well-formed text');
  if (events.length === 0) throw new InvalidAppend(`An append to ${stream} holds no events`);
  const ids = new Set<string>();
  let bytes = 0;
  for (const { id, type, data, metadata } of events) {
    if (!UUID.test(id)) throw new InvalidAppend(`An event's id must be a UUID in lower case, not ${JSON.stringify(id)}`);
    if (ids.has(id)) throw new InvalidAppend(`An append to ${stream} holds the event ${id} twice`);
    ids.add(id);
    if (!type.isWellFormed() || !data.isWellFormed() || !metadata.isWellFormed()) {
      throw new InvalidAppend(`The event ${id} holds text that has no form in UTF-8 (a lone surrogate)`);
    }
    bytes += Buffer.byteLength(data) + Buffer.byteLength(metadata);
  }
  if (bytes > MAX_APPEND_BYTES) {
    throw new InvalidAppend(`An append to ${stream} holds ${bytes} bytes, ${MAX_APPEND_BYTES} at most are taken: split it`);
  }
}
