// The store contract on the EventStoreDB that EVENTSTORE_URL names.
import { describeEventStore } from '#event-store/contract.js';
import { openEventStoreDB, type EventStoreDB } from '#event-store/eventstoredb/store.js';

const url = process.env['EVENTSTORE_URL']!;

async function open(): Promise<EventStoreDB> {
  const store = openEventStoreDB({ url, prefixes: ['contract-'] });
  await store.name();
  return store;
}

describeEventStore('EventStoreDB', { open, reopen: open });
