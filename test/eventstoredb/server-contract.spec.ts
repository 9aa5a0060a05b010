// The store contract on a real server: EVENTSTORE_URL=... npm run test:eventstoredb
import { test } from '@jest/globals';
import { describeEventStore } from '#event-store/contract.js';
import { openEventStoreDB, type EventStoreDB } from '#event-store/eventstoredb/store.js';

const url = process.env['EVENTSTORE_URL'];

async function open(): Promise<EventStoreDB> {
  const store = openEventStoreDB({ url: url!, prefixes: ['contract-'] });
  await store.name();
  return store;
}

if (url === undefined) test.skip('needs EVENTSTORE_URL', () => undefined);
else describeEventStore('EventStoreDB', { open, reopen: open });
