// What a server is asked for.
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Revision } from '../port.js';
import type { LogPosition } from './read-message.js';

/** How many events of others a server passes over in one go, and after how many it tells how far it is. */
const SEARCH_WINDOW = 500;
const ALL = '9007199254740991';

/** @param from inclusive; undefined: the stream's first event, backwards its last one */
export function streamRequest(
  stream: string,
  from: Revision | undefined,
  direction: 'forwards' | 'backwards',
  limit: number,
): streams.ReadReq {
  const of = new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(streamIdentifier(stream));
  if (from !== undefined) of.setRevision(String(from));
  else if (direction === 'forwards') of.setStart(new shared.Empty());
  else of.setEnd(new shared.Empty());
  return request(someOptions(direction).setStream(of).setNoFilter(new shared.Empty()).setCount(count(limit)));
}

/** @param from inclusive; undefined: the log's first event, backwards its last one */
export function allRequest(
  from: LogPosition | undefined,
  direction: 'forwards' | 'backwards',
  prefixes: readonly string[],
): streams.ReadReq {
  return request(someOptions(direction).setAll(allFrom(from, direction)).setFilter(streamsNamed(prefixes)).setCount(ALL));
}

/** The very last event, of whatever stream. */
export function lastOfAllRequest(): streams.ReadReq {
  return request(someOptions('backwards').setAll(allFrom(undefined, 'backwards')).setNoFilter(new shared.Empty()).setCount('1'));
}

/** @param after exclusive; undefined: from the log's first event on */
export function subscriptionRequest(after: LogPosition | undefined, prefixes: readonly string[]): streams.ReadReq {
  const options = someOptions('forwards').setAll(allFrom(after, 'forwards')).setFilter(streamsNamed(prefixes));
  return request(options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions()));
}

export function streamIdentifier(stream: string): shared.StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(new TextEncoder().encode(stream));
}

function request(options: streams.ReadReq.Options): streams.ReadReq {
  return new streams.ReadReq().setOptions(options);
}

function someOptions(direction: 'forwards' | 'backwards'): streams.ReadReq.Options {
  const { FORWARDS, BACKWARDS } = streams.ReadReq.Options.ReadDirection;
  return new streams.ReadReq.Options()
    .setReadDirection(direction === 'forwards' ? FORWARDS : BACKWARDS)
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()));
}

function allFrom(position: LogPosition | undefined, direction: 'forwards' | 'backwards'): streams.ReadReq.Options.AllOptions {
  const options = new streams.ReadReq.Options.AllOptions();
  if (position === undefined) return direction === 'forwards' ? options.setStart(new shared.Empty()) : options.setEnd(new shared.Empty());
  const { commit, prepare } = position;
  return options.setPosition(new streams.ReadReq.Options.Position().setCommitPosition(commit).setPreparePosition(prepare));
}

function streamsNamed(prefixes: readonly string[]): streams.ReadReq.Options.FilterOptions {
  const names = new streams.ReadReq.Options.FilterOptions.Expression().setPrefixList([...prefixes]);
  return new streams.ReadReq.Options.FilterOptions().setStreamIdentifier(names).setMax(SEARCH_WINDOW).setCheckpointintervalmultiplier(1);
}

function count(limit: number): string {
  return Number.isFinite(limit) ? String(limit) : ALL;
}
