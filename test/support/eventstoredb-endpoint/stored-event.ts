// How the endpoint keeps a server's events in the embedded store, which refuses some that a server takes: an id twice in an
// append, bytes that are no text. What it would refuse stands in the type, which it neither checks nor counts.
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { NewEvent, RecordedEvent } from '#event-store/port.js';
import { logPosition } from './log-position.js';

export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface ServedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  /** In `$all`: commit and prepare are the same. */
  readonly position: bigint;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

type Encoding = 'utf8' | 'base64';
type Envelope = [id: string, type: string, contentType: string, created: number, data: Encoding, metadata: Encoding];

export function toStored({ id, type, contentType, data, metadata }: ProposedEvent, created: number): NewEvent {
  const [dataAs, metadataAs] = [encodingOf(data), encodingOf(metadata)];
  const envelope: Envelope = [id, type, contentType, created, dataAs, metadataAs];
  return {
    id: randomUUID(),
    type: JSON.stringify(envelope),
    data: Buffer.from(data).toString(dataAs),
    metadata: Buffer.from(metadata).toString(metadataAs),
  };
}

export function fromStored(stored: RecordedEvent): ServedEvent {
  const [id, type, contentType, created, dataAs, metadataAs] = JSON.parse(stored.type) as Envelope;
  return {
    id,
    type,
    contentType,
    created,
    data: Buffer.from(stored.data, dataAs),
    metadata: Buffer.from(stored.metadata, metadataAs),
    stream: stored.stream,
    revision: stored.revision,
    position: logPosition(stored.position),
  };
}

function encodingOf(bytes: Uint8Array): Encoding {
  return isUtf8(bytes) ? 'utf8' : 'base64';
}
