// What is sent and answered about webhooks.
import type { DevelopmentType, Instant, Position } from './vocabulary.js';

export interface WebhookFilter {
  track?: string[];
  actor?: string[];
  issue?: string[];
  type?: DevelopmentType[];
  source?: string[];
}

export interface WebhookEntry {
  url: string;
  /** Default: all crises. */
  crisis?: string;
  filter?: WebhookFilter;
  /** `whsec_` and the base64 of 24 to 64 bytes. Default: a fresh one, or the one that it has. */
  secret?: string;
  /** The position after which a new webhook begins, or `now`, the default. */
  after?: string;
}

interface Attempts {
  since: Instant;
  attempts: number;
  /** Null if there was no answer. */
  status: number | null;
  error: string;
}

/** A webhook, and how its deliveries stand. */
export interface Webhook {
  id: string;
  url: string;
  crisis?: string;
  filter?: WebhookFilter;
  createdAt: Instant;
  state: 'delivering' | 'failing' | 'disabled';
  /** All that matches up to here was accepted or parked. */
  position: Position;
  pending: number;
  parked: number;
  failing: { since: Instant; tracks: number; first: (Attempts & { crisis: string; track: string; nextAttemptAt: Instant })[] } | null;
  disabled: { at: Instant; reason: string } | null;
}

export interface RegisteredWebhook extends Webhook {
  status: 'registered' | 'amended' | 'unchanged';
  /** Told when it is registered, and never again. */
  secret?: string;
}

/** What became of a test message. */
export interface WebhookTest {
  accepted: boolean;
  status: number | null;
  error: string | null;
}

/** A message that was given up. */
export interface ParkedMessage extends Attempts {
  id: string;
  position: Position;
  crisis: string;
  track: string;
  development: string;
  type: string;
  parkedAt: Instant;
}

export interface RetriedMessages {
  delivered: string[];
  /** The first that was not accepted: those after it were not tried. */
  failed: { id: string; status: number | null; error?: string } | null;
  left: number;
}
