// What the threads of the read side tell each other.
import type { Refusal } from '#crisis/refusal.js';
import type { LogSource } from './log-source.js';
import type { Answer, Question, Questions, StreamName, Streams } from './read-side.js';
import type { ParkedStream } from './tables/parked.js';

/** What a thread is started with. */
export interface ThreadOptions {
  readonly file: string;
  /** The log's id. */
  readonly store: string;
}

export interface BuilderOptions extends ThreadOptions {
  /** Where the files of other stores and versions lie. */
  readonly folder: string;
  readonly log: LogSource;
  /** It is not built beside another one: what it has so far is answered from. */
  readonly inService: boolean;
  /** To stop at the first event that cannot be applied, instead of parking it. */
  readonly strict: boolean;
}

export type ToBuilder =
  /** The file is the one that is answered from. */
  { readonly kind: 'put-in-service' } | { readonly kind: 'close' };

export type FromBuilder =
  /** A long log is being applied: the file is not there before its end. */
  | { readonly kind: 'under-way'; readonly position: number; readonly applied: number }
  /** The file is there. */
  | { readonly kind: 'ready'; readonly state: BuilderState }
  | { readonly kind: 'committed'; readonly state: BuilderState; readonly crises: readonly string[] }
  /** The log cannot be followed at the moment. */
  | { readonly kind: 'interrupted'; readonly reason: string }
  /** In strict mode: it does not go on. */
  | { readonly kind: 'stopped'; readonly obstacle: Obstacle }
  | { readonly kind: 'damaged'; readonly reason: string };

export interface BuilderState {
  readonly position: number;
  readonly caughtUp: boolean;
  /** How many events it has come through since its thread was started. */
  readonly applied: number;
  readonly parked: number;
  readonly parkedStreams: readonly ParkedStream[];
}

/** An event that cannot be applied. */
export interface Obstacle {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly reason: string;
}

export type ToReader =
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question; readonly params: Questions[Question] }
  /** Its pieces are written into the room that is given; none of it is free yet. */
  | {
      readonly kind: 'stream';
      readonly id: number;
      readonly name: StreamName;
      readonly params: Streams[StreamName];
      readonly room: readonly SharedArrayBuffer[];
    }
  /** A place in the room is free: one more piece may be sent. */
  | { readonly kind: 'more'; readonly id: number; readonly place: number }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'close' };

export type FromReader =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  /** A piece of a stream, UTF-8: so many bytes at its place in the room, or a line that is too long for it. */
  | {
      readonly kind: 'piece';
      readonly id: number;
      readonly place: number;
      readonly length: number;
      readonly tooLong?: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'refused'; readonly id: number; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  | { readonly kind: 'damaged'; readonly reason: string };
