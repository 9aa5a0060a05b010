// Names and ids: slugs, references to developments, and the UUIDs that make recording idempotent.
import { hash, randomBytes } from 'node:crypto';

export const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
export const SLUG_MAX_LENGTH = 64;

/** A slug names a crisis, track, actor, issue or source, and may name a development (`[a-z0-9]+(-[a-z0-9]+)*`, at most 64 characters). */
export function isSlug(text: unknown): text is string {
  return typeof text === 'string' && text.length <= SLUG_MAX_LENGTH && SLUG.test(text);
}

/** Where a reference points: a development of this track, or of another when it is written `track/id`. */
export interface DevelopmentReference {
  readonly track: string;
  readonly id: string;
}

/** Reads `id` or `track/id`. Total: what is no reference gives undefined. */
export function parseReference(text: unknown, ownTrack: string): DevelopmentReference | undefined {
  if (typeof text !== 'string') return undefined;
  const slash = text.indexOf('/');
  const track = slash < 0 ? ownTrack : text.slice(0, slash);
  const id = slash < 0 ? text : text.slice(slash + 1);
  return isSlug(track) && isSlug(id) ? { track, id } : undefined;
}

/** Namespace of Parley's name-based UUIDs (itself the UUIDv5 of `parley` in the DNS namespace of RFC 9562). */
const NAMESPACE = uuidBytes(uuidV5(uuidBytes('6ba7b810-9dad-11d1-80b4-00c04fd430c8'), 'parley'));

/** The store's id of an event: the UUIDv5 of (crisis, track, id), so that recording the same development twice gives one id. */
export function eventId(crisis: string, track: string, id: string): string {
  return uuidV5(NAMESPACE, `${crisis}\n${track}\n${id}`);
}

/** The store's id of a register's entry in the crisis stream. */
export function registerEventId(crisis: string, kind: string, name: string, entry: number): string {
  return uuidV5(NAMESPACE, `${crisis}\n\n${kind}/${name}#${entry}`);
}

/** The id of a development that was sent with an `Idempotency-Key` and no id of its own. */
export function idFromIdempotencyKey(crisis: string, track: string, key: string): string {
  return uuidV5(NAMESPACE, `${crisis}\n${track}\nIdempotency-Key\n${key}`);
}

/** A fresh id in order of time (UUIDv7, RFC 9562): a repeat that carries it not is a new development. @param now in ms */
export function freshId(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return formatUuid(bytes);
}

function uuidV5(namespace: Buffer, name: string): string {
  // One call of `hash` costs half of what a hash object does, and every development needs one.
  const hex = hash('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'hex');
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
