// What a fault does to the client that EventStoreDB offers, when nobody mends it.
import { setTimeout as sleep } from 'node:timers/promises';
import { END, Heard, NO_STREAM, PATHS, append, connect, freshStream, someEvent } from '../support/eventstoredb-client.js';
import { startEndpoint } from '../support/eventstoredb-endpoint.js';
import type { StoreFault } from './store-faults.js';

/** After so long without an answer, twice, the client gives a connection up. Its own default is ten times that. */
const KEEP_ALIVE_MS = 1_000;
/** More than twice as long: what has not come by then does not come. */
const PATIENCE_MS = 3 * KEEP_ALIVE_MS;

/** In the words of the page. */
export async function seenByTheBareClient(fault: StoreFault): Promise<string> {
  const endpoint = await startEndpoint();
  const client = connect(endpoint.url, KEEP_ALIVE_MS);
  try {
    const stream = freshStream();
    await append(client, PATHS[0], stream, NO_STREAM, [someEvent()]);
    const heard = new Heard(client.subscribeToAll({ fromPosition: END }));
    await heard.until(({ told }) => told.includes('caughtUp'));
    if (fault.inFlight) endpoint.slow(200);
    const early = fault.inFlight ? append(client, PATHS[0], stream, 0n, [someEvent()]) : undefined;
    early?.catch(() => undefined);
    if (fault.inFlight) await sleep(50);
    await fault.inject(endpoint);
    if (fault.inFlight) endpoint.slow(0);
    const outcome = await outcomeOf(early ?? append(client, PATHS[0], stream, 0n, [someEvent()]));
    const probe = someEvent();
    append(client, PATHS[0], freshStream(), NO_STREAM, [probe]).catch(() => undefined);
    return `append: ${outcome}; subscription: ${await fateOf(heard, probe.id)}`;
  } finally {
    await endpoint.heal();
    await client.dispose();
    await endpoint.close();
  }
}

async function outcomeOf(appending: Promise<unknown>): Promise<string> {
  const late = sleep(PATIENCE_MS, 'no answer', { ref: false });
  const answer = appending.then(
    () => 'answered',
    (error: unknown) => `error (${kindOf(error)})`,
  );
  return Promise.race([answer, late]);
}

/** @param probe an event that was written after the fault: a subscription that goes on hears of it */
async function fateOf(heard: Heard, probe: string): Promise<string> {
  await heard.until(({ told, ids }) => told.includes('error') || told.includes('end') || ids.includes(probe));
  if (heard.error !== undefined) return `error (${kindOf(heard.error)}), then silence`;
  return heard.told.includes('end') ? 'ends, then silence' : 'goes on';
}

function kindOf(error: unknown): string {
  const { type, code } = error as { readonly type?: string; readonly code?: number };
  if (code === 14) return 'unavailable';
  return type ?? String(code);
}
