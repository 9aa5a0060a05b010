// What an operator does with the read side while the service runs, and who listens meanwhile.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import type { Revision } from '#event-store/port.js';
import { buildAs, without } from '#projections/testing/earlier-release.js';
import { PROJECTION_VERSION } from '#projections/version.js';
import { openCrisis, Service, statement } from './command-service.js';
import { LiveClient } from './live-client.js';

const PROGRAM = fileURLToPath(new URL('../../apps/tracker/operations/build-read-side.js', import.meta.url));
const TALKS = '/crises/c/tracks/talks';

let service: Service;
let clients: LiveClient[];
beforeEach(async () => {
  clients = [];
  service = await Service.start();
  await openCrisis(service, 'c');
  await record({ id: 'first' });
  await record({ id: 'agreed', type: 'AgreementReached', speaker: undefined, parties: ['russia', 'united-states'], title: 'A treaty' });
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await service.remove();
});

describe('the projection', () => {
  it('tells how it stands, and is built anew while the same is answered', async () => {
    const { body: before } = await service.get(`${TALKS}?minPosition=8&asOf=2022-02-01`);
    expect((await service.get('/projections')).body).toEqual({
      projections: [
        {
          name: 'read-side',
          version: PROJECTION_VERSION,
          state: 'live',
          position: '8',
          lag: { positions: '0', seconds: 0 },
          parked: 0,
          fileSize: expect.any(Number),
          eventsPerSecond: expect.any(Number),
          rebuild: null,
          lastRebuild: null,
        },
      ],
    });
    const begun = await service.post('/projections/read-side/rebuild?strict=true');
    expect([begun.status, begun.body]).toEqual([202, expect.objectContaining({ rebuild: expect.objectContaining({ strict: true }) })]);
    expect((await service.get(`${TALKS}?asOf=2022-02-01`)).status).toBe(200);
    expect(await rebuilt()).toMatchObject({ why: 'asked', outcome: 'in-service' });
    const { body: after } = await service.get(`${TALKS}?asOf=2022-02-01`);
    expect({ ...after, knownAt: 0 }).toEqual({ ...before, knownAt: 0 });
    const { body: metrics } = await service.get('/metrics');
    expect(metrics).toMatch(/^parley_applied_events_total 16$/m);
    for (const name of ['parley_applied_events_per_second', 'parley_rebuilding', 'parley_parked_streams', 'parley_read_side_bytes'])
      expect(metrics).toMatch(new RegExp(`^${name} [\\d.e+-]+$`, 'm'));
  });
});

describe('what an earlier release could not apply', () => {
  beforeEach(async () => {
    await leaveAs('AgreementReached');
  });

  it('is released by a retry: reads have it, and whoever listens begins afresh', async () => {
    expect((await service.get('/projections/parked')).body).toMatchObject({
      count: 1,
      parked: [{ type: 'AgreementReached', first: true }],
    });
    const listening = await listen();
    const snapshot = await listening.next('snapshot');
    expect(snapshot.data.parked).toEqual([{ stream: 'track-c.talks', position: '8' }]);
    expect(snapshot.data.tracks[0].status).toBe('proposed');
    const other = await listen('', 'other');
    await other.next('snapshot');

    expect((await service.post('/projections/parked/retry')).status).toBe(202);
    expect(await rebuilt()).toMatchObject({ why: 'retry', outcome: 'in-service', released: 1 });

    expect((await listening.next()).event).toBe('resync');
    const fresh = await listening.next();
    expect(fresh.event).toBe('snapshot');
    expect(fresh.data).not.toHaveProperty('parked');
    expect(fresh.data.tracks[0].status).toBe('agreement-reached');
    expect((await service.get('/projections/parked')).body.count).toBe(0);
    expect((await service.post('/projections/parked/retry')).status).toBe(200);

    const back = await listen(snapshot.id);
    expect([(await back.next()).event, (await back.next()).event]).toEqual(['resync', 'snapshot']);
    const { body } = await record({ id: 'later' });
    for (const client of [listening, back]) expect((await client.next('development')).id).toBe(`${storeOf(fresh.id!)}:${body.position}.0`);
    await service.post('/crises/other/tracks/talks/developments', statement({ id: 'elsewhere' }));
    expect((await other.next()).event).toBe('development');
  });

  it('is still what a listener knows of, who comes back before it is released', async () => {
    const listening = await listen();
    const { id } = await listening.next('snapshot');
    const back = await listen(id);
    await openCrisis(service, 'third');
    await service.post('/crises/c/tracks/context/developments', statement({ id: 'aside' }));
    const next = await back.next();
    expect([next.event, next.id]).toEqual(['development', expect.stringMatching(/^[a-z0-9]+:\d+\.0~[0-9a-f]{8}$/)]);
  });
});

describe('the read side on the side', () => {
  it('is checked beside a running service, and tells the first event that this release cannot apply', async () => {
    expect(await run('check-log')).toMatchObject({ code: 0, text: expect.stringContaining('Every one of 8 events') });
    await service.stop();
    const store = await openEmbeddedStore({ folder: service.folder });
    const metadata = JSON.stringify({ recordedAt: '2022-01-12T10:00:00.000Z', schemaVersion: 1 });
    const unknown = { id: '00000000-0000-4000-8000-000000000001', type: 'OfALaterRelease', data: '{}', metadata };
    await store.append('track-c.talks', 2n as Revision, [unknown]);
    await store.close();
    const { code, text } = await run('check-log');
    expect(code).toBe(1);
    expect(text).toContain('The event at position 9 (OfALaterRelease, revision 3 of track-c.talks)');
    await service.start();
  });

  it('is prepared for a release that is not running, and not for one that is', async () => {
    expect(await run('prepare-read-side')).toMatchObject({ code: 1, text: expect.stringContaining('nothing to prepare') });
    await service.stop();
    rmSync(join(service.folder, 'read-side'), { recursive: true });
    expect(await run('prepare-read-side')).toMatchObject({ code: 0, text: expect.stringContaining('(8 events more, 0 parked)') });
    await service.start();
    expect((await service.get('/metrics')).body).toMatch(/^parley_applied_events_total 0$/m);
    expect((await service.get(TALKS)).body.track.status).toBe('agreement-reached');
  });
});

async function run(task: string): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [PROGRAM, task], { env: { PARLEY_DATA_DIR: service.folder }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

/** Leaves the read side as a release would that does not know a type. Another crisis is there too, of which nothing is parked. */
async function leaveAs(type: string): Promise<void> {
  await openCrisis(service, 'other');
  await service.stop();
  const folder = join(service.folder, 'read-side');
  rmSync(folder, { recursive: true });
  const store = await openEmbeddedStore({ folder: service.folder });
  await buildAs(without(type), folder, store);
  await store.close();
  await service.start();
}

async function record(more: Readonly<Record<string, unknown>>): Promise<{ body: any }> {
  const answer = await service.post(`${TALKS}/developments`, statement(more));
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer;
}

async function rebuilt(): Promise<any> {
  for (;;) {
    const [projection] = (await service.get('/projections')).body.projections;
    if (projection.rebuild === null) return projection.lastRebuild;
    await sleep(10);
  }
}

async function listen(lastId = '', crisis = 'c'): Promise<LiveClient> {
  const headers: Record<string, string> = lastId === '' ? {} : { 'last-event-id': lastId };
  const client = await LiveClient.open(`${service.url}/crises/${crisis}/live`, headers);
  clients.push(client);
  return client;
}

function storeOf(id: string): string {
  return id.split(':')[0]!;
}
