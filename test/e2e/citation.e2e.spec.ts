// Answers that one can cite: a permalink has the same bytes for ever, here and on another service over the same log.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECTION_VERSION } from '#projections/version.js';
import { Service, statement } from './command-service.js';

const CRISIS = '/crises/nato-russia-2022';
const POINT = 'asOf=2022-01-21&knownAt=2022-01-21';
const READS = [
  `${CRISIS}?${POINT}`,
  `${CRISIS}/tracks?${POINT}`,
  `${CRISIS}/tracks/us-russia?${POINT}&minPosition=20`,
  `${CRISIS}/tracks/us-russia?${POINT}&excludeSource=tass&minReliability=D`,
  `${CRISIS}/timeline?${POINT}&limit=7&type=MeetingHeld&type=StatementMade&from=2022-01-10T00:00:00%2B03:00`,
  `${CRISIS}/timeline?${POINT}&q=security&order=oldest`,
  `${CRISIS}/tracks/us-russia/developments/written-answer-promised?${POINT}`,
  `${CRISIS}/tracks?asOf=2022-01-21&position=60`,
  `/crises?${POINT}&position=90`,
];

interface Bytes {
  readonly text: string;
  readonly etag: string | null;
}

let service: Service;
beforeAll(async () => {
  service = await Service.start({ PARLEY_DEMO: 'on' });
  await isReady(service);
});
afterAll(() => service.remove());

describe('a settled answer', () => {
  it.each(READS)('has a permalink, which has the digest of its own bytes: %s', async (path) => {
    const { permalink, position, ...said } = (await service.get(path)).body;
    const cited = await follow(service, permalink);
    const body = JSON.parse(cited.text);
    expect(cited.text).toBe(canonicalize(body));
    expect(cited.etag).toBe(`"${createHash('sha256').update(cited.text).digest('hex')}"`);
    expect(body).toMatchObject({ ...said, permalink, position });
    const kept = await fetch(service.url + permalink, { headers: { 'if-none-match': cited.etag! } });
    expect([kept.status, await kept.text()]).toEqual([304, '']);
  });

  it('is no answer that may still change', async () => {
    for (const path of [`${CRISIS}/tracks`, `${CRISIS}/timeline?knownAt=2100-01-01`, `/crises?${POINT}`])
      expect((await service.get(path)).body).not.toHaveProperty('permalink');
  });
});

describe('a permalink', () => {
  it('has the same bytes whatever is recorded later, after a restart, after a rebuild, and on another service', async () => {
    const links = await linksOf(service);
    const before = await followAll(service, links);
    await recordMuch();
    expect(await followAll(service, links)).toEqual(before);
    await service.restart();
    expect(await followAll(service, links)).toEqual(before);
    await service.stop();
    rmSync(join(service.folder, 'read-side'), { recursive: true });
    await service.start();
    await isReady(service);
    expect(await followAll(service, links)).toEqual(before);

    const replica = new Service();
    await service.stop();
    cpSync(service.folder, replica.folder, { recursive: true, filter: (path) => !path.endsWith('read-side') });
    await service.start();
    await replica.start();
    try {
      expect(await followAll(replica, links)).toEqual(before);
    } finally {
      await replica.remove();
    }
  });

  it('of a version that is gone leads to what is said today', async () => {
    const { permalink } = (await service.get(READS[1]!)).body;
    const gone = await service.get(permalink.replace(/projection=\d+/, `projection=${PROJECTION_VERSION - 1}`));
    expect(gone.status).toBe(410);
    expect(gone.body).toMatchObject({ code: 'projection-gone', today: permalink });
    expect((await service.get(gone.body.today)).status).toBe(200);
  });
});

/** Corrections, retractions and reinstatements of what was cited, new registers, a grade, and a crisis that was long ago. */
async function recordMuch(): Promise<void> {
  const about = `${CRISIS}/tracks/us-russia/developments/written-answer-promised`;
  const calls: [string, string, unknown][] = [
    ['POST', `${about}/corrections`, { changes: { occurredAt: '2022-01-20', summary: 'Corrected.' }, reason: 'factual-error' }],
    ['POST', `${about}/reports`, { report: { source: 'tass' }, stance: 'disputes' }],
    ['POST', `${CRISIS}/tracks/osce/developments/osce-meeting-13-january/retractions`, { reason: 'factual-error' }],
    ['PUT', `${CRISIS}/sources/tass`, { name: 'TASS', url: 'https://tass.com/', reliability: 'F' }],
    ['PUT', `${CRISIS}/sources/newcomer`, { name: 'Newcomer', reliability: 'A' }],
    ['PUT', `${CRISIS}/actors/sergey-lavrov`, { name: 'S. Lavrov', kind: 'person' }],
    ['PUT', `${CRISIS}/tracks/us-russia`, { title: 'Renamed', parties: ['russia'] }],
    ['PUT', `${CRISIS}/tracks/new-track`, { title: 'New', parties: ['russia'] }],
    ['POST', `${CRISIS}/tracks/us-russia/developments`, statement({ id: 'late', speaker: 'russia', occurredAt: '2022-01-15' })],
    ['PUT', '/crises/another', { title: 'Another' }],
  ];
  let position = '0';
  for (const [method, path, sent] of calls) {
    const { body } = await service.call(method, path, sent);
    if (body.status !== 'recorded') throw new Error(`${method} ${path}: ${JSON.stringify(body)}`);
    position = body.position;
  }
  const archive = [
    { type: 'CrisisOpened', crisis: 'long-ago', title: 'Long ago', recordedAt: '2021-01-01T00:00:00Z' },
    { type: 'ActorRegistered', crisis: 'long-ago', id: 'russia', name: 'Russia', kind: 'state', recordedAt: '2021-01-01T00:00:00Z' },
  ];
  for (const { status } of await service.import(archive)) expect(status).toBe('recorded');
  expect((await service.get(`${CRISIS}?minPosition=${position}`)).body.crisis.sources.map(({ id }: any) => id)).toContain('newcomer');
}

/** The permalinks of all reads, and of every page of a timeline. */
async function linksOf(from: Service): Promise<string[]> {
  const pages = [`${CRISIS}/timeline?${POINT}&limit=5`];
  for (let next = (await from.get(pages[0]!)).body.next; next !== null; next = (await from.get(pages.at(-1)!)).body.next)
    pages.push(`${CRISIS}/timeline?${POINT}&limit=5&cursor=${next}`);
  expect(pages.length).toBeGreaterThan(5);
  const answers = await Promise.all([...READS, ...pages].map((path) => from.get(path)));
  return answers.map(({ body }) => body.permalink);
}

async function follow(at: Service, permalink: string): Promise<Bytes> {
  const response = await fetch(at.url + permalink);
  const text = await response.text();
  expect(response.headers.has('parley-lag')).toBe(false);
  expect([response.status, response.headers.get('cache-control'), text]).toEqual([
    200,
    'public, max-age=31536000, immutable',
    expect.anything(),
  ]);
  return { text, etag: response.headers.get('etag') };
}

function followAll(at: Service, links: readonly string[]): Promise<Bytes[]> {
  return Promise.all(links.map((link) => follow(at, link)));
}

async function isReady(started: Service): Promise<void> {
  while ((await started.get('/health/ready')).status !== 200) await sleep(20);
}
