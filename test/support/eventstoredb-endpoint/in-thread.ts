// An endpoint in a thread of its own, for tests that look at their own memory or would get in its way.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { startEndpoint, type Endpoint } from '../eventstoredb-endpoint.js';

/** It cannot be told to go wrong from outside. */
export async function startEndpointInThread(): Promise<Pick<Endpoint, 'url' | 'close'>> {
  const thread = new Worker(new URL(import.meta.url));
  const [url] = (await once(thread, 'message')) as [string];
  return {
    url,
    close: async () => {
      const ended = once(thread, 'exit');
      thread.postMessage('close');
      await ended;
    },
  };
}

if (!isMainThread && parentPort !== null) {
  const endpoint = await startEndpoint();
  parentPort.once('message', () => void endpoint.close());
  parentPort.postMessage(endpoint.url);
}
