// Whether the reads answer what the OpenAPI document says.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Described } from '../support/described.js';
import { Service, statement } from './command-service.js';

const CRISIS = 'nato-russia-2022';
// From the project's root, where tests are run.
const shipped = readFileSync(`data/${CRISIS}.ndjson`, 'utf8').trimEnd().split('\n');

const NAMES: Readonly<Record<string, string>> = { crisis: CRISIS, track: 'us-russia', id: 'written-answer-promised', webhook: 'desk' };
/** Of paths that want more than their names, or are worth another look: what stands behind the `?`. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  '/crises/{crisis}/changes': ['from=2022-01-12&to=2022-01-21', 'from=2021-12-31&limit=500', 'from=2022-01-31'],
  '/crises/{crisis}/timeline': ['limit=500', 'q=written%20answer', 'order=oldest&limit=3'],
  '/crises/{crisis}/tracks': ['', 'asOf=2022-01-12&knownAt=2022-01-12', 'excludeSource=live-article', 'position=60'],
  '/crises/{crisis}/tension': ['', 'track=us-russia', 'actor=russia,united-states&asOf=2022-01-27&days=60'],
  '/crises/{crisis}/meetings': ['limit=500', 'asOf=2022-01-14&knownAt=2022-01-12'],
  '/crises/{crisis}/replay': ['', 'by=recorded', 'from=2022-01-30&knownAt=2022-01-25'],
};

let service: Service;
let document: any;
let described: Described;

beforeAll(async () => {
  service = await Service.start({ PARLEY_WEBHOOK_PRIVATE: 'on' });
  await service.import(shipped);
  const developments = `/crises/${CRISIS}/tracks/us-russia/developments`;
  const about = `${developments}/written-answer-promised`;
  await service.post(`${about}/corrections`, { changes: { tags: ['answer'] }, reason: 'translation', note: 'A better one' });
  await service.post(`${about}/reports`, { id: 'more', report: { source: 'tass' }, stance: 'disputes' });
  await service.post(`${about}/reports/more/withdrawal`, {});
  await service.post(`${about}/retractions`, { reason: 'duplicate' });
  const { body } = await service.post(`${about}/reinstatements`, {});
  await service.post(`/crises/${CRISIS}/closure`, { note: 'Over' });
  await service.get(`/crises?minPosition=${body.position}`);
  // Where nobody listens: it fails, and says so.
  const webhook = { url: 'http://127.0.0.1:9/hook', after: '0', crisis: CRISIS, filter: { type: ['MeetingHeld'] } };
  expect((await service.put('/webhooks/desk', webhook)).status).toBe(201);
  while ((await service.get('/webhooks/desk')).body.failing === null) await sleep(10);
  document = (await service.get('/openapi.json')).body;
  described = new Described(document);
});
afterAll(() => service.remove());

/** Each GET of the document, with its path filled in. */
function reads(): { address: string; responses: any }[] {
  return Object.entries<any>(document.paths).flatMap(([path, { get }]) => {
    if (get === undefined) return [];
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => NAMES[name] ?? name);
    return (QUERIES[path] ?? ['']).map((query) => ({
      path,
      address: query === '' ? filled : `${filled}?${query}`,
      responses: get.responses,
    }));
  });
}

async function answerOf(address: string): Promise<{ status: number; type: string; text: string }> {
  const stop = new AbortController();
  const response = await fetch(service.url + address, { signal: stop.signal });
  const type = response.headers.get('content-type')!.split(';', 1)[0]!;
  if (type !== 'text/event-stream') return { status: response.status, type, text: await response.text() };
  stop.abort();
  return { status: response.status, type, text: '' };
}

describe('the OpenAPI document', () => {
  it('has a schema for the answer of every read, and each answer is as it says', async () => {
    let held = 0;
    for (const { address, responses } of reads()) {
      const { status, type, text } = await answerOf(address);
      const response = responses[status];
      expect([address, status]).toEqual([address, 200]);
      if (type === 'text/event-stream') continue; // what comes on it, /asyncapi.json describes
      const schema = response?.content?.[type]?.schema;
      expect([address, schema]).toEqual([address, expect.anything()]);
      const values = type === 'application/x-ndjson' ? text.trimEnd().split('\n') : type.endsWith('json') ? [text] : [];
      for (const value of values) {
        expect([address, value.slice(0, 2000), described.faultsOf(schema, JSON.parse(value))]).toEqual([address, expect.anything(), []]);
        held++;
      }
    }
    expect(held).toBeGreaterThan(200);
  });

  it('describes answers to commands and problems as they are', async () => {
    const { schemas } = document.components;
    const at = `/crises/${CRISIS}/tracks/context/developments`;
    const sent = statement({ speaker: 'russia' });
    expect(described.faultsOf(schemas.CommandAnswer, (await service.post(at, sent)).body)).toEqual([]);
    expect(described.faultsOf(schemas.Problem, (await service.post(at, { ...sent, reports: [] })).body)).toEqual([]);
    for (const result of await service.import([...shipped.slice(0, 3), '{}']))
      expect(described.faultsOf(schemas.ImportResult, result)).toEqual([]);
  });

  it('would not take an answer that is otherwise', async () => {
    const { schema } = document.paths['/crises/{crisis}/tracks'].get.responses[200].content['application/json'];
    const { body } = await service.get(`/crises/${CRISIS}/tracks`);
    const otherwise: ((answer: any) => void)[] = [
      (answer) => delete answer.position,
      (answer) => (answer.extra = 1),
      (answer) => (answer.tracks[0].status = 'resting'),
      (answer) => (answer.tracks[0].since = 'soon'),
      (answer) => delete answer.tracks[0].because,
      (answer) => (answer.tracks[0].openCommitments = [{}]),
      (answer) => (answer.tracks[0].tension.mood = 'bad'),
    ];
    for (const change of otherwise) {
      const changed = structuredClone(body);
      change(changed);
      expect(described.faultsOf(schema, changed)).not.toEqual([]);
    }
    const timeline = document.paths['/crises/{crisis}/timeline'].get.responses[200].content['application/json'].schema;
    const page = (await service.get(`/crises/${CRISIS}/timeline?limit=1`)).body;
    expect(described.faultsOf(timeline, page)).toEqual([]);
    page.developments[0].mood = 'bad';
    expect(described.faultsOf(timeline, page)).not.toEqual([]);
  });
});
