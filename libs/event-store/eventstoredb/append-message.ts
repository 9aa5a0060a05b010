// An append as the server takes it, and what its answer says.
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ExpectedRevision, NewEvent, Position, Revision } from '../port.js';
import { streamIdentifier } from './read-request.js';
import { uuidOf } from './uuid.js';

export type AppendAnswer =
  /** It is there. The position is that of its last event. */
  | { readonly kind: 'written'; readonly revision: Revision; readonly position: Position }
  | { readonly kind: 'wrong-revision'; readonly actual: ExpectedRevision }
  /** Nothing was written, nor will be by a repeat. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'too-large'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export function appendRequest(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): streams.BatchAppendReq {
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(streamIdentifier(stream));
  // No deadline: the server would measure it by its own clock. Ours is kept here.
  if (expected === 'no-stream') options.setNoStream(EMPTY);
  else options.setStreamPosition(String(expected));
  const request = new streams.BatchAppendReq().setOptions(options).setIsFinal(true);
  for (const event of events) request.addProposedMessages(proposedMessage(event));
  return request;
}

/** JSON to the server, and the very bytes of the caller: the client's own events would be parsed and written anew. */
function proposedMessage({ id, type, data, metadata }: NewEvent): streams.BatchAppendReq.ProposedMessage {
  const message = new streams.BatchAppendReq.ProposedMessage().setId(uuidOf(id));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message.setData(UTF8.encode(data)).setCustomMetadata(UTF8.encode(metadata));
}

export function appendAnswer(response: streams.BatchAppendResp): AppendAnswer {
  const success = response.getSuccess();
  if (success !== undefined) {
    const position = success.getPosition()?.getCommitPosition();
    if (position === undefined) return { kind: 'unknown', reason: 'The server did not tell the position' };
    return { kind: 'written', revision: BigInt(success.getCurrentRevision()) as Revision, position: BigInt(position) as Position };
  }
  const error = response.getError();
  const details = error?.getDetails();
  const type = details?.getTypeName().replace(/^event_store\.client\./, '') ?? '';
  const reason = error?.getMessage() || type;
  switch (type) {
    case 'WrongExpectedVersion': {
      const wrong = details!.unpack((bytes) => shared.WrongExpectedVersion.deserializeBinary(bytes), details!.getTypeName())!;
      const revision = wrong.hasCurrentStreamRevision() ? (BigInt(wrong.getCurrentStreamRevision()) as Revision) : 'no-stream';
      return { kind: 'wrong-revision', actual: revision };
    }
    case 'MaximumAppendSizeExceeded':
      return { kind: 'too-large', reason };
    case 'AccessDenied':
    case 'StreamDeleted':
    case 'BadRequest':
    case 'InvalidTransaction':
      return { kind: 'refused', reason: `${type}: ${reason}` };
    default:
      // A timeout within the server, a node that is not ready, and whatever a later version may say.
      return { kind: 'unknown', reason };
  }
}

const UTF8 = new TextEncoder();
const EMPTY = new shared.Empty();
