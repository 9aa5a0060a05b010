// Live, with a real client on a real service.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './command-service.js';
import type { LiveClient, Message } from './live-client.js';
import { LiveService } from './live-service.js';

const POSITION = { party: 'russia', issue: 'enlargement', stance: 'opposes', statedBy: 'russia' };
const live = LiveService.forEachTest('live');
let service: Service;
let crisis: string;
beforeEach(() => {
  ({ service, crisis } = live);
});

describe('a live connection', () => {
  it('begins with a snapshot of what the reads answer', async () => {
    const { body } = await record({ id: 'first' });
    const client = await listen(`?minPosition=${body.position}`);
    expect(client.headers['content-type']).toBe('text/event-stream');
    const { event, id, data } = await client.next();
    expect(event).toBe('snapshot');
    expect(id).toMatch(/^[a-z0-9]+:\d+/);
    expect(data.tracks).toMatchObject((await service.get(`/crises/${crisis}/tracks?asOf=${data.asOf}`)).body.tracks);
    expect(data.developments.map(({ id }: any) => id)).toEqual(['first']);
  });

  it('is told of a development and of the state that it made, at once', async () => {
    const client = await listen();
    await client.next('snapshot');
    const { body } = await record({ id: 'first', speaker: 'russia' });
    const development = await client.next();
    expect(development).toMatchObject({ event: 'development', data: { development: { id: 'first', track: 'talks' } } });
    const track = await client.next();
    expect(track.event).toBe('track');
    const state = (await service.get(`/crises/${crisis}/tracks/talks?minPosition=${body.position}`)).body.track;
    expect(track.data.track).toEqual(state);
    for (const { id } of [development, track]) expect(id).toMatch(new RegExp(`^[a-z0-9]+:${body.position}\\.\\d+$`));
    expect(development.id).not.toBe(track.id);
  });

  it('is told of corrections, retractions, reinstatements and reports as such', async () => {
    const client = await listen('?projections=timeline');
    await record({ id: 'first' });
    const about = `/crises/${crisis}/tracks/talks/developments/first`;
    await service.post(`${about}/corrections`, { changes: { summary: 'Something else was said.' }, reason: 'factual-error' });
    await service.post(`${about}/reports`, { report: { source: 'tass', url: 'https://example.org/2' }, stance: 'disputes' });
    await service.post(`${about}/retractions`, { reason: 'source-retracted' });
    await service.post(`${about}/reinstatements`, {});
    const events: string[] = [];
    while (events.at(-1) !== 'reinstatement') events.push((await client.next()).event);
    expect(events).toEqual(['snapshot', 'development', 'correction', 'report', 'retraction', 'reinstatement']);
  });

  it('is told of what it asked for alone', async () => {
    const client = await listen('?projections=tracks');
    await record({ id: 'first' });
    await record({ id: 'second' });
    const events: string[] = [];
    while (events.length < 3) events.push((await client.next()).event);
    expect(events).toEqual(['snapshot', 'track', 'track']);
    expect(client.messages[0]!.data).not.toHaveProperty('developments');
  });

  it('hears the same as any other', async () => {
    const [one, other] = [await listen(), await listen()];
    for (let n = 0; n < 20; n++) await record({ id: `s-${n}` });
    const heard = await Promise.all([one, other].map((client) => until(client, 's-19')));
    expect(heard[0]!.slice(1).map(shown)).toEqual(heard[1]!.slice(1).map(shown));
  });

  it('is told of what falls due, at its moment', async () => {
    const client = await listen();
    await client.next('snapshot');
    const dueBy = new Date(Date.now() + 2000).toISOString();
    await record({
      type: 'ResponsePromised',
      id: 'promise',
      speaker: undefined,
      by: 'russia',
      to: 'united-states',
      undertaking: 'An answer',
      dueBy,
    });
    const due = await client.next('due');
    expect(Date.now() - Date.parse(dueBy)).toBeGreaterThan(0);
    expect(Date.now() - Date.parse(dueBy)).toBeLessThan(500);
    expect(due.data.tracks).toMatchObject([{ id: 'talks', openCommitments: [{ promise: 'promise', overdue: true }] }]);

    const back = await listen('', { 'last-event-id': due.id! });
    await record({ id: 'after' });
    expect((await until(back, 'after')).map(({ event }) => event)).toEqual(['development', 'track']);
    const earlier = client.messages.find(({ event }) => event === 'track')!;
    const again = await listen('', { 'last-event-id': earlier.id! });
    expect((await again.next()).event).toBe('due');
  });
});

describe('what is recorded ahead of its time', () => {
  it('is told at once, and changes what it changes once it begins', async () => {
    const client = await listen('?projections=tracks,timeline,positions,tension');
    await client.next('snapshot');
    const occurredAt = new Date(Date.now() + 1500).toISOString();
    await record({ type: 'PositionTaken', id: 'ahead', occurredAt, speaker: undefined, ...POSITION });
    expect((await client.next()).event).toBe('development');
    expect((await client.next()).data.track.positions).toEqual([]);
    const { event, data } = await client.next();
    expect(Date.now() - Date.parse(occurredAt)).toBeGreaterThan(0);
    expect(event).toBe('due');
    expect(data.due).toEqual([{ kind: 'development-began', track: 'talks', development: 'ahead' }]);
    for (const [model, path] of [
      ['track', 'tracks/talks'],
      ['positions', 'positions'],
      ['tension', 'tension'],
    ] as const) {
      const read = (await service.get(`/crises/${crisis}/${path}?asOf=${data.at}`)).body[model];
      expect(model === 'track' ? data.tracks : data[model]).toEqual(model === 'track' ? [read] : read);
    }
    expect(data.positions).toMatchObject([{ party: 'russia', issue: 'enlargement', stance: 'opposes' }]);
  });
});

describe('who comes back', () => {
  it('with the last id has missed nothing and sees nothing twice, also after a restart', async () => {
    const first = await listen();
    await first.next('snapshot');
    await record({ id: 'before' });
    const before = await until(first, 'before');
    const lastId = before.at(-1)!.id!;
    await first.close();
    for (let n = 0; n < 150; n++) await record({ id: `away-${n}` });
    await service.restart();
    const second = await listen('', { 'last-event-id': lastId });
    await record({ id: 'back' });
    const after = await until(second, 'back');
    const ids = after.filter(({ event }) => event === 'development').map(({ data }) => data.development.id);
    expect(ids).toEqual([...Array.from({ length: 150 }, (_, n) => `away-${n}`), 'back']);
    const told = [...before, ...after].map(({ id }) => id);
    expect(new Set(told).size).toBe(told.length);
    const byQuery = await listen(`?after=${encodeURIComponent(lastId)}`);
    expect((await until(byQuery, 'back')).map(shown)).toEqual(after.map(shown));
  });

  it('in the middle of what one event brought is told the rest', async () => {
    const first = await listen();
    await record({ id: 'one' });
    const development = await first.next('development');
    const track = await first.next('track');
    const back = await listen('', { 'last-event-id': development.id! });
    expect((await back.next()).id).toBe(track.id);
  });

  it.each(['elsewhere:5.1', 'nonsense', ''])('with the id "%s" is told that it begins afresh', async (id) => {
    const client = await listen('', { 'last-event-id': id });
    const events = [(await client.next()).event];
    if (events[0] === 'resync') events.push((await client.next()).event);
    expect(events).toEqual(id === '' ? ['snapshot'] : ['resync', 'snapshot']);
    await record({ id: 'first' });
    expect((await client.next()).event).toBe('development');
  });

  it('while others write, again and again, hears every development once and in order', async () => {
    const heard: string[] = [];
    const writer = (async () => {
      for (let n = 0; n < 300; n++) await record({ id: `w-${n}` });
    })();
    let lastId: string | undefined;
    while (heard.at(-1) !== 'w-299') {
      const client = await listen('', lastId === undefined ? {} : { 'last-event-id': lastId });
      await Promise.race([sleep(Math.random() * 60), until(client, 'w-299').catch(() => undefined)]);
      await client.close();
      const told = client.messages.filter(({ event }) => event !== 'snapshot');
      if (lastId === undefined) heard.push(...(client.messages[0]?.data.developments ?? []).map(({ id }: any) => id).reverse());
      heard.push(...told.filter(({ event }) => event === 'development').map(({ data }) => data.development.id));
      lastId = client.lastId ?? lastId;
    }
    await writer;
    expect(heard).toEqual(Array.from({ length: 300 }, (_, n) => `w-${n}`));
  });
});

describe('the service', () => {
  it('tells every development once, in the order of the log, at 200 a second', async () => {
    const client = await listen('?projections=timeline');
    await client.next('snapshot');
    const started = performance.now();
    const sent: Promise<unknown>[] = [];
    for (let n = 0; n < 400; n++) {
      await sleep(Math.max(0, started + n * 5 - performance.now()));
      sent.push(record({ id: `fast-${n}` }));
    }
    await Promise.all(sent);
    const told = () => client.messages.filter(({ event }) => event === 'development');
    while (told().length < 400) await client.next();
    expect(new Set(told().map(({ data }) => data.development.id)).size).toBe(400);
    const positions = told().map(({ data }) => Number(data.position));
    expect(positions).toEqual(positions.toSorted((x, y) => x - y));
  });

  it('is not slowed down by one who reads nothing, and tells that one everything in the end', async () => {
    const slow = await listen();
    await slow.next('snapshot');
    slow.pause();
    const quick = await listen();
    // More than the system's own buffers of a socket take.
    const reports = Array.from({ length: 40 }, (_, n) => ({ id: `r-${n}`, source: 'tass', quote: 'x'.repeat(1000) }));
    for (let n = 0; n < 40; n++) await Promise.all(Array.from({ length: 10 }, (_, k) => record({ id: `bulk-${n}-${k}`, reports })));
    await record({ id: 'last' });
    await until(quick, 'last');
    slow.resume();
    const developments = (messages: readonly Message[]) => messages.filter(({ event }) => event === 'development').map(({ id }) => id);
    expect(developments(await until(slow, 'last'))).toEqual(developments(quick.messages));
  });

  it('ends what is open when it stops, and says when to come back', async () => {
    const client = await listen();
    await client.next('snapshot');
    const before = performance.now();
    await service.restart();
    await client.ended;
    expect(performance.now() - before).toBeLessThan(3000);
  });
});

function listen(query = '', headers: Readonly<Record<string, string>> = {}): Promise<LiveClient> {
  return live.listen(`/crises/${crisis}/live${query}`, headers);
}

function record(body: Readonly<Record<string, unknown>>): Promise<{ body: any }> {
  return live.record(body);
}

/** What has been told once a development has, and the state that it made. */
async function until(client: LiveClient, id: string): Promise<readonly Message[]> {
  while ((await client.next('development')).data.development.id !== id);
  await client.next('track');
  return [...client.messages];
}

function shown({ id, event, data }: Message): unknown {
  return { id, event, data };
}
