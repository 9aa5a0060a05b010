// What a user of Parley sees while the EventStoreDB is away: at the start, and later.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openCrisis, Service, statement } from '../e2e/command-service.js';
import { LiveClient } from '../e2e/live-client.js';
import { startEndpoint, type Endpoint } from '../support/eventstoredb-endpoint.js';

const DEVELOPMENTS = '/crises/c/tracks/talks/developments';

let endpoint: Endpoint;
let service: Service;

beforeEach(async () => {
  endpoint = await startEndpoint();
});

afterEach(async () => {
  await service.remove();
  await endpoint.close();
});

test('a first start without the store says so and waits, and takes up work when the store comes', async () => {
  await endpoint.stop();
  service = await Service.start({ EVENTSTORE_URL: endpoint.url });
  expect((await service.get('/health/live')).status).toBe(200);
  const ready = await service.get('/health/ready');
  expect([ready.status, ready.body.store, ready.body.readSide.staleFor]).toEqual([503, { id: null, head: null }, null]);
  expect(ready.body.reasons.join(' ')).toContain('event store');
  const read = await service.get('/crises');
  expect([read.status, read.body.code, read.headers.get('retry-after'), read.headers.get('parley-lag')]).toEqual([
    503,
    'read-side-away',
    '1',
    'unknown',
  ]);
  expect((await service.get('/crises/c/live')).status).toBe(503);
  await refusesToRecord(() => service.put('/crises/c', { title: 'A crisis' }));

  await endpoint.start();
  await untilReady();
  await openCrisis(service, 'c');
  const { body } = await service.post(DEVELOPMENTS, statement({ id: 'first' }));
  const answer = await service.get(`${DEVELOPMENTS}/first?minPosition=${body.position}`);
  expect([answer.status, answer.headers.get('parley-lag')]).toEqual([200, '0']);
});

test('a start without the store answers what was read before, and says that it may be stale', async () => {
  service = await Service.start({ EVENTSTORE_URL: endpoint.url });
  await untilReady();
  await openCrisis(service, 'c');
  const { body: recorded } = await service.post(DEVELOPMENTS, statement({ id: 'first' }));
  expect((await service.get(`/crises/c?minPosition=${recorded.position}`)).status).toBe(200);
  await service.stop();
  await endpoint.stop();

  await service.start({ EVENTSTORE_URL: endpoint.url });
  const read = await service.get(`${DEVELOPMENTS}/first`);
  expect([read.status, read.body.development.position, read.headers.get('parley-lag')]).toEqual([200, recorded.position, 'unknown']);
  expect((await service.get('/health/ready')).status).toBe(503);
  await refusesToRecord(() => service.post(DEVELOPMENTS, statement({ id: 'second' })));

  await endpoint.start();
  await untilReady();
  expect((await service.post(DEVELOPMENTS, statement({ id: 'second' }))).status).toBeLessThan(202);
  expect((await service.get(`${DEVELOPMENTS}/first`)).headers.get('parley-lag')).toBe('0');
});

test('while the store is away reads go on and tell their lag, live connections stay and catch up, and nothing is recorded twice', async () => {
  service = await Service.start({ EVENTSTORE_URL: endpoint.url });
  await untilReady();
  await openCrisis(service, 'c');
  const { body } = await service.put('/crises/c/issues/enlargement', { title: 'Enlargement, again' });
  expect((await service.get(`/crises/c/tracks?minPosition=${body.position}`)).status).toBe(200);
  const live = await LiveClient.open(`${service.url}/crises/c/live`);
  await live.next('snapshot');

  await endpoint.stop();
  await refusesToRecord(() => service.post(DEVELOPMENTS, statement({ id: 'meanwhile' })));
  const read = await service.get('/crises/c/tracks');
  expect(read.status).toBe(200);
  expect(Number(read.headers.get('parley-lag'))).toBeGreaterThan(0);
  const ready = await service.get('/health/ready');
  expect([ready.status, ready.body.store.head]).toEqual([503, null]);
  expect(ready.body.readSide.staleFor).toBeGreaterThan(0);
  const metrics = (await service.get('/metrics')).body as string;
  expect(metrics).toMatch(/^parley_caught_up 0$/m);
  expect(Number(/^parley_lag_seconds ([\d.]+)$/m.exec(metrics)![1])).toBeGreaterThan(0);

  await endpoint.start();
  await untilReady();
  const again = await service.post(DEVELOPMENTS, statement({ id: 'meanwhile' }));
  expect([200, 201]).toContain(again.status);
  expect((await live.next('development')).data.development.id).toBe('meanwhile');
  await live.close();
  const developments = (await endpoint.events()).filter(({ stream }) => stream === 'track-c.talks');
  expect(developments).toHaveLength(2); // TrackOpened and it
});

test('a server that holds another log than before is neither written nor read', async () => {
  service = await Service.start({ EVENTSTORE_URL: endpoint.url });
  await untilReady();
  await openCrisis(service, 'c');
  await endpoint.close();
  endpoint = await startEndpoint({ port: endpoint.port });
  await refusesToRecord(() => service.post(DEVELOPMENTS, statement({ id: 'astray' })));
  expect(await endpoint.events()).toEqual([]);
  const { body } = await service.get('/health/ready');
  expect(body.reasons.join(' ')).toContain('start again');
});

async function refusesToRecord(record: () => ReturnType<Service['get']>): Promise<void> {
  const asked = performance.now();
  const { status, body, headers } = await record();
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'store-away', '1']);
  // The promise is 5 s; the rest is for a machine that is busy with something else.
  expect(performance.now() - asked).toBeLessThan(15_000);
}

async function untilReady(): Promise<void> {
  while ((await service.get('/health/ready')).status !== 200) await sleep(50);
}
