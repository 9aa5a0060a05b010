// What can happen to the store while Parley runs on it: one row each of docs/faults-of-the-store.md.
import type { Endpoint } from '../support/eventstoredb-endpoint.js';

export interface StoreFault {
  /** As the page names it. */
  readonly name: string;
  /** It goes on until the endpoint is healed. */
  readonly lasts: boolean;
  /** It needs an append that is under way. */
  readonly inFlight: boolean;
  /**
   * What a command is answered while it happens: `recorded`, as always; `refused`, with 503; `either`, whichever comes first of
   * the adapter's repeat and the caller's patience.
   */
  readonly command: 'recorded' | 'refused' | 'either';
  inject(endpoint: Endpoint): unknown;
}

const passing = { lasts: false, inFlight: false, command: 'recorded' } as const;

export const STORE_FAULTS: readonly StoreFault[] = [
  { ...passing, name: 'the node takes 0.1 s for everything', inject: (endpoint) => endpoint.slow(100) },
  { ...passing, name: 'the network breaks every connection', inFlight: true, inject: (endpoint) => endpoint.cut() },
  { ...passing, name: 'the node ends its half of every connection', inFlight: true, inject: (endpoint) => endpoint.halfClose() },
  { ...passing, name: 'the node takes no new connections', inject: (endpoint) => endpoint.refuse() },
  { ...passing, name: 'subscriptions end without a word', inject: (endpoint) => endpoint.dropSubscriptions('ended') },
  { ...passing, name: 'subscriptions end: subscriber too slow', inject: (endpoint) => endpoint.dropSubscriptions('too-slow') },
  { ...passing, name: 'subscriptions end: node not ready', inject: (endpoint) => endpoint.dropSubscriptions('not-ready') },
  { ...passing, name: 'another writer was first, says the node', inject: (endpoint) => endpoint.failAppends('wrong-version') },
  { ...passing, name: 'written, and the answer is lost with the connection', inject: (endpoint) => endpoint.failAppends('cut') },
  { ...passing, name: 'written, and never answered', command: 'either', inject: (endpoint) => endpoint.failAppends('unanswered') },
  { ...passing, name: 'the node is frozen (SIGSTOP)', lasts: true, command: 'refused', inject: (endpoint) => endpoint.freeze() },
  { ...passing, name: 'the node is gone (`kill -9`)', lasts: true, command: 'refused', inject: (endpoint) => endpoint.stop() },
];
