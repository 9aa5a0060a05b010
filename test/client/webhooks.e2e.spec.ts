// The client's calls about webhooks, on a real service and a real receiver.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ParleyClient } from '#client/client.js';
import { Receiver, verifies } from '../../apps/tracker/webhooks/testing/receiver.js';
import { openCrisis, Service } from '../e2e/command-service.js';

let service: Service;
let receiver: Receiver;
let client: ParleyClient;
beforeAll(async () => {
  service = await Service.start({ PARLEY_WEBHOOK_PRIVATE: 'on' });
  receiver = await Receiver.open();
  client = new ParleyClient({ baseUrl: service.url });
  await openCrisis(service, 'gulf');
});
afterAll(async () => {
  await service.remove();
  await receiver.close();
});

function record(id: string) {
  return client.record('gulf', 'talks', {
    type: 'StatementMade',
    id,
    occurredAt: '2022-01-12',
    summary: 'It was said.',
    speaker: 'russia',
    reports: [{ source: 'tass' }],
  });
}

it('register, test, deliver, replay and delete', async () => {
  const entry = { url: receiver.url, crisis: 'gulf', filter: { actor: ['russia'] } };
  const registered = await client.putWebhook('desk', entry);
  expect(registered).toMatchObject({ ...entry, id: 'desk', status: 'registered', state: 'delivering', parked: 0 });
  expect(await client.putWebhook('desk', entry)).not.toHaveProperty('secret');
  expect(await client.testWebhook('desk')).toEqual({ accepted: true, status: 204, error: null });
  expect(receiver.accepted[0]!.event.type).toBe('parley.test');

  const { position } = await record('said');
  await receiver.hasAccepted(2);
  expect(receiver.accepted[1]!.event.subject).toBe('talks/said');
  expect(receiver.accepted.every((received) => verifies(registered.secret!, received, Date.now()))).toBe(true);

  expect(await client.replayWebhook('desk', String(BigInt(position) - 1n))).toMatchObject({ id: 'desk' });
  await receiver.hasAccepted(3);
  expect(receiver.accepted[2]!.id).toBe(receiver.accepted[1]!.id);

  expect(await client.webhooks()).toEqual([await client.webhook('desk')]);
  expect(await client.parkedMessages('desk')).toEqual([]);
  expect(await client.retryParked('desk')).toEqual({ delivered: [], failed: null, left: 0 });
  await expect(client.retryParked('desk', 'msg-of-none')).rejects.toMatchObject({ status: 404, code: 'unknown-message' });
  await client.deleteWebhook('desk');
  await expect(client.webhook('desk')).rejects.toMatchObject({ code: 'unknown-webhook' });
});

it('that is no good is refused with what is wrong', async () => {
  await expect(client.putWebhook('desk', { url: 'ftp://desk.example' })).rejects.toMatchObject({
    code: 'invalid-body',
    errors: [{ pointer: '/url' }],
  });
});
