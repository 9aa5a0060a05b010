// Moving a crisis from the embedded store to an EventStoreDB, as docs/operations.md tells it.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Service } from '../e2e/command-service.js';
import { startEndpoint } from '../support/eventstoredb-endpoint.js';

const CRISIS = '/crises/nato-russia-2022';
const POINTS = ['asOf=2022-01-12&knownAt=2022-01-12', 'asOf=2022-01-21&knownAt=2022-01-21', 'asOf=2022-01-31&knownAt=2022-01-25'];

test('a crisis that is exported from the embedded store and imported on an EventStoreDB answers the same, at any point of both clocks', async () => {
  await using cleanup = new AsyncDisposableStack();
  const endpoint = await startEndpoint();
  cleanup.defer(() => endpoint.close());
  const embedded = await Service.start({ PARLEY_DEMO: 'on' });
  cleanup.defer(() => embedded.remove());
  const moved = await Service.start({ EVENTSTORE_URL: endpoint.url });
  cleanup.defer(() => moved.remove());
  while ((await embedded.get('/health/ready')).status !== 200) await sleep(20);

  const exported = (await embedded.get(`${CRISIS}/export.ndjson`)).body as string;
  const lines = exported.trimEnd().split('\n');
  const results = await moved.import(lines);
  expect(results.filter(({ status }) => status !== 'recorded')).toEqual([]);
  const { position } = results.at(-1);
  expect((await moved.get(`${CRISIS}/export.ndjson?minPosition=${position}`)).body).toBe(exported);
  for (const point of POINTS) {
    const [before, after] = await Promise.all([embedded, moved].map((service) => service.get(`${CRISIS}/tracks?${point}`)));
    expect(withoutPlaces(after!.body)).toEqual(withoutPlaces(before!.body));
  }
  const { permalink } = (await embedded.get(`${CRISIS}/tracks?${POINTS[0]}`)).body;
  const gone = await moved.get(permalink);
  expect([gone.status, gone.body]).toEqual([410, expect.objectContaining({ code: 'log-gone' })]);
  expect((await moved.get(gone.body.today)).status).toBe(200);
  expect(new Set((await moved.import(lines)).map(({ status }) => status))).toEqual(new Set(['unchanged']));
});

/** Positions are the log's own, and what is cited is of one log; everything else moves. */
function withoutPlaces(answer: any): unknown {
  return { ...answer, position: undefined, permalink: undefined };
}
