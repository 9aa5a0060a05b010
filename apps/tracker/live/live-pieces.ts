// What of a page goes out in one write, shared between all who want the same of it: a thousand connections cost a thousand
// writes of one buffer.
import type { LiveMessage } from './live-pages.js';

/** A piece is no longer than this in bytes, unless it is one message. */
export const PIECE_BYTES = 64 * 1024;

export interface Piece {
  readonly bytes: Buffer;
  /** How many messages of the list have been told with it and the pieces before it, those that are not wanted too. */
  readonly upTo: number;
}

const known = new WeakMap<readonly LiveMessage[], Map<string, readonly Piece[]>>();

/** The pieces of a list of messages, of which only some are wanted. The same list and wish give the same pieces. */
export function piecesOf(messages: readonly LiveMessage[], wants: (message: LiveMessage) => boolean): readonly Piece[] {
  const wanted = messages.map(wants);
  const key = wanted.map(Number).join('');
  let ofList = known.get(messages);
  if (ofList === undefined) known.set(messages, (ofList = new Map()));
  let pieces = ofList.get(key);
  if (pieces === undefined) ofList.set(key, (pieces = cut(messages, wanted)));
  return pieces;
}

/** The first messages of some as one buffer, as many as a piece takes, and how many those are. */
export function joined(messages: Iterable<LiveMessage>): { readonly bytes: Buffer; readonly count: number } {
  const parts: Buffer[] = [];
  let length = 0;
  for (const { bytes } of messages) {
    if (parts.length > 0 && length + bytes.length > PIECE_BYTES) break;
    parts.push(bytes);
    length += bytes.length;
  }
  return { bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts, length), count: parts.length };
}

function cut(messages: readonly LiveMessage[], wanted: readonly boolean[]): readonly Piece[] {
  const places = messages.flatMap((_, index) => (wanted[index] ? [index] : []));
  const pieces: Piece[] = [];
  for (let told = 0; told < places.length;) {
    const { bytes, count } = joined(places.slice(told).map((index) => messages[index]!));
    told += count;
    pieces.push({ bytes, upTo: places[told - 1]! + 1 });
  }
  return pieces;
}
