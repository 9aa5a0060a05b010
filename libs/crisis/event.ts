// Events as they lie in the log: their streams, their metadata, and how they are read back.
import { contentDigest } from './canonical.js';
import { isSlug } from './identifiers.js';
import type { Resolved } from './standing.js';
import { upcast, UPCASTING, type Shape, type Upcasting } from './upcast.js';
import {
  isDevelopmentType,
  isRecordType,
  isRegisterType,
  type Development,
  type RecordEvent,
  type RegisterType,
} from './vocabulary/types.js';

export interface Metadata {
  /** ISO 8601, UTC, ms. */
  readonly recordedAt: string;
  /** Who recorded it, as the caller said. */
  readonly recordedBy: string;
  readonly schemaVersion: number;
  /** Of the content as it was sent: what makes a second recording a repeat or a conflict. */
  readonly digest: string;
  readonly resolved?: Resolved;
  /** The true time of an import that gave its own record time. */
  readonly importedAt?: string;
  readonly $correlationId: string;
  readonly $causationId: string;
}

/** An entry of a register as it lies in the log. `id` is absent for the crisis and for tracks, which their stream names. */
export interface RegisterEvent {
  readonly type: RegisterType;
  readonly crisis: string;
  readonly track?: string;
  readonly id?: string;
  /** 1 for a name's first entry. */
  readonly entry: number;
  /** Of the same type's class in the vocabulary. */
  readonly content: Readonly<Record<string, unknown>>;
}

export type CrisisEvent =
  | { readonly kind: 'development'; readonly data: Development; readonly metadata: Metadata }
  | { readonly kind: 'record'; readonly data: RecordEvent; readonly metadata: Metadata }
  | { readonly kind: 'register'; readonly data: RegisterEvent; readonly metadata: Metadata };

/** An event that this release cannot read. Readers park it. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

export const CRISIS_STREAM_PREFIX = 'crisis-';
export const TRACK_STREAM_PREFIX = 'track-';
/** With these every name of Parley's streams begins, and of no others. */
export const STREAM_PREFIXES = [CRISIS_STREAM_PREFIX, TRACK_STREAM_PREFIX];

export function crisisStream(crisis: string): string {
  return CRISIS_STREAM_PREFIX + crisis;
}

export function trackStream(crisis: string, track: string): string {
  return `${TRACK_STREAM_PREFIX}${crisis}.${track}`;
}

/** Of what a stream holds the events; undefined for a stream that is not Parley's. */
export function parseStream(stream: string): { crisis: string; track?: string } | undefined {
  if (stream.startsWith(CRISIS_STREAM_PREFIX)) {
    const crisis = stream.slice(CRISIS_STREAM_PREFIX.length);
    return isSlug(crisis) ? { crisis } : undefined;
  }
  if (!stream.startsWith(TRACK_STREAM_PREFIX)) return undefined;
  const [crisis, track, ...more] = stream.slice(TRACK_STREAM_PREFIX.length).split('.');
  return isSlug(crisis) && isSlug(track) && more.length === 0 ? { crisis, track } : undefined;
}

export type DecodedEvent = CrisisEvent & {
  readonly type: string;
  /** Its data as JSON: as it lies in the log, or, if it is read as another shape, that one. */
  readonly text: string;
};

interface Written {
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** How a reader reads events. */
export type Decode = (event: Written) => DecodedEvent;

/**
 * Reads an event back, in the shape that today has for its type.
 * @throws UnreadableEvent for an unknown type, a newer schema version, or text that is no JSON
 */
export function decodeEvent(event: Written, upcasting = UPCASTING): DecodedEvent {
  const written = parse(event);
  const { type, data, metadata } = upToDate(written, upcasting);
  const decoded = (data === written.data ? { type, data, metadata, text: event.data } : reshaped({ type, data, metadata })) as unknown;
  if (isDevelopmentType(type)) return { ...(decoded as Decoded<'development'>), kind: 'development' };
  if (isRecordType(type)) return { ...(decoded as Decoded<'record'>), kind: 'record' };
  if (isRegisterType(type)) return { ...(decoded as Decoded<'register'>), kind: 'register' };
  throw new UnreadableEvent(`its type "${type}" is not known to this release`);
}

type Decoded<Kind> = Omit<Extract<DecodedEvent, { readonly kind: Kind }>, 'kind'>;

/** What is sent again today is sent in today's shape: its digest is that of what it is read as. */
function reshaped({ type, data, metadata }: Shape): object {
  return { type, data, metadata: { ...metadata, digest: digestOf(type, data) }, text: JSON.stringify(data) };
}

/** The digest of the content as it is sent: of a development or a record event all but where it stands, of a register its entry. */
export function digestOf(type: string, data: Shape['data']): string {
  if (isRegisterType(type)) return contentDigest(data['content']);
  const { crisis: _crisis, track: _track, id: _id, ...content } = data;
  return contentDigest(content);
}

function parse({ type, data: dataText, metadata: metadataText }: Written): Shape {
  let data: unknown;
  let metadata: Metadata | null;
  try {
    data = JSON.parse(dataText);
    metadata = JSON.parse(metadataText) as Metadata | null;
  } catch (error) {
    throw new UnreadableEvent(`its data or metadata is no JSON: ${(error as Error).message}`);
  }
  if (typeof data !== 'object' || data === null) throw new UnreadableEvent('its data is no object');
  if (typeof metadata?.recordedAt !== 'string' || Number.isNaN(Date.parse(metadata.recordedAt)))
    throw new UnreadableEvent('its metadata has no record time');
  return { type, data: data as Shape['data'], metadata: metadata as unknown as Shape['metadata'] };
}

function upToDate(written: Shape, upcasting: Upcasting): Shape {
  const version = written.metadata['schemaVersion'] as number;
  if (version === upcasting.version) return written;
  if (!(Number.isInteger(version) && version >= 1 && version < upcasting.version))
    throw new UnreadableEvent(`its schema version is ${version}; this release reads 1 to ${upcasting.version}`);
  try {
    return upcast(written, version, upcasting);
  } catch (error) {
    throw new UnreadableEvent(`its shape of version ${version} cannot be read: ${(error as Error).message}`);
  }
}
