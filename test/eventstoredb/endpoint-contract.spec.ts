// The store contract on the adapter, through the client and a real socket, without a server: `npm run test:eventstoredb` runs the
// same suite on a real one. The endpoint is a process of its own, for one test looks at the memory of this one.
import { afterAll, beforeAll } from '@jest/globals';
import { describeEventStore } from '#event-store/contract.js';
import { openEventStoreDB, type EventStoreDB } from '#event-store/eventstoredb/store.js';
import { spawnEndpoint, type EndpointProcess } from '../replicas/endpoint-process.js';

let endpoint: EndpointProcess;
beforeAll(async () => {
  endpoint = await spawnEndpoint();
});
afterAll(() => endpoint.close());

async function open(): Promise<EventStoreDB> {
  const store = openEventStoreDB({ url: endpoint.url, prefixes: ['contract-'] });
  await store.name();
  return store;
}

describeEventStore('EventStoreDB, played by the endpoint', { open, reopen: open });
