// Deleted streams, so that a client can be shown what it reads of them. Parley itself deletes nothing.
import type { handleUnaryCall } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { nameOf } from './appending.js';
import { handlerThrew, streamDeleted, wrongExpectedVersion } from './refusals.js';
import type { AppendOutcome, ExpectedVersion, ServerLog } from './server-log.js';

type DeleteOptions = streams.DeleteReq.Options | streams.TombstoneReq.Options;

export function softDelete(log: ServerLog): handleUnaryCall<streams.DeleteReq, streams.DeleteResp> {
  return ({ request }, respond) => {
    const { stream, expected } = asked(request.getOptions()!);
    settle('Delete', stream, expected, log.delete(stream, expected), respond, (at) =>
      new streams.DeleteResp().setPosition(new streams.DeleteResp.Position().setCommitPosition(at).setPreparePosition(at)),
    );
  };
}

export function tombstone(log: ServerLog): handleUnaryCall<streams.TombstoneReq, streams.TombstoneResp> {
  return ({ request }, respond) => {
    const { stream, expected } = asked(request.getOptions()!);
    settle('Delete', stream, expected, log.tombstone(stream, expected), respond, (at) =>
      new streams.TombstoneResp().setPosition(new streams.TombstoneResp.Position().setCommitPosition(at).setPreparePosition(at)),
    );
  };
}

function asked(options: DeleteOptions): { stream: string; expected: ExpectedVersion } {
  const stream = nameOf(options.getStreamIdentifier());
  if (options.hasAny()) return { stream, expected: 'any' };
  if (options.hasNoStream()) return { stream, expected: 'no-stream' };
  if (options.hasStreamExists()) return { stream, expected: 'stream-exists' };
  return { stream, expected: BigInt(options.getRevision()) };
}

const VERSIONS = { any: -2n, 'no-stream': -1n, 'stream-exists': -4n };

function settle<Answer>(
  operation: string,
  stream: string,
  expected: ExpectedVersion,
  outcome: Promise<AppendOutcome>,
  respond: Parameters<handleUnaryCall<unknown, Answer>>[1],
  success: (position: string) => Answer,
): void {
  outcome.then(
    (told) => {
      if (told.kind === 'appended') respond(null, success(String(told.position)));
      else if (told.kind === 'deleted') respond(streamDeleted(stream));
      else respond(wrongExpectedVersion(operation, stream, typeof expected === 'bigint' ? expected : VERSIONS[expected], told.current));
    },
    () => respond(handlerThrew()),
  );
}
