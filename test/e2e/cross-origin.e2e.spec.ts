// What browsers ask and are told when a page of another origin calls the service.
import { afterEach, expect, it } from '@jest/globals';
import { openCrisis, Service } from './command-service.js';
import { LiveClient } from './live-client.js';

const DESK = 'https://desk.example';
const OTHER = 'https://other.example';

let service: Service;
afterEach(() => service.remove());

async function start(allowed: string): Promise<void> {
  service = await Service.start({ PARLEY_ALLOWED_ORIGINS: allowed });
  await openCrisis(service, 'gulf');
}

/** What is asked before a call of which a page could not be the sender by a form. */
function preflight(origin: string, method = 'POST'): Promise<Response> {
  const asked = { 'access-control-request-method': method, 'access-control-request-headers': 'content-type,parley-recorder,if-match' };
  return fetch(`${service.url}/crises/gulf/tracks/talks/developments`, { method: 'OPTIONS', headers: { origin, ...asked } });
}

async function allowedFor(origin: string, path = '/crises'): Promise<string | null> {
  return (await fetch(service.url + path, { headers: { origin } })).headers.get('access-control-allow-origin');
}

it('without a setting no other page may call', async () => {
  await start('');
  expect(await allowedFor(DESK)).toBeNull();
  const asked = await preflight(DESK);
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([405, null]);
});

it('pages of the origins that are named may, and of no others', async () => {
  await start(`http://localhost:5173,${DESK}`);
  const asked = await preflight(DESK);
  expect(asked.status).toBe(204);
  expect(asked.headers.get('access-control-allow-origin')).toBe(DESK);
  expect(asked.headers.get('access-control-allow-headers')!.toLowerCase()).toMatch(/(?=.*content-type)(?=.*parley-recorder)(?=.*if-match)/);
  expect(asked.headers.get('access-control-allow-methods')).toMatch(/(?=.*POST)(?=.*PUT)(?=.*DELETE)/);
  expect((await preflight(OTHER)).headers.get('access-control-allow-origin')).toBeNull();
  expect(await allowedFor(DESK)).toBe(DESK);
  expect(await allowedFor(OTHER)).toBeNull();
});

it('they may read what the client reads: problems, headers and event streams', async () => {
  await start(DESK);
  expect(await allowedFor(DESK, '/crises/nowhere')).toBe(DESK);
  const refused = await fetch(`${service.url}/nothing`, { method: 'POST', headers: { origin: DESK } });
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([404, DESK]);
  const { headers } = await fetch(`${service.url}/crises/gulf`, { headers: { origin: DESK } });
  expect(headers.get('access-control-expose-headers')).toMatch(/(?=.*Parley-Position)(?=.*Retry-After)/);
  for (const path of ['/crises/gulf/live', '/live', '/crises/gulf/replay']) {
    const stream = await LiveClient.open(service.url + path, { origin: DESK, accept: 'text/event-stream' });
    expect([path, stream.headers['access-control-allow-origin'], stream.headers['vary']]).toEqual([path, DESK, 'Origin']);
    await stream.close();
  }
});

it('with * all pages may', async () => {
  await start('*');
  expect(await allowedFor(OTHER)).toBe('*');
});
