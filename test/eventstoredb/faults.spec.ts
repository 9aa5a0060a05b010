// What becomes of a service and its users when the store behind it goes wrong, fault after fault on one service with one live
// connection. docs/faults-of-the-store.md is the table of what this run saw; `npm run docs:faults` writes it anew.
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { projectRoot } from '#crisis/testing/project-files.js';
import { openCrisis, Service, statement, type Answer } from '../e2e/command-service.js';
import { LiveClient } from '../e2e/live-client.js';
import { startEndpoint, type Endpoint } from '../support/eventstoredb-endpoint.js';
import { seenByTheBareClient } from './bare-client.js';
import { STORE_FAULTS, type StoreFault } from './store-faults.js';

const PAGE = 'docs/faults-of-the-store.md';
const CRISIS = 'store-faults';
const TRACK = `/crises/${CRISIS}/tracks/talks`;
/** A caller is told within 5 s; the rest is for a machine that is busy. */
const IN_TIME_MS = 10_000;

let endpoint: Endpoint;
let service: Service;
let live: LiveClient;
/** Ids of developments that were answered 200 or 201. */
const acknowledged: string[] = [];
const rows: string[] = [];

beforeAll(async () => {
  endpoint = await startEndpoint();
  service = await Service.start({ EVENTSTORE_URL: endpoint.url });
  await openCrisis(service, CRISIS);
  while ((await service.get(TRACK)).status !== 200) await sleep(20);
  live = await LiveClient.open(`${service.url}/crises/${CRISIS}/live`);
  await live.next('snapshot');
});
afterAll(async () => {
  await endpoint.heal();
  await live.close();
  await service.remove();
  await endpoint.close();
});

const post = (id: string): Promise<Answer> => service.post(`${TRACK}/developments`, statement({ id }));

/** Sends it until it is acknowledged, as any caller of Parley would. */
async function record(id: string): Promise<Answer> {
  for (;;) {
    const answer = await post(id);
    if (answer.status < 300) {
      acknowledged.push(id);
      return answer;
    }
    expect(answer.status).toBe(503);
    await sleep(50);
  }
}

async function untilLive(id: string): Promise<void> {
  for (;;) if ((await live.next('development')).data.development.id === id) return;
}

const liveIds = (): string[] => live.messages.filter(({ event }) => event === 'development').map(({ data }) => data.development.id);

/** How often each development stands in the log. */
async function inTheLog(): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { type, data } of await endpoint.events()) {
    if (type !== 'StatementMade') continue;
    const { id } = JSON.parse(Buffer.from(data).toString('utf8')) as { id: string };
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** What a user sees, in the words of the page. @throws what is against the promise */
async function seenByAUser(fault: StoreFault): Promise<string> {
  const id = `f-${randomUUID().slice(0, 8)}`;
  await record(`${id}-before`);
  await untilLive(`${id}-before`);
  if (fault.inFlight) endpoint.slow(200);
  const early = fault.inFlight ? post(id) : undefined;
  if (fault.inFlight) await sleep(50);
  await fault.inject(endpoint);
  if (fault.inFlight) endpoint.slow(0);
  const started = performance.now();
  const answer = await (early ?? post(id));
  expect(performance.now() - started).toBeLessThan(IN_TIME_MS);
  const seen: string[] = [];
  if (answer.status === 503) {
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answer.body).toMatchObject({ code: 'store-away' });
    seen.push('503 with `Retry-After` within 5 s');
  } else {
    expect(answer.status).toBe(201);
    acknowledged.push(id);
    seen.push('recorded');
  }
  if (fault.command === 'either') seen.splice(0, 1, 'recorded after some seconds, or 503 with `Retry-After`');
  else expect(answer.status === 503).toBe(fault.command === 'refused');
  const read = await service.get(TRACK);
  expect(read.status).toBe(200);
  if (fault.lasts) {
    expect(Number(read.headers.get('parley-lag'))).toBeGreaterThan(0);
    expect((await service.get('/health/ready')).status).toBe(503);
    seen.push('reads go on, `Parley-Lag` above 0; `/health/ready` says 503');
  }
  await endpoint.heal();
  if (answer.status === 503) await record(id);
  await record(`${id}-after`);
  await untilLive(`${id}-after`);
  if (fault.lasts) seen.push('when it is back, the repeat is answered and live connections catch up');
  return seen.join('; ');
}

describe('a fault of the store', () => {
  test.each(STORE_FAULTS.map((fault) => [fault.name, fault] as const))('%s: nothing is lost, nothing is doubled', async (name, fault) => {
    const client = await seenByTheBareClient(fault);
    const user = await seenByAUser(fault);
    const counts = await inTheLog();
    const lost = acknowledged.filter((id) => !counts.has(id)).length;
    const doubled = [...counts.values()].filter((count) => count > 1).length;
    expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
    rows.push(`| ${name} | ${client} | ${user} | ${lost} | ${doubled} |`);
  });

  test('after all of them: the log, the timeline and the one live connection have each development once', async () => {
    const written = [...(await inTheLog()).keys()];
    expect(acknowledged.filter((id) => !written.includes(id))).toEqual([]);
    expect(liveIds()).toEqual(written);
    const timeline = await service.get(`/crises/${CRISIS}/timeline?limit=500`);
    expect(timeline.body.developments.map(({ id }: { id: string }) => id).sort()).toEqual([...written].sort());
  });

  test(`${PAGE} is the table of this run`, () => {
    expect(rows).toHaveLength(STORE_FAULTS.length);
    const file = join(projectRoot(), PAGE);
    const page = readFileSync(file, 'utf8');
    const heading = '| fault | what the bare client does | what a user of Parley sees | lost | doubled |';
    const table = [heading, '|---|---|---|---|---|', ...rows].join('\n');
    const made = page.replace(/(?<=<!-- made by [^>]*-->\n\n)[^]*?(?=\n\n<!-- end -->)/, () => table);
    if (process.env['PARLEY_WRITE_DOCS'] === 'on') writeFileSync(file, made);
    else expect(page).toBe(made);
  });
});
