// What a server sends on a read or a subscription, in the words of the port.
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Position, RecordedEvent, Revision } from '../port.js';
import { textOfUuid } from './uuid.js';

/** A position as the server has it. The two differ only for events of transactions over TCP, which Parley never writes. */
export interface LogPosition {
  readonly commit: string;
  readonly prepare: string;
}

export type ReadMessage =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** All up to here was looked at, and what passes the filter was sent. */
  | { readonly kind: 'checkpoint'; readonly position: LogPosition }
  /** The end of history; what follows is new. */
  | { readonly kind: 'caught-up' }
  | { readonly kind: 'other' };

export function readMessage(response: streams.ReadResp): ReadMessage {
  const event = response.getEvent()?.getEvent();
  if (event !== undefined) return { kind: 'event', event: recordedEvent(event) };
  const checkpoint = response.getCheckpoint();
  if (checkpoint !== undefined) {
    return { kind: 'checkpoint', position: { commit: checkpoint.getCommitPosition(), prepare: checkpoint.getPreparePosition() } };
  }
  return response.hasCaughtUp() ? { kind: 'caught-up' } : { kind: 'other' };
}

/** Data and metadata are passed on as they lie there: nothing is parsed, so nothing is lost on the way. */
function recordedEvent(event: streams.ReadResp.ReadEvent.RecordedEvent): RecordedEvent {
  return {
    stream: utf8(event.getStreamIdentifier()!.getStreamName_asU8()),
    revision: BigInt(event.getStreamRevision()) as Revision,
    position: BigInt(event.getCommitPosition()) as Position,
    id: textOfUuid(event.getId()!),
    type: event.getMetadataMap().get('type') ?? '',
    data: utf8(event.getData_asU8()),
    metadata: utf8(event.getCustomMetadata_asU8()),
  };
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
