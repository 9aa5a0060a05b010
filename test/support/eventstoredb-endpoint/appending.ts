// The two ways to append: one stream of batches for a whole client, or one call for each append (taken with credentials).
import type { handleBidiStreamingCall, handleClientStreamingCall, ServerDuplexStream } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusMessages from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { handlerThrew, invalidArgument, maxAppendSizeExceeded, streamDeleted } from './refusals.js';
import type { Script } from './script.js';
import type { AppendOutcome, ExpectedVersion, ServerLog } from './server-log.js';
import type { ProposedEvent } from './stored-event.js';

/** `MaxAppendSize` as a server has it by default. */
export const MAX_APPEND_SIZE = 1024 * 1024;

type Answered = AppendOutcome | undefined;

/** Appends as scripted. Undefined: there is to be no answer. */
async function appendAsScripted(log: ServerLog, script: Script, request: Request): Promise<Answered> {
  const fault = script.nextAppendFault();
  if (fault === 'wrong-version') return { kind: 'wrong-version', current: await log.currentVersion(request.stream) };
  const outcome = await log.append(request.stream, request.expected, request.events);
  if (fault === 'cut') script.cut();
  return fault === undefined ? outcome : undefined;
}

interface Request {
  readonly stream: string;
  readonly expected: ExpectedVersion;
  readonly events: ProposedEvent[];
  bytes: number;
}

export function batchAppend(log: ServerLog, script: Script): handleBidiStreamingCall<streams.BatchAppendReq, streams.BatchAppendResp> {
  return (call) => {
    const gathering = new Map<string, Request>();
    let answering = Promise.resolve();
    call.on('data', (message: streams.BatchAppendReq) => {
      const correlation = message.getCorrelationId()!.getString();
      const options = message.getOptions();
      if (options !== undefined) gathering.set(correlation, requestOf(options));
      const request = gathering.get(correlation);
      if (request === undefined) return; // refused already
      for (const event of message.getProposedMessagesList()) add(request, event);
      if (request.bytes > MAX_APPEND_SIZE) {
        gathering.delete(correlation);
        answer(call, correlation, request.stream, { error: appendTooLarge() });
      } else if (message.getIsFinal()) {
        gathering.delete(correlation);
        // In the order of the requests, as the one writer of a server does it.
        const outcome = appendAsScripted(log, script, request);
        answering = answering
          .then(() => outcome)
          .then((told) => told && answer(call, correlation, request.stream, batchAnswer(told, request)))
          .catch(() => answer(call, correlation, request.stream, { error: unknown() }));
      }
    });
    call.on('end', () => void answering.then(() => call.end()));
    call.on('error', () => undefined);
  };
}

export function singleAppend(log: ServerLog, script: Script): handleClientStreamingCall<streams.AppendReq, streams.AppendResp> {
  return (call, respond) => {
    let request: Request | undefined;
    let refused = false;
    call.on('data', (message: streams.AppendReq) => {
      const options = message.getOptions();
      if (options !== undefined) request = requestOf(options);
      const event = message.getProposedMessage();
      if (event === undefined || request === undefined || refused) return;
      add(request, event);
      if (request.bytes <= MAX_APPEND_SIZE) return;
      refused = true;
      respond(maxAppendSizeExceeded(MAX_APPEND_SIZE));
    });
    call.on('end', () => {
      if (refused) return;
      if (request === undefined) return respond(invalidArgument('options'));
      const { stream } = request;
      appendAsScripted(log, script, request).then(
        (told) => {
          if (told?.kind === 'deleted') respond(streamDeleted(stream));
          else if (told !== undefined) respond(null, singleAnswer(told, request!));
        },
        () => respond(handlerThrew()),
      );
    });
    call.on('error', () => undefined);
  };
}

function requestOf(options: streams.BatchAppendReq.Options | streams.AppendReq.Options): Request {
  return { stream: nameOf(options.getStreamIdentifier()), expected: expectedOf(options), events: [], bytes: 0 };
}

function expectedOf(options: streams.BatchAppendReq.Options | streams.AppendReq.Options): ExpectedVersion {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  return BigInt('getStreamPosition' in options ? options.getStreamPosition() : options.getRevision());
}

export function nameOf(identifier: shared.StreamIdentifier | undefined): string {
  return Buffer.from(identifier!.getStreamName_asU8()).toString('utf8');
}

function add(request: Request, message: streams.BatchAppendReq.ProposedMessage | streams.AppendReq.ProposedMessage): void {
  const type = message.getMetadataMap().get('type') ?? '';
  const data = message.getData_asU8();
  const metadata = message.getCustomMetadata_asU8();
  // As 24.10 and later count. 23.10 counts the data alone, by an oversight: who keeps to this limit keeps to both.
  request.bytes += data.length + metadata.length + 2 * type.length;
  request.events.push({
    id: message.getId()!.getString().toLowerCase(),
    type,
    contentType: message.getMetadataMap().get('content-type') ?? 'application/octet-stream',
    data,
    metadata,
  });
}

type BatchAnswer = { readonly success: streams.BatchAppendResp.Success } | { readonly error: statusMessages.Status };

function answer(
  call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>,
  correlation: string,
  stream: string,
  told: BatchAnswer,
): void {
  if (call.cancelled || call.destroyed) return;
  const response = new streams.BatchAppendResp()
    .setCorrelationId(new shared.UUID().setString(correlation))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8').toString('base64')));
  if ('success' in told) response.setSuccess(told.success);
  else response.setError(told.error);
  call.write(response);
}

function batchAnswer(outcome: AppendOutcome, { expected, stream }: Request): BatchAnswer {
  switch (outcome.kind) {
    case 'appended': {
      const at = String(outcome.position);
      const success = new streams.BatchAppendResp.Success().setPosition(
        new shared.AllStreamPosition().setCommitPosition(at).setPreparePosition(at),
      );
      return {
        success: outcome.revision < 0n ? success.setNoStream(new empty.Empty()) : success.setCurrentRevision(String(outcome.revision)),
      };
    }
    case 'wrong-version':
      return { error: statusOf('WrongExpectedVersion', wrongVersion(outcome.current, expected), 'WrongExpectedVersion') };
    case 'deleted': {
      const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8').toString('base64'));
      return { error: statusOf('StreamDeleted', new shared.StreamDeleted().setStreamIdentifier(identifier), 'StreamDeleted') };
    }
  }
}

function wrongVersion(current: bigint, expected: ExpectedVersion): shared.WrongExpectedVersion {
  const message = new shared.WrongExpectedVersion();
  if (current < 0n) message.setCurrentNoStream(new empty.Empty());
  else message.setCurrentStreamRevision(String(current));
  if (expected === 'any') message.setExpectedAny(new empty.Empty());
  else if (expected === 'no-stream') message.setExpectedNoStream(new empty.Empty());
  else if (expected === 'stream-exists') message.setExpectedStreamExists(new empty.Empty());
  else message.setExpectedStreamPosition(String(expected));
  return message;
}

const appendTooLarge = (): statusMessages.Status =>
  statusOf(
    'MaximumAppendSizeExceeded',
    new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_SIZE),
    'MaximumAppendSizeExceeded',
  );

const unknown = (): statusMessages.Status => statusOf('Unknown', new shared.Unknown(), 'Unknown');

function statusOf(message: string, details: { serializeBinary(): Uint8Array }, type: string): statusMessages.Status {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${type}`);
  return new statusMessages.Status().setMessage(message).setDetails(packed);
}

function singleAnswer(outcome: Exclude<AppendOutcome, { kind: 'deleted' }>, { expected }: Request): streams.AppendResp {
  const response = new streams.AppendResp();
  if (outcome.kind === 'appended') {
    const at = String(outcome.position);
    const success = new streams.AppendResp.Success().setPosition(
      new streams.AppendResp.Position().setCommitPosition(at).setPreparePosition(at),
    );
    if (outcome.revision < 0n) success.setNoStream(new shared.Empty());
    else success.setCurrentRevision(String(outcome.revision));
    return response.setSuccess(success);
  }
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (outcome.current < 0n) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(outcome.current));
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  return response.setWrongExpectedVersion(wrong);
}
