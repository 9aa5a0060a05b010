// What the read side offers to a service: answers, streams of answers, and word of how far it has come.
//
// It works in threads of its own: a builder applies the log to a local SQLite file, a reader answers from it. The
// calling thread only passes messages, so nothing here keeps an event loop busy.
import type { Position } from '#event-store/port.js';
import type { Reliability } from '#crisis/admiralty.js';
import type { Refusal } from '#crisis/refusal.js';
import type { CommitmentFilter } from '#crisis/commitments.js';
import type { MeetingFilter } from '#crisis/meetings.js';
import type { PositionFilter } from '#crisis/positions.js';
import type { DevelopmentType } from '#crisis/vocabulary/types.js';

/** Where a read stands on the two clocks, and whose reports count. */
export interface ReadPoint {
  /** What had happened by then, ms. Default: `now`. */
  readonly asOf?: number;
  /** What had been recorded by then, ms. Default: all that is recorded. */
  readonly knownAt?: number;
  /** Pins the answer to what the log held up to this position. Compared here, never passed to the store. */
  readonly position?: bigint;
  readonly excludeSource?: readonly string[];
  readonly minReliability?: Exclude<Reliability, 'F'>;
  /** The projection version that a permalink names: the answer is to be the one that was cited, in its very bytes. */
  readonly projection?: number;
  /** The log that a permalink names; whoever asks has seen to it that it is this one. */
  readonly log?: string;
  /** The read's address without its point, as far as the point's first parameter (`/crises/c?`): what the permalink of a settled answer begins with. */
  readonly address?: string;
  /** The caller's clock, ms. */
  readonly now: number;
}

export interface TimelineFilter {
  /** Occurrences from this moment on / up to it, ms, inclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly type?: readonly DevelopmentType[];
  readonly track?: readonly string[];
  readonly actor?: readonly string[];
  readonly issue?: readonly string[];
  readonly source?: readonly string[];
  readonly verification?: readonly string[];
  /** Words to look for in summaries, quotes, names and places. */
  readonly q?: string;
}

/** A list that comes in pages. */
export interface Paged {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

/** Over some tracks of a crisis; by default, over all. */
export interface OverTracks {
  readonly crisis: string;
  readonly track?: readonly string[];
}

/** What can be asked, by the question's name. */
export interface Questions {
  crises: ReadPoint;
  crisis: ReadPoint & { readonly crisis: string };
  tracks: ReadPoint & { readonly crisis: string };
  track: ReadPoint & { readonly crisis: string; readonly track: string };
  timeline: ReadPoint &
    Paged & {
      readonly crisis: string;
      readonly filter: TimelineFilter;
      /** `relevance` goes with `filter.q`. */
      readonly order: 'newest' | 'oldest' | 'relevance';
    };
  development: ReadPoint & { readonly crisis: string; readonly track: string; readonly id: string };
  positions: ReadPoint & OverTracks & PositionFilter;
  commitments: ReadPoint & OverTracks & CommitmentFilter & Paged;
  meetings: ReadPoint & OverTracks & MeetingFilter & Paged;
  /** Of the crisis, of one track, of what one actor has a part in, or of what happened between two actors. */
  tension: ReadPoint & {
    readonly crisis: string;
    readonly track?: string;
    /** One or two. */
    readonly actor?: readonly string[];
    /** How many days are listed, with that of `asOf` as the last. */
    readonly days: number;
  };
  /** Those that were registered by then, in the order of registration. */
  actors: ReadPoint & Paged & { readonly crisis: string; readonly actor?: readonly string[] };
  /** From a point of its own up to the one that every read has, which on neither clock lies before it. */
  changes: ReadPoint &
    OverTracks & {
      /** `asOf` and `knownAt` of the point from which on, ms. */
      readonly from: number;
      readonly fromKnownAt: number;
      /** Of each set, at most so many are listed. */
      readonly limit: number;
    };
  /** `{ recordTime }`: the latest effective record time of a crisis's track events (without `TrackOpened`), ms, or null. */
  recordTime: { readonly crisis: string };
  /** The state that a live connection starts with: what the reads answer at head. */
  snapshot: Followed & { readonly projections: readonly LiveProjection[]; readonly filter?: LiveFilter; readonly now: number };
  /** The next live messages after a cursor, oldest first, at most `limit`. Many subscribers share one page. */
  livePage: Followed & {
    readonly projections: readonly LiveProjection[];
    readonly after: LiveCursor;
    readonly limit: number;
    readonly now: number;
  };
  /** `{ nextDue }`: the moment (ms) from which `livePage` may tell of what falls due next after another moment, or null. */
  nextDue: Followed & { readonly after: number };
  /** The next developments, and events about them, after a position, for a webhook. */
  deliveries: DeliveryScope & {
    readonly after: bigint;
    /** At most so many. */
    readonly limit: number;
  };
  parked: Record<string, never>;
}
export type Question = keyof Questions;

/** One crisis, or all of them, also those that are opened later. */
export interface Followed {
  /** Null: all. */
  readonly crisis: string | null;
}

export const LIVE_PROJECTIONS = ['tracks', 'timeline', 'positions', 'commitments', 'meetings', 'tension'] as const;
export type LiveProjection = (typeof LIVE_PROJECTIONS)[number];

/** What is told of is narrowed to these. Each is judged as far as it applies to what a message is about: see live-filter.ts. */
export interface LiveFilter {
  readonly crisis?: readonly string[];
  readonly track?: readonly string[];
  readonly actor?: readonly string[];
  readonly issue?: readonly string[];
  readonly type?: readonly DevelopmentType[];
  readonly source?: readonly string[];
}

/** What a webhook is told of: what is about a development that is in every list that is given, or was before the event. */
export interface DeliveryScope {
  /** Default: all. */
  readonly crisis?: string;
  /** One track of the crisis alone; beside `filter.track`, which also knows `alsoOn`. */
  readonly ofTrack?: string;
  readonly filter: DeliveryFilter;
}
export type DeliveryFilter = Pick<TimelineFilter, 'track' | 'actor' | 'issue' | 'source' | 'type'>;

/** The answer to `deliveries`. */
export interface DeliveryPage {
  /** In the log's order. */
  readonly messages: readonly DeliveryMessage[];
  /** Up to here nothing else is to be told; not before `after`. */
  readonly cursor: string;
  readonly more: boolean;
  /** Tracks of which nothing from a position up to the cursor on is told, since it could not be applied. */
  readonly parked: readonly { readonly crisis: string; readonly track: string; readonly position: string }[];
}

export interface DeliveryMessage {
  readonly position: string;
  readonly crisis: string;
  readonly track: string;
  /** The development that it is about. */
  readonly development: string;
  /** The store's id of the event. */
  readonly event: string;
  /** Its type. */
  readonly type: string;
  /** The earliest moment at which the development happened, as it is known now, ms. */
  readonly occurred: number;
  /** ms */
  readonly recorded: number;
  /** The data of the live message. */
  readonly data: object;
}

/** Up to where a live connection has been told: all events up to a position, and all that fell due up to a moment (ms). */
export interface LiveCursor {
  readonly position: bigint;
  /** The number of the last message of that position's event that was sent; undefined: all of them. */
  readonly number?: number;
  /** ms. Undefined: the true time at which that position was recorded. */
  readonly moment?: number;
  /** Of all crises: of what fell due at that very moment, what did so in crises opened up to this position; undefined: in all. */
  readonly among?: number;
  /** What of the crisis was parked up to that position when it was told, as parked-mark.ts writes it; undefined: nothing. */
  readonly parked?: string;
}

/** What can be streamed, by its name. */
export interface Streams {
  /** Frames as NDJSON lines. */
  replay: ReadPoint & { readonly crisis: string; readonly from?: number; readonly until: number; readonly by: 'occurred' | 'recorded' };
  /** Lines as `/import` takes them, in the log's order. */
  export: { readonly crisis: string };
}
export type StreamName = keyof Streams;

/** An answer as it goes out: JSON text, serialised where it was computed. */
export interface Answer {
  readonly body: string;
  /** Of what a permalink asked for. Its body is canonical JSON (RFC 8785). */
  readonly cited?: Cited;
}

export interface Cited {
  /** SHA-256 of the body, in hexadecimal digits. */
  readonly digest: string;
  readonly position: string;
}

/** A stream that is parked, and from which position on: of it, nothing later is applied. */
export interface ParkedFrom {
  readonly stream: string;
  readonly position: Position;
}

export interface Progress {
  /** The position up to which all is applied (or parked). */
  readonly position: Position;
  /** True once the read side has been level with the log since it was opened. */
  readonly caughtUp: boolean;
  readonly parked: number;
  readonly parkedStreams?: readonly ParkedFrom[];
  /** Why the log cannot be followed at the moment, if so. */
  readonly interrupted?: string;
}

/** The name of the one projection that there is: all read models are of one file, so that an answer is of one moment. */
export const PROJECTION = 'read-side';

/** Why the file is built anew: somebody asked for it, or wants what is parked to be tried again. */
export type RebuildReason = 'asked' | 'retry';

export interface ProjectionStatus {
  readonly name: string;
  /** Permalinks name it. */
  readonly version: number;
  /** `building` until it has been level with the log once; `interrupted` while the log cannot be followed. */
  readonly state: 'building' | 'live' | 'interrupted';
  readonly position: Position;
  readonly parked: number;
  /** How many events were applied or parked since the service was started, by rebuilds too, and how many a second of late. */
  readonly applied: number;
  readonly eventsPerSecond: number;
  /** Bytes. */
  readonly fileSize: number;
  /** The one under way. */
  readonly rebuild: (Pick<RebuildReport, 'why' | 'strict' | 'startedAt'> & { readonly position: Position }) | null;
  /** The last one that came to an end since the service was started. */
  readonly lastRebuild: RebuildReport | null;
}

export interface RebuildReport {
  readonly why: RebuildReason;
  readonly strict: boolean;
  /** ms */
  readonly startedAt: number;
  readonly endedAt: number;
  /** `in-service`: answers come from the new file. Else from the one before it, as ever: `stopped` at an event, being strict, or `failed`. */
  readonly outcome: 'in-service' | 'stopped' | 'failed';
  /** How many streams are not parked any more, or from a later event on. */
  readonly released?: number;
  readonly obstacle?: {
    readonly position: Position;
    readonly stream: string;
    readonly revision: number;
    readonly type: string;
    readonly reason: string;
  };
}

/** What a batch of applied events changed. */
export interface Advance {
  readonly position: Position;
  /** The crises of which the batch had events. */
  readonly crises: readonly string[];
}

export interface ReadSide {
  readonly progress: Progress;
  readonly status: ProjectionStatus;
  /** Waits until a position is applied, at most so long. Resolves to whether it is. */
  reached(position: Position, timeoutMs: number): Promise<boolean>;
  /** @throws ReadRefused when there is no such thing (`not-found`) or the question cannot be answered */
  ask<Q extends Question>(question: Q, params: Questions[Q]): Promise<Answer>;
  /**
   * UTF-8 text in chunks of whole lines, as fast as the consumer takes them; what is in memory is bounded. A chunk is the consumer's
   * until it asks for the next one: then its memory is written into again. @throws ReadRefused
   */
  stream<S extends StreamName>(name: S, params: Streams[S]): AsyncIterable<Buffer>;
  /** Calls a listener after each batch that was applied. Returns how to stop. */
  onAdvance(listener: (advance: Advance) => void): () => void;
  /** Calls a listener when `progress.interrupted`, `caughtUp` or `parked` changes. Returns how to stop. */
  onProgress(listener: (progress: Progress) => void): () => void;
  /**
   * Builds the file anew beside the one that answers, which goes on until the new one is level with the log and takes its place.
   * What is parked is tried again by that. Says whether it has begun: not while another one is under way.
   * @param options.strict to stop at the first event that cannot be applied: then the file before it stays
   */
  rebuild(why: RebuildReason, options: { readonly strict: boolean }): boolean;
  close(): Promise<void>;
}

export class ReadRefused extends Error {
  override readonly name = 'ReadRefused';
  constructor(readonly refusal: Refusal) {
    super(refusal.detail);
  }
}
