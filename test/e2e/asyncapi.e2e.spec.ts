// Whether what the service sends of its own accord is what the AsyncAPI document says.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { RECORDS } from '#crisis/vocabulary/types.js';
import { Receiver, type Received } from '../../apps/tracker/webhooks/testing/receiver.js';
import { Described } from '../support/described.js';
import { Service, statement } from './command-service.js';
import { LiveClient, type Message } from './live-client.js';

const CRISIS = 'nato-russia-2022';
// From the project's root, where tests are run.
const shipped = readFileSync(`data/${CRISIS}.ndjson`, 'utf8').trimEnd().split('\n');

let service: Service;
let document: any;
let described: Described;
let openApi: any;
/** All that can be asked for. */
let projections: readonly string[];
let live: LiveClient;
let liveOfAll: LiveClient;
const clients: LiveClient[] = [];

beforeAll(async () => {
  service = await Service.start({ PARLEY_WEBHOOK_PRIVATE: 'on' });
  document = (await service.get('/asyncapi.json')).body;
  described = new Described(document);
  openApi = (await service.get('/openapi.json')).body;
  const parameters: any[] = openApi.paths['/crises/{crisis}/live'].get.parameters;
  projections = parameters.find(({ name }) => name === 'projections').schema.items.enum;
  liveOfAll = await listen(`/live?projections=${projections.join()}`);
  const [opened] = await service.import(shipped.slice(0, 1));
  live = await listen(`/crises/${CRISIS}/live?projections=${projections.join()}&minPosition=${opened.position}`);
  await service.import(shipped);
  await recordEveryKind();
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await service.remove();
});

async function listen(address: string, headers: Record<string, string> = {}): Promise<LiveClient> {
  const client = await LiveClient.open(service.url + address, headers);
  expect(client.status).toBe(200);
  clients.push(client);
  return client;
}

/** What no shipped line is: record events, what falls due and what begins, and what happens today, so that tension moves. */
async function recordEveryKind(): Promise<void> {
  const developments = `/crises/${CRISIS}/tracks/us-russia/developments`;
  const about = `${developments}/said`;
  const envelope = statement({ id: 'promised', speaker: undefined, dueBy: new Date(Date.now() + 500).toISOString() });
  const promise = { ...envelope, type: 'ResponsePromised', by: 'russia', to: 'united-states', undertaking: 'An answer' };
  const answers = [
    await service.post(developments, promise),
    await service.post(developments, statement({ id: 'ahead', occurredAt: new Date(Date.now() + 400).toISOString() })),
    await service.post(developments, statement({ id: 'said', occurredAt: new Date().toISOString().slice(0, 10) })),
    await service.post(`${about}/corrections`, { changes: { summary: 'Something else was said.' }, reason: 'translation' }),
    await service.post(`${about}/reports`, { id: 'more', report: { source: 'tass' }, stance: 'disputes' }),
    await service.post(`${about}/reports/more/withdrawal`, {}),
    await service.post(`${about}/retractions`, { reason: 'duplicate', note: 'It was there' }),
    await service.post(`${about}/reinstatements`, {}),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
}

/** All messages up to what falls due last. */
async function heard(client: LiveClient): Promise<readonly Message[]> {
  while (!client.messages.some(isLast)) await client.next('due');
  return client.messages;
}

/** The kinds of what is told of developments and of what the clock does, and of the models beside tracks. */
const ABOUT_DEVELOPMENTS = ['correction', 'development', 'due', 'reinstatement', 'report', 'retraction', 'track'];
const OF_MODELS = ['positions', 'commitments', 'meetings', 'tension'];
const kindsIn = (messages: readonly Message[]): string[] => [...new Set(messages.map(({ event }) => event))].sort();

const isLast = ({ event, data }: Message): boolean => event === 'due' && data.due[0].promise === 'promised';

/** What is wrong with a message of a channel. */
function faultsOf(channel: string, { event, id, data }: Pick<Message, 'event' | 'id' | 'data'>): string[] {
  const messages = Object.keys(document.channels[channel].messages).map((name) => document.components.messages[name]);
  const message = messages.find(({ name }) => name === event);
  if (message === undefined) return [`The channel has no message ${event}`];
  return [
    ...described.faultsOf(message.headers, { event, ...(id === undefined ? {} : { id }) }),
    ...described.faultsOf(message.payload, data),
  ];
}

/** What happened, event by event. */
async function* replayed(): AsyncGenerator<string> {
  const { body } = await service.get(`/crises/${CRISIS}/replay?by=recorded`);
  for (const line of body.trimEnd().split('\n')) if (JSON.parse(line).event !== null) yield line;
}

/** What is wrong with a message to a webhook, going by its type. */
function cloudEventFaults(headers: Received['headers'], event: any): string[] {
  const messages = Object.keys(document.channels.webhook.messages).map((name) => document.components.messages[name]);
  const message = messages.find(({ payload }) => payload.properties.type.enum.includes(event.type));
  if (message === undefined) return [`Webhooks are sent no ${event.type}`];
  const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('webhook-')));
  return [...described.faultsOf(message.headers, signed), ...described.faultsOf(message.payload, event)];
}

function expectAsDescribed(channel: string, messages: readonly Message[]): void {
  for (const message of messages) {
    const faults = faultsOf(channel, message);
    if (faults.length > 0) expect([message, faults]).toEqual([message, []]);
  }
}

describe('the AsyncAPI document', () => {
  it('is valid, and names nothing that is not there', () => {
    // The schema brings JSON Schema's own along.
    const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
    formats.default(ajv);
    const validate = ajv.compile(specs.schemas['3.0.0'] as object);
    expect([validate(document), validate.errors]).toEqual([true, null]);
    for (const [, path] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const named = path!.split('/').reduce((part: any, name) => part?.[name], document);
      expect([path, named]).toEqual([path, expect.anything()]);
    }
    expect(validate({ ...document, operations: { send: {} } })).toBe(false);
  });

  it('has the schemas of the OpenAPI document', () => {
    const { schemas } = openApi.components;
    const plain = (schema: object) => JSON.parse(JSON.stringify(schema, (key, value) => (key === 'discriminator' ? undefined : value)));
    const shared = Object.entries<object>(document.components.schemas).filter(([name]) => !name.endsWith('Data'));
    expect(shared.length).toBeGreaterThan(30);
    for (const [name, schema] of shared) expect([name, schema]).toEqual([name, plain(schemas[name])]);
  });

  it('describes every message of a live connection', async () => {
    const messages = await heard(live);
    expectAsDescribed('crisisLive', messages);
    expect(kindsIn(messages)).toEqual([...ABOUT_DEVELOPMENTS, 'snapshot', ...OF_MODELS].sort());
    const afresh = await listen(`/crises/${CRISIS}/live?projections=${projections.join()}`, { 'last-event-id': '0000000000000000:5.0' });
    const [resync, snapshot] = [await afresh.next(), await afresh.next()];
    expect([resync.event, snapshot.event]).toEqual(['resync', 'snapshot']);
    expectAsDescribed('crisisLive', [resync, snapshot]);
    expect(snapshot.data.developments.length).toBeGreaterThan(40);
  });

  it('describes every message of a connection over all crises', async () => {
    const messages = await heard(liveOfAll);
    expectAsDescribed('live', messages);
    expect(kindsIn(messages)).toEqual([...ABOUT_DEVELOPMENTS, 'crisis', 'snapshot', ...OF_MODELS].sort());
    for (const { event, data } of messages) if (event !== 'snapshot') expect(data.crisis).toBe(CRISIS);
    const named = await listen(`/live?projections=${projections.join()}&crisis=${CRISIS}`);
    const snapshot = await named.next();
    expectAsDescribed('live', [snapshot]);
    expect(snapshot.data.states).toHaveLength(1);
    const afresh = await listen('/live', { 'last-event-id': '0000000000000000:5.0' });
    expectAsDescribed('live', [await afresh.next('resync'), await afresh.next('snapshot')]);
  });

  it('describes every message of a replay', async () => {
    for (const query of ['', '?by=recorded', '?from=2022-01-30&until=2022-01-31&knownAt=2022-01-25']) {
      const film = await listen(`/crises/${CRISIS}/replay${query}`, { accept: 'text/event-stream' });
      await film.next('end');
      expect(film.messages.length).toBeGreaterThan(2);
      expectAsDescribed('replay', film.messages);
    }
  });

  it('describes every message to a webhook', async () => {
    await heard(live);
    const receiver = await Receiver.open();
    try {
      expect((await service.put('/webhooks/desk', { url: receiver.url, after: '0' })).status).toBe(201);
      expect((await service.post('/webhooks/desk/test')).status).toBe(200);
      const events = (await Array.fromAsync(replayed())).length;
      await receiver.hasAccepted(events + 1);
      const types = new Set<string>();
      for (const { headers, event } of receiver.accepted) {
        expect(headers['content-type']).toBe('application/cloudevents+json');
        expect([event, cloudEventFaults(headers, event)]).toEqual([event, []]);
        expect(cloudEventFaults(headers, { ...event, data: { ...event.data, mood: 'bad' } })).not.toEqual([]);
        expect(cloudEventFaults({ ...headers, 'webhook-signature': 'none' }, event)).not.toEqual([]);
        types.add(event.type);
      }
      expect([...types]).toEqual(expect.arrayContaining([...Object.keys(RECORDS).map((type) => `parley.${type}`), 'parley.test']));
    } finally {
      await service.call('DELETE', '/webhooks/desk');
      await receiver.close();
    }
  });

  it('would not take a message that is otherwise', async () => {
    const messages = await heard(live);
    for (const event of new Set(messages.map((message) => message.event))) {
      const { id, data } = messages.find((message) => message.event === event)!;
      const otherwise = [
        { event: 'gossip', id, data },
        { event, id: undefined, data },
        { event, id: 'somewhere', data },
        { event, id, data: { ...data, mood: 'bad' } },
        { event, id, data: { ...data, position: 7 } },
        { event, id, data: { ...data, position: undefined } },
        { event, id, data: null },
      ];
      for (const message of otherwise)
        expect([event, faultsOf('crisisLive', JSON.parse(JSON.stringify(message)))]).not.toEqual([event, []]);
    }
    const { id, data } = messages.find(({ event }) => event === 'correction')!;
    const retraction = messages.find(({ event }) => event === 'retraction')!;
    expect(faultsOf('crisisLive', { event: 'correction', id, data: { ...data, event: retraction.data.event } })).not.toEqual([]);
    expect(
      faultsOf('crisisLive', { event: 'correction', id, data: { ...data, development: { ...data.development, mood: 'bad' } } }),
    ).not.toEqual([]);
  });
});
