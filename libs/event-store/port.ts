// The port through which Parley reads and writes the event log. Every adapter passes one contract suite.

declare const positionBrand: unique symbol;
declare const revisionBrand: unique symbol;

/** A place in the whole log. Opaque, ordered by `<`, possibly with gaps; written as a decimal string outside the process. */
export type Position = bigint & { readonly [positionBrand]: true };

/** The place of an event in its stream: 0, 1, 2, ... without gaps. */
export type Revision = bigint & { readonly [revisionBrand]: true };

/** What the writer believes the stream's last revision to be. It is always stated: it is the only guard against a double write. */
export type ExpectedRevision = Revision | 'no-stream';

/** Before the first event of any log. */
export const START = 0n as Position;

/** The most that one append may hold, in bytes of all its data and metadata (EventStoreDB refuses more). */
export const MAX_APPEND_BYTES = 1024 * 1024;

export interface NewEvent {
  /** A UUID. Stores do not keep ids unique; readers of a stream may rely on it only as far as its writers do. */
  readonly id: string;
  readonly type: string;
  /** JSON text. Serialised by the caller, so that what cannot be serialised fails before the store is asked. */
  readonly data: string;
  /** JSON text. */
  readonly metadata: string;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
}

export interface AppendResult {
  /** The revision of the last event of the append: what to expect next. */
  readonly revision: Revision;
  /** One position for each event of the append, in its order. */
  readonly positions: readonly Position[];
}

export interface ReadStreamOptions {
  /** Inclusive. Default: the stream's first event, or its last when reading backwards. */
  readonly from?: Revision;
  readonly direction?: 'forwards' | 'backwards';
  /** Default: no limit. */
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** Exclusive. Default: {@link START}. */
  readonly after?: Position;
  readonly limit?: number;
}

/**
 * What a subscription yields: batches of events in the log's order, without gap or repeat, and `caught-up` each time
 * that it has delivered everything that was in the log when it looked.
 */
export type SubscriptionMessage =
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[] }
  | { readonly kind: 'caught-up'; readonly position: Position }
  /** The store is away; the subscription goes on by itself when it is back. */
  | { readonly kind: 'interrupted'; readonly reason: string };

export interface Subscription extends AsyncIterable<SubscriptionMessage> {
  /** Ends the iteration. Safe to call more than once. */
  close(): Promise<void>;
}

export interface EventStore {
  /** Names this log, and no other, for as long as it lives. `[a-z0-9]+`, part of live ids. */
  readonly id: string;

  /**
   * True if appends stand in the log in the order in which `append` was called in this process (also across streams).
   * Where it is false, whoever needs an order between streams awaits one append before the next.
   */
  readonly keepsCallOrder: boolean;

  /**
   * Appends all events or none, and resolves when they are durable. The same append again, at its original expected
   * revision, gives the first outcome and writes nothing.
   * @throws WrongExpectedRevision the stream is elsewhere, or only a part of the append is new
   * @throws InvalidAppend no events, an id twice or not a UUID in lower case, text that is not well-formed Unicode, an
   *   empty stream name, more than {@link MAX_APPEND_BYTES}
   * @throws OutcomeUnknown the append may or may not have happened: repeat it unchanged to find out
   * @throws StoreUnavailable nothing was written
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;

  /** Reads one stream. A stream that never was is empty. @throws StoreUnavailable */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;

  /** Reads the whole log forwards. @throws StoreUnavailable */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;

  /**
   * Everything after a position, then what is appended, until closed. The subscriber's pace is kept (back-pressure):
   * what is in memory is bounded, however far behind it is.
   * @throws StoreUnavailable the store is closed (from this call or from the first step of the iteration)
   */
  subscribeToAll(options?: { readonly after?: Position; readonly batchSize?: number }): Subscription;

  /** The position of the last event in the log; {@link START} when it is empty. @throws StoreUnavailable */
  head(): Promise<Position>;

  /** Lets appends under way finish, ends reads and subscriptions. Safe to call more than once. */
  close(): Promise<void>;
}

export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** What the stream's last revision is in truth. */
    readonly actual: ExpectedRevision,
  ) {
    super(`Stream ${stream} was expected at ${expected} and is at ${actual}`);
  }
}

export class InvalidAppend extends Error {
  override readonly name = 'InvalidAppend';
}

export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** @throws RangeError if the text is not a decimal number without sign */
export function parsePosition(text: string): Position {
  if (!/^\d{1,20}$/.test(text)) throw new RangeError(`Not a position: ${text}`);
  return BigInt(text) as Position;
}
