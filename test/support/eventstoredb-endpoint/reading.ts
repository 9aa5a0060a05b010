// Reads, and subscriptions with a filter that the server applies.
import { once } from 'node:events';
import type { handleServerStreamingCall, ServerWritableStream, ServiceError } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { nameOf } from './appending.js';
import { handlerThrew, invalidArgument, streamDeleted, unexpectedResult } from './refusals.js';
import type { Script } from './script.js';
import { NoBoundary, type ServerLog } from './server-log.js';
import type { ServedEvent } from './stored-event.js';

/** How many events a server looks at together; `checkpointInterval` counts these windows. */
const WINDOW = 32;
const TICKS_OF_A_MILLISECOND = 10_000n;

type Call = ServerWritableStream<streams.ReadReq, streams.ReadResp>;
type Options = streams.ReadReq.Options;

export function read(log: ServerLog, script: Script): handleServerStreamingCall<streams.ReadReq, streams.ReadResp> {
  return (call) => {
    const ended = new AbortController();
    call.on('cancelled', () => ended.abort());
    call.on('close', () => ended.abort());
    call.on('error', () => ended.abort());
    const options = call.request.getOptions()!;
    const answering = options.hasSubscription() ? subscribe(call, log, script, options, ended) : answer(call, log, options, ended.signal);
    answering.then(
      () => end(call),
      (error: unknown) => {
        if (!ended.signal.aborted) call.emit('error', refusalOf(error, options));
      },
    );
  };
}

/** A server says the same of a wrong position in three ways. */
function refusalOf(error: unknown, options: Options): ServiceError {
  if (error instanceof Refused) return error.refusal;
  if (!(error instanceof NoBoundary) || options.hasSubscription()) return handlerThrew();
  return unexpectedResult(options.hasFilter() ? 'FilteredReadAllResult' : 'ReadAllResult');
}

/** Carries what is sent in place of an answer. */
class Refused extends Error {
  constructor(readonly refusal: ServiceError) {
    super(refusal.message);
  }
}

async function answer(call: Call, log: ServerLog, options: Options, ended: AbortSignal): Promise<void> {
  let left = BigInt(options.getCount());
  const direction = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.FORWARDS ? 'forwards' : 'backwards';
  const stream = options.getStream();
  if (stream !== undefined) {
    const name = nameOf(stream.getStreamIdentifier());
    const state = await log.look(name);
    if (state === 'tombstoned') throw new Refused(streamDeleted(name));
    if (state === 'missing') {
      await send(call, new streams.ReadResp().setStreamNotFound(notFound(name)), ended);
      return;
    }
  }
  const { passes } = filterOf(options);
  for await (const event of eventsAsked(log, options, direction)) {
    if (left === 0n || ended.aborted) return;
    if (!passes(event)) continue;
    left -= 1n;
    await send(call, new streams.ReadResp().setEvent(readEvent(event)), ended);
  }
}

function eventsAsked(log: ServerLog, options: Options, direction: 'forwards' | 'backwards'): AsyncGenerator<ServedEvent> {
  const stream = options.getStream();
  if (stream !== undefined) {
    const from = stream.hasStart() ? 'start' : stream.hasEnd() ? 'end' : BigInt(stream.getRevision());
    return log.readStream(nameOf(stream.getStreamIdentifier()), from, direction);
  }
  const all = options.getAll();
  if (all === undefined) throw new Refused(invalidArgument('stream option'));
  if (direction === 'backwards') return log.readAllBackwards(all.hasPosition() ? positionOf(all) : 'end');
  return log.readAll(all.hasPosition() ? positionOf(all) : 'start');
}

async function subscribe(call: Call, log: ServerLog, script: Script, options: Options, ended: AbortController): Promise<void> {
  const all = options.getAll();
  if (all === undefined) throw new Refused(invalidArgument('subscription to a stream'));
  const after = all.hasStart() ? 'start' : all.hasEnd() ? 'end' : positionOf(all);
  const forget = script.onDrop((reason) => {
    if (reason === undefined) end(call);
    else call.emit('error', reason);
    ended.abort();
  });
  try {
    await deliver(call, log, after, filterOf(options), ended.signal);
  } finally {
    forget();
  }
}

async function deliver(
  call: Call,
  log: ServerLog,
  after: bigint | 'start' | 'end',
  { passes, checkpointInterval }: Filter,
  ended: AbortSignal,
): Promise<void> {
  let considered = 0;
  let [confirmed, caughtUp] = [false, false];
  for await (const page of log.follow(after, WINDOW, ended)) {
    if (!confirmed) {
      const id = crypto.randomUUID();
      await send(
        call,
        new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id)),
        ended,
      );
      confirmed = true;
    }
    if (page.length === 0 && !caughtUp) {
      await send(call, new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()), ended);
      caughtUp = true;
    }
    for (const event of page) {
      if (ended.aborted) return;
      if (passes(event)) await send(call, new streams.ReadResp().setEvent(readEvent(event)), ended);
      considered += 1;
      if (considered < checkpointInterval) continue;
      considered = 0;
      await send(call, new streams.ReadResp().setCheckpoint(checkpoint(event.position)), ended);
    }
  }
}

interface Filter {
  readonly passes: (event: ServedEvent) => boolean;
  /** Events looked at from one checkpoint to the next. */
  readonly checkpointInterval: number;
}

function filterOf(options: Options): Filter {
  const filter = options.getFilter();
  if (filter === undefined) return { passes: () => true, checkpointInterval: Infinity };
  const window = filter.hasMax() ? filter.getMax() : WINDOW;
  const checkpointInterval = filter.getCheckpointintervalmultiplier() * window;
  const byType = filter.getEventType();
  const expression = byType ?? filter.getStreamIdentifier();
  if (expression === undefined) throw new Refused(invalidArgument('filter'));
  const prefixes = expression.getPrefixList();
  const regex = expression.getRegex() === '' ? undefined : new RegExp(expression.getRegex());
  const matches = (text: string): boolean => regex?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix));
  return { passes: ({ type, stream }) => matches(byType === undefined ? stream : type), checkpointInterval };
}

function positionOf(all: streams.ReadReq.Options.AllOptions): bigint {
  const { commitPosition, preparePosition } = all.getPosition()!.toObject();
  if (BigInt(preparePosition) > BigInt(commitPosition)) throw new Refused(handlerThrew());
  return BigInt(commitPosition);
}

/** Waits while the client does not take what is sent. */
async function send(call: Call, response: streams.ReadResp, ended: AbortSignal): Promise<void> {
  if (ended.aborted || call.cancelled) return;
  if (call.write(response)) return;
  await once(call, 'drain', { signal: ended }).catch(() => undefined);
}

function end(call: Call): void {
  if (!call.cancelled && !call.destroyed && !call.writableEnded) call.end();
}

function readEvent(event: ServedEvent): streams.ReadResp.ReadEvent {
  const position = String(event.position);
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(identifier(event.stream))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('created', String(BigInt(event.created) * TICKS_OF_A_MILLISECOND))
    .set('content-type', event.contentType);
  return new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(position);
}

function notFound(stream: string): streams.ReadResp.StreamNotFound {
  return new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier(stream));
}

function checkpoint(position: bigint): streams.ReadResp.Checkpoint {
  return new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position));
}

function identifier(stream: string): shared.StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8').toString('base64'));
}
