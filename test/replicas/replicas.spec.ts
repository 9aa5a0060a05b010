// Several trackers on one log. EVENTSTORE_URL runs it on a real server; PARLEY_SEED repeats a run that failed.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LiveClient, type Message } from '../e2e/live-client.js';
import { spawnEndpoint, type EndpointProcess } from './endpoint-process.js';
import { Replica } from './replica.js';
import { seeded } from '../support/seeded.js';

const TRACKS = ['north', 'south', 'east'];
const WRITERS = 6;
const DEVELOPMENTS = 40; // of each writer

let endpoint: EndpointProcess | undefined;
let replicas: Replica[];
let listeners: Listener[];
let crisis: string;
let random: () => number;

beforeEach(async () => {
  const seed = Number(process.env['PARLEY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}: repeat with PARLEY_SEED=${seed}`);
  random = seeded(seed);
  let url = process.env['EVENTSTORE_URL'];
  if (url === undefined) {
    endpoint = await spawnEndpoint();
    url = endpoint.url;
  }
  crisis = `replicas-${randomUUID()}`; // the server may be shared
  replicas = [0, 1, 2].map(() => new Replica(url));
  await Promise.all(replicas.map((replica) => replica.start()));
});

afterEach(async () => {
  for (const listener of listeners) listener.stop();
  await Promise.all(replicas.map((replica) => replica.remove()));
  await endpoint?.close();
});

test('replicas on one log end in the same state, with nothing lost or doubled, though one is killed and brought back', async () => {
  await openCrisis();
  listeners = [0, 1, 2].map((first) => new Listener(first));
  const listening = listeners.map((listener) => listener.run());

  const acknowledged = new Map<string, bigint>();
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer, acknowledged));
  const killing = (async () => {
    while (acknowledged.size < (WRITERS * DEVELOPMENTS) / 4) await sleep(5);
    await replicas[1]!.kill();
    while (acknowledged.size < (WRITERS * DEVELOPMENTS) / 2) await sleep(5);
    await replicas[1]!.start();
  })();
  await Promise.all([...writers, killing]);
  expect(acknowledged.size).toBe(WRITERS * DEVELOPMENTS);

  const last = [...acknowledged.values()].reduce((a, b) => (a > b ? a : b));
  const exports = await Promise.all(replicas.map((replica) => text(replica, `/export.ndjson?minPosition=${last}`)));
  const recorded = exports[0]!
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id?: string }).id)
    .filter((id) => id?.startsWith('w') === true);
  expect(new Set(recorded)).toEqual(new Set(acknowledged.keys()));
  expect(recorded).toHaveLength(acknowledged.size);
  expect(exports).toEqual([exports[0], exports[0], exports[0]]);

  const states = await Promise.all(
    replicas.flatMap((replica) => [
      text(replica, `/tracks?asOf=2022-06-01&knownAt=2100-01-01&position=${last}`),
      text(replica, `/timeline?asOf=2022-06-01&knownAt=2100-01-01&position=${last}&limit=500`),
    ]),
  );
  expect(states.slice(2)).toEqual([states[0], states[1], states[0], states[1]]);

  for (const listener of listeners) await listener.untilHeard(acknowledged.size);
  for (const listener of listeners) listener.stop();
  await Promise.all(listening);
  for (const { heard } of listeners) expect(heard).toEqual(recorded);
});

/** Records its developments one after another, wherever it comes, and reads each of them on another replica. */
async function write(writer: number, acknowledged: Map<string, bigint>): Promise<void> {
  for (let number = 0; number < DEVELOPMENTS; number++) {
    const id = `w${writer}-${number}`;
    const track = pick(TRACKS);
    // Some at two replicas at once: whoever comes second is told of the first.
    const [position, same] = await Promise.all([record(track, id), random() < 0.2 ? record(track, id) : undefined]);
    expect(same ?? position).toBe(position);
    acknowledged.set(id, BigInt(position));
    if (random() < 0.3) expect(await readAnywhere(track, id, position)).toBe(position);
  }
}

/** Sends it again, with the same id, until one replica says that it is recorded. */
async function record(track: string, id: string): Promise<string> {
  const body = { id, type: 'StatementMade', occurredAt: '2022-01-12', summary: id, speaker: 'russia', reports: [{ source: 'tass' }] };
  for (;;) {
    const answer = await call(pick(replicas), `/tracks/${track}/developments`, 'POST', body);
    if (answer?.status === 201 || answer?.status === 200) return answer.body.position;
    if (answer !== undefined && answer.status !== 503) throw new Error(JSON.stringify(answer.body));
    await sleep(20);
  }
}

/** A read that names the position of a write includes it, or is refused; on whichever replica. */
async function readAnywhere(track: string, id: string, position: string): Promise<string> {
  for (;;) {
    const answer = await call(pick(replicas), `/tracks/${track}/developments/${id}?minPosition=${position}`, 'GET');
    if (answer?.status === 200) return answer.body.development.position;
    if (answer !== undefined && answer.status !== 503) throw new Error(JSON.stringify(answer.body));
    await sleep(20);
  }
}

/** Follows the crisis live; where its replica ends it goes on at the next one, with the last id that it has. */
class Listener {
  readonly heard: string[] = [];
  #client: LiveClient | undefined;
  #stopped = false;

  constructor(private readonly first: number) {}

  async run(): Promise<void> {
    let lastId: string | undefined;
    for (let at = this.first; !this.#stopped; at++) {
      const { url } = replicas[at % replicas.length]!; // undefined while it is down: that opens nothing
      try {
        this.#client = await LiveClient.open(`${url}/crises/${crisis}/live`, lastId === undefined ? {} : { 'last-event-id': lastId });
        for (;;) {
          const message = await this.#client.next();
          lastId = message.id ?? lastId;
          this.#hear(message);
        }
      } catch {
        await sleep(20); // its replica is gone
      }
    }
  }

  /** Waits until it has heard so many developments: those that went astray would be waited for in vain. */
  async untilHeard(count: number): Promise<void> {
    while (this.heard.length < count) await sleep(20);
  }

  stop(): void {
    this.#stopped = true;
    void this.#client?.close();
  }

  #hear({ event, data }: Message): void {
    if (event === 'resync') this.heard.push('resync');
    if (event === 'development') this.heard.push(data.development.id);
  }
}

async function openCrisis(): Promise<void> {
  const lines = [
    { type: 'CrisisOpened', crisis, title: 'A crisis' },
    { type: 'ActorRegistered', crisis, id: 'russia', name: 'Russia', kind: 'state' },
    { type: 'SourceRegistered', crisis, id: 'tass', name: 'TASS', reliability: 'C' },
    ...TRACKS.map((track) => ({ type: 'TrackOpened', crisis, track, title: track, parties: ['russia'] })),
  ];
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const results = await (await fetch(`${replicas[0]!.url}/import`, { method: 'POST', headers, body })).text();
  expect(results).not.toContain('rejected');
  const { position } = JSON.parse(results.trimEnd().split('\n').at(-1)!) as { position: string };
  for (const replica of replicas) expect((await call(replica, `?minPosition=${position}`, 'GET'))?.status).toBe(200);
}

interface Answer {
  readonly status: number;
  readonly body: any;
}

/** Undefined if the replica is down, or goes down over it. */
async function call(replica: Replica, path: string, method: string, body?: object): Promise<Answer | undefined> {
  const { url } = replica;
  if (url === undefined) return undefined;
  try {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${url}/crises/${crisis}${path}`, { method, ...sent });
    return { status: response.status, body: await response.json() };
  } catch {
    return undefined;
  }
}

async function text(replica: Replica, path: string): Promise<string> {
  const response = await fetch(`${replica.url}/crises/${crisis}${path}`);
  expect(response.status).toBe(200);
  return response.text();
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}
