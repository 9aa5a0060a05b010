// What a webhook is, and what is kept of its deliveries.
import type { DeliveryFilter } from '#projections/read-side.js';

export interface Webhook {
  /** A slug. */
  readonly id: string;
  readonly url: string;
  /** Null: all. */
  readonly crisis: string | null;
  readonly filter: DeliveryFilter;
  /** `whsec_` and base64. */
  readonly secret: string;
  /** The log's id to which positions belong. */
  readonly log: string;
  /** ms */
  readonly createdAt: number;
  /** All up to here was accepted or parked, but for what its detached lanes tell. */
  readonly position: number;
  /** Nothing is sent. */
  readonly disabled: { readonly reason: string; /** ms */ readonly at: number } | null;
}

/** How far one track has come, where that is not what the webhook's position says. */
export interface LaneRecord {
  readonly crisis: string;
  readonly track: string;
  /** All of the track up to here was accepted or parked. */
  readonly after: number;
  /** The track goes on from `after` by itself. Else it is ahead of the webhook's position. */
  readonly detached: boolean;
  readonly failure: Failure | null;
}

/** Why a lane's next message is not accepted yet. */
export interface Failure {
  readonly attempts: number;
  /** ms */
  readonly since: number;
  /** ms */
  readonly next: number;
  /** Null if there was no answer. */
  readonly status: number | null;
  readonly error: string;
}

/** A message that was given up. */
export interface ParkedMessage {
  readonly id: string;
  readonly position: number;
  readonly crisis: string;
  readonly track: string;
  readonly development: string;
  readonly type: string;
  readonly attempts: number;
  /** ms */
  readonly since: number;
  /** ms */
  readonly parkedAt: number;
  readonly status: number | null;
  readonly error: string;
}
