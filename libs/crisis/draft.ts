// What a decider gives back.
import type { Resolved } from './standing.js';
import type { EventType } from './vocabulary/types.js';
import type { Refusal } from './refusal.js';

/** An event that is decided and not yet written. */
export interface Draft {
  readonly type: EventType;
  /** The store's id of the event. */
  readonly eventId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly resolved?: Resolved;
  /** ms */
  readonly recordedAt: number;
}

export type Decision<Known> =
  | { readonly kind: 'record'; readonly draft: Draft }
  /** It is there already, with the same content. */
  | { readonly kind: 'repeat'; readonly known: Known }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/** Where and when an event was written, as a decider's state keeps it. */
export interface Written {
  readonly revision: bigint;
  readonly position: bigint;
  /** ms */
  readonly recordedAt: number;
}

/** The position of an event that is decided and not yet written: after everything. */
export const PENDING_POSITION = 2n ** 64n;
