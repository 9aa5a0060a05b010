import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Receiver, verifies, type Received } from '../../apps/tracker/webhooks/testing/receiver.js';
import { WebhookFile } from '../../apps/tracker/webhooks/webhook-file.js';
import { openCrisis, Service, statement } from './command-service.js';
import { LiveClient } from './live-client.js';

const PRIVATE = { PARLEY_WEBHOOK_PRIVATE: 'on' };

let service: Service;
let receiver: Receiver;
beforeAll(async () => {
  service = await Service.start(PRIVATE);
  await openCrisis(service, 'c');
  const { body } = await service.put('/crises/c/tracks/council', { title: 'Council', parties: ['russia'] });
  await service.get(`/crises/c?minPosition=${body.position}`);
});
afterAll(() => service.remove());
beforeEach(async () => {
  receiver = await Receiver.open();
});
afterEach(async () => {
  for (const { id } of (await service.get('/webhooks')).body.webhooks) await service.call('DELETE', `/webhooks/${id}`);
  await receiver.close();
});

let said = 0;
/** Records a statement, and gives its id and position. */
async function say(more: object = {}, track = 'talks'): Promise<{ id: string; position: string }> {
  const answer = await service.post(`/crises/c/tracks/${track}/developments`, statement({ id: `said-${said++}`, ...more }));
  expect(answer.status).toBe(201);
  return answer.body;
}

const register = (more: object = {}, id = 'desk') => service.put(`/webhooks/${id}`, { url: receiver.url, ...more });
const subject = ({ event }: Received): string => event.subject;

async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const status = (id = 'desk'): Promise<any> => service.get(`/webhooks/${id}`).then(({ body }) => body);

describe('a webhook', () => {
  test('gets each development as a signed CloudEvent with the data of the live message', async () => {
    const live = await LiveClient.open(`${service.url}/crises/c/live`);
    await live.next('snapshot');
    const registered = await register();
    expect([registered.status, registered.body]).toEqual([
      201,
      {
        status: 'registered',
        id: 'desk',
        url: receiver.url,
        createdAt: expect.any(String),
        state: 'delivering',
        position: expect.stringMatching(/^\d+$/),
        pending: 0,
        parked: 0,
        failing: null,
        disabled: null,
        secret: expect.stringMatching(/^whsec_/),
      },
    ]);
    const { id, position } = await say({ occurredAt: '2022-01' });
    await service.post(`/crises/c/tracks/talks/developments/${id}/retractions`, { id: 'gone', reason: 'duplicate' });
    await receiver.hasAccepted(2);
    const [first, second] = receiver.accepted as [Received, Received];
    expect(first.event).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      source: '/crises/c/tracks/talks',
      type: 'parley.StatementMade',
      subject: `talks/${id}`,
      time: '2022-01-01T00:00:00.000Z',
      recordedtime: first.event.data.at,
      datacontenttype: 'application/json',
      data: (await live.next('development')).data,
    });
    expect(first.event.data).toMatchObject({ position, development: { id, occurredAt: '2022-01' } });
    expect(second.event).toMatchObject({
      type: 'parley.DevelopmentRetracted',
      subject: `talks/${id}`,
      data: (await live.next('retraction')).data,
    });
    for (const received of receiver.accepted) expect(verifies(registered.body.secret, received, Date.now())).toBe(true);
    expect(first.headers['content-type']).toBe('application/cloudevents+json');
    await live.close();
  });

  test('is registered once, and says its secret once', async () => {
    const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;
    expect((await register({ secret })).body.secret).toBe(secret);
    expect([(await register()).body.status, (await register()).body.secret]).toEqual(['unchanged', undefined]);
    const amended = await register({ crisis: 'c', filter: { type: ['MeetingHeld'] } });
    expect([amended.status, amended.body]).toMatchObject([200, { status: 'amended', crisis: 'c', filter: { type: ['MeetingHeld'] } }]);
    expect((await service.get('/webhooks')).body.webhooks).toEqual([await status()]);
    expect((await service.call('DELETE', '/webhooks/desk')).status).toBe(204);
    expect((await service.get('/webhooks/desk')).body.code).toBe('unknown-webhook');
  });

  test.each([
    [{}, '/url'],
    [{ url: 'ftp://desk.example/' }, '/url'],
    [{ url: 'https://user:word@desk.example/' }, '/url'],
    [{ url: 'https://desk.example/', secret: 'whsec_YWJj' }, '/secret'],
    [{ url: 'https://desk.example/', after: 'later' }, '/after'],
    [{ url: 'https://desk.example/', filter: { type: ['Nothing'] } }, '/filter/type/0'],
    [{ url: 'https://desk.example/', filter: { actor: [] } }, '/filter/actor'],
    [{ url: 'https://desk.example/', filters: {} }, '/filters'],
  ])('%j is refused, with the place of the fault', async (body, pointer) => {
    const { status, body: problem } = await service.put('/webhooks/desk', body);
    expect([status, problem.code, problem.errors[0].pointer]).toEqual([400, 'invalid-body', pointer]);
  });

  test('is refused for a crisis that is not there, and for a name that is none', async () => {
    expect((await register({ crisis: 'nowhere' })).body).toMatchObject({ status: 404, code: 'unknown-crisis' });
    expect((await register({}, 'A')).body.code).toBe('invalid-slug');
  });

  test('is told of what it asks for alone, and also when that is no longer so', async () => {
    await register({ crisis: 'c', filter: { actor: ['united-states'], track: ['talks'] } });
    await say();
    const theirs = await say({ speaker: 'united-states' });
    await say({ speaker: 'united-states' }, 'council');
    const also = await say({ speaker: 'united-states', alsoOn: ['talks'] }, 'council');
    await service.post(`/crises/c/tracks/talks/developments/${theirs.id}/corrections`, {
      changes: { speaker: 'russia' },
      reason: 'misattribution',
    });
    const last = await say({ speaker: 'united-states' });
    await receiver.hasAccepted(4);
    expect(receiver.accepted.map(subject).sort()).toEqual(
      [`talks/${theirs.id}`, `council/${also.id}`, `talks/${theirs.id}`, `talks/${last.id}`].sort(),
    );
  });

  test('begins after a position, and is delivered to again from one, with the same message ids', async () => {
    const [before, first, second] = [await say(), await say(), await say()];
    await register({ after: before.position });
    await receiver.hasAccepted(2);
    expect(receiver.accepted.map(subject)).toEqual([`talks/${first.id}`, `talks/${second.id}`]);
    expect((await service.post('/webhooks/desk/replay', { from: first.position })).status).toBe(202);
    await receiver.hasAccepted(3);
    expect([receiver.accepted[2]!.id, receiver.accepted[2]!.text]).toEqual([receiver.accepted[1]!.id, receiver.accepted[1]!.text]);
    await until(status, ({ position }) => position === second.position);
    expect((await service.post('/webhooks/desk/replay', { from: 5 })).body.errors[0].pointer).toBe('/from');
    expect((await service.post('/webhooks/other/replay', { from: '5' })).status).toBe(404);
  });

  test('that does not accept a message fails on that track, says why, and is tried at once when it is amended', async () => {
    receiver.answer = ({ event }) => ({ status: event.source.endsWith('/talks') ? 307 : 200, headers: { location: receiver.url } });
    await register();
    await say();
    const { id } = await say();
    await say({}, 'council');
    await receiver.hasAccepted(1);
    const failing = await until(status, ({ state }) => state === 'failing');
    expect(failing.failing).toEqual({
      since: expect.any(String),
      tracks: 1,
      first: [
        {
          crisis: 'c',
          track: 'talks',
          since: expect.any(String),
          attempts: 1,
          nextAttemptAt: expect.any(String),
          status: 307,
          error: 'The receiver answered 307, and redirects are not followed',
        },
      ],
    });
    receiver.answer = () => ({ status: 200 });
    const amended = await register({ filter: { type: ['StatementMade'] } });
    // Due since it failed.
    for (const { since, nextAttemptAt } of amended.body.failing?.first ?? []) expect(nextAttemptAt).toBe(since);
    await receiver.hasAccepted(3);
    expect(subject(receiver.accepted[2]!)).toBe(`talks/${id}`);
    expect(await until(status, ({ state }) => state === 'delivering')).toMatchObject({ failing: null, pending: 0 });
  });

  test('is tested, whatever it answers', async () => {
    const { secret } = (await register()).body;
    expect((await service.post('/webhooks/desk/test')).body).toEqual({ accepted: true, status: 204, error: null });
    expect(receiver.received[0]!.event).toMatchObject({ type: 'parley.test', source: '/webhooks/desk', data: { webhook: 'desk' } });
    expect(verifies(secret, receiver.received[0]!, Date.now())).toBe(true);
    receiver.answer = () => ({ status: 500 });
    expect((await service.post('/webhooks/desk/test')).body).toEqual({
      accepted: false,
      status: 500,
      error: 'The receiver answered 500',
    });
  });

  test('that is gone is disabled until it is registered again', async () => {
    receiver.answer = () => ({ status: 410 });
    await register();
    const first = await say();
    const { disabled } = await until(status, ({ state }) => state === 'disabled');
    expect(disabled.reason).toContain('410');
    expect((await service.post('/webhooks/desk/replay', { from: '0' })).body.code).toBe('webhook-disabled');
    receiver.answer = () => ({ status: 200 });
    expect((await register()).body).toMatchObject({ status: 'amended', state: 'delivering' });
    await receiver.hasAccepted(1);
    expect(receiver.accepted.map(subject)).toEqual([`talks/${first.id}`]);
  });

  test('goes on after a restart where it was', async () => {
    await register();
    const first = await say();
    await receiver.hasAccepted(1);
    receiver.answer = () => new Promise(() => undefined);
    const second = await say();
    await receiver.hasReceived(2);
    await service.stop();
    receiver.answer = () => ({ status: 200 });
    await service.start(PRIVATE);
    await receiver.hasAccepted(2);
    expect(receiver.accepted.map(subject)).toEqual([`talks/${first.id}`, `talks/${second.id}`]);
    expect(receiver.received[1]!.id).toBe(receiver.accepted[1]!.id);
  });

  test('has a list of what was parked, and is sent that again when it is asked for', async () => {
    await register();
    const told = [await say(), await say(), await say()];
    await receiver.hasAccepted(3);
    await until(status, ({ pending }) => pending === 0);
    await service.stop();
    // As it is after a day without an answer.
    const file = WebhookFile.open(join(service.folder, 'webhooks.sqlite'));
    told.forEach(({ id, position }, n) => {
      const place = { position: Number(position), crisis: 'c', track: 'talks', development: id, type: 'StatementMade' };
      const failure = { attempts: 8, since: 0, parkedAt: 1, status: null, error: 'No answer within 15 s' };
      file.note('desk', Number(told[2]!.position), undefined, { id: receiver.accepted[n]!.id, ...place, ...failure });
    });
    file[Symbol.dispose]();
    await service.start(PRIVATE);
    expect((await status()).parked).toBe(3);
    const [first, second] = (await service.get('/webhooks/desk/parked')).body.messages;
    expect(first).toEqual({
      id: receiver.accepted[0]!.id,
      position: told[0]!.position,
      crisis: 'c',
      track: 'talks',
      development: told[0]!.id,
      type: 'StatementMade',
      attempts: 8,
      since: '1970-01-01T00:00:00.000Z',
      parkedAt: '1970-01-01T00:00:00.001Z',
      status: null,
      error: 'No answer within 15 s',
    });
    const retried = await service.post(`/webhooks/desk/parked/${second.id}/retry`);
    expect(retried.body).toEqual({ delivered: [second.id], failed: null, left: 2 });
    expect([receiver.accepted[3]!.id, receiver.accepted[3]!.text]).toEqual([receiver.accepted[1]!.id, receiver.accepted[1]!.text]);
    receiver.answer = () => ({ status: 500 });
    const failed = { id: first.id, status: 500, error: 'The receiver answered 500' };
    expect((await service.post('/webhooks/desk/parked/retry')).body).toEqual({ delivered: [], failed, left: 2 });
    expect((await service.get('/webhooks/desk/parked')).body.messages[0]).toMatchObject({ attempts: 9, status: 500 });
    expect((await service.post(`/webhooks/desk/parked/${second.id}/retry`)).body.code).toBe('unknown-message');
    receiver.answer = () => ({ status: 200 });
    // What is delivered again anyway is not parked any more.
    await service.post('/webhooks/desk/replay', { from: told[1]!.position });
    expect((await service.get('/webhooks/desk/parked')).body.messages).toHaveLength(1);
    expect((await service.post('/webhooks/desk/parked/retry')).body).toEqual({ delivered: [first.id], failed: null, left: 0 });
  });

  test('is counted', async () => {
    await register();
    await say();
    await receiver.hasAccepted(1);
    await until(status, ({ pending }) => pending === 0);
    const { body } = await service.get('/metrics');
    expect(body).toMatch(/^parley_webhook_deliveries_total\{outcome="accepted"\} \d+$/m);
    expect(body).toMatch(/^parley_webhook_parked_messages 0$/m);
  });
});

test('without PARLEY_WEBHOOK_PRIVATE, no webhook is at a private address or speaks plain HTTP', async () => {
  const strict = await Service.start();
  for (const [url, reason] of [
    [receiver.url, 'plain http'],
    ['https://127.0.0.1:1/', 'not a public address'],
    ['https://[fd00::1]/', 'not a public address'],
  ])
    expect((await strict.put('/webhooks/desk', { url })).body).toMatchObject({
      code: 'invalid-body',
      errors: [{ pointer: '/url', detail: expect.stringContaining(reason!) }],
    });
  // A name can only be looked at when a message is sent.
  expect((await strict.put('/webhooks/desk', { url: 'https://localhost:1/' })).status).toBe(201);
  expect((await strict.post('/webhooks/desk/test')).body).toMatchObject({
    accepted: false,
    status: null,
    error: expect.stringMatching(/^localhost is (127\.0\.0\.1|::1), which is not a public address/),
  });
  await strict.remove();
});

test('a webhook of another log is disabled until it is registered again, and goes on from there', async () => {
  const moved = await Service.start(PRIVATE);
  await openCrisis(moved, 'c');
  const receiver = await Receiver.open();
  await moved.put('/webhooks/desk', { url: receiver.url, after: '0' });
  await moved.stop();
  const file = WebhookFile.open(join(moved.folder, 'webhooks.sqlite'));
  file.put({ ...file.all()[0]!, log: 'another', position: 1000 });
  file[Symbol.dispose]();
  await moved.start(PRIVATE);
  expect((await moved.get('/webhooks/desk')).body).toMatchObject({
    state: 'disabled',
    disabled: { reason: expect.stringContaining('another log') },
  });
  expect((await moved.put('/webhooks/desk', { url: receiver.url })).body).toMatchObject({
    status: 'amended',
    state: 'delivering',
    position: '6',
  });
  await moved.post('/crises/c/tracks/talks/developments', statement({ id: 'said' }));
  await receiver.hasAccepted(1);
  expect(receiver.accepted[0]!.event.subject).toBe('talks/said');
  await moved.remove();
  await receiver.close();
});

test('a file of webhooks that cannot be read stops the service at the start, with what to do', async () => {
  const damaged = new Service();
  writeFileSync(join(damaged.folder, 'webhooks.sqlite'), 'no database'.repeat(100));
  await expect(damaged.start()).rejects.toThrow(/webhooks\.sqlite.*register the webhooks again/);
  rmSync(damaged.folder, { recursive: true });
});
