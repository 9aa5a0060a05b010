// What a track's decider keeps of an event: little, since a track may have a hundred thousand.
import type { Written } from './draft.js';
import type { EventType } from './vocabulary/types.js';

export interface Known extends Written {
  readonly type: EventType;
  readonly digest: string;
  /** Of developments. */
  readonly retracted: boolean;
  /** The revisions of the record events that name it. */
  readonly records: readonly bigint[];
  /** The proposal of a promise. */
  readonly proposal?: string;
}

/** One for all that have none. */
export const NO_RECORDS: readonly bigint[] = [];
