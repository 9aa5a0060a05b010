// Live on each read model, narrowed by filters, and over all crises, with a real client on a real service.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './command-service.js';
import type { LiveClient, Message } from './live-client.js';
import { LiveService } from './live-service.js';

/** Within the days that tension is of. */
const TODAY = new Date().toISOString().slice(0, 10);

const live = LiveService.forEachTest('models');
let service: Service;
let crisis: string;
beforeEach(() => {
  ({ service, crisis } = live);
});

describe('a live connection', () => {
  it('tells of positions: whole cells, because of what, and those that a retraction takes away', async () => {
    const client = await listen(`/crises/${crisis}/live?projections=positions`);
    expect((await client.next('snapshot')).data).toMatchObject({ positions: [] });
    await record(taken({ id: 'opposed' }));
    const told = await client.next();
    expect(told).toMatchObject({ event: 'positions', data: { crisis, because: 'talks/opposed', removed: [] } });
    expect(told.id).toMatch(new RegExp(`^[a-z0-9]+:${told.data.position}\\.2$`));
    expect(told.data.positions).toEqual((await read('positions', told)).positions);
    await retract('opposed');
    expect((await client.next()).data).toMatchObject({ because: 'talks/opposed', positions: [], removed: ['russia/enlargement'] });
  });

  it('tells of promises: made, delivered, and overdue at the moment when they are', async () => {
    const client = await listen(`/crises/${crisis}/live?projections=commitments`);
    const dueBy = new Date(Date.now() + 1500).toISOString();
    await record(promised({ id: 'to-answer', dueBy }));
    const made = await client.next('commitments');
    expect(made.data).toMatchObject({ because: 'talks/to-answer', commitments: [{ promise: 'to-answer', state: 'open', overdue: false }] });
    expect(made.data.commitments).toEqual((await read('commitments', made)).commitments);
    const due = await client.next();
    expect(due).toMatchObject({ event: 'due', data: { crisis, commitments: [{ promise: 'to-answer', overdue: true }], meetings: [] } });
    await record({ ...words('delivered', 'ResponseDelivered'), by: 'russia', to: 'united-states', promise: 'to-answer', form: 'written' });
    const delivered = await client.next();
    expect(delivered.data).toMatchObject({ because: 'talks/delivered', commitments: [{ promise: 'to-answer', state: 'delivered' }] });
    await retract('to-answer');
    expect((await client.next()).data).toMatchObject({ commitments: [], removed: ['talks/to-answer'] });
  });

  it('tells of meetings: announced, then held', async () => {
    const client = await listen(`/crises/${crisis}/live?projections=meetings`);
    const participants = ['russia', 'united-states'];
    await record({ ...words('announced', 'MeetingAnnounced'), scheduledFor: '2030-01-01', participants });
    const announced = await client.next('meetings');
    expect(announced.data.meetings).toEqual((await read('meetings', announced)).meetings);
    await record({ ...words('held', 'MeetingHeld'), announcement: 'announced', participants });
    const held = await client.next();
    expect(held.data).toMatchObject({ because: 'talks/held', meetings: [{ announcement: 'announced', state: 'held' }], removed: [] });
  });

  it('tells of tension where an event changes it, and of nothing where it does not', async () => {
    const client = await listen(`/crises/${crisis}/live?projections=tension,timeline`);
    expect((await client.next('snapshot')).data.tension.score).toBeNull();
    await record({ id: 'said', occurredAt: TODAY });
    expect((await client.next()).event).toBe('development');
    const tension = await client.next();
    expect(tension).toMatchObject({ event: 'tension', data: { because: 'talks/said' } });
    expect(tension.data.tension).toEqual((await read('tension', tension)).tension);
    const report = { report: { source: 'tass', url: 'https://example.org/2' }, stance: 'corroborates' };
    await service.post(`/crises/${crisis}/tracks/talks/developments/said/reports`, report);
    await record({ id: 'said-again' });
    expect((await client.next()).event).toBe('report');
    expect((await client.next()).event).toBe('development');
  });

  it('that asks for more joins those that asked for less, and is told of what it asked for', async () => {
    const less = await listen(`/crises/${crisis}/live?projections=tracks`);
    await less.next('snapshot');
    const more = await listen(`/crises/${crisis}/live?projections=positions`);
    await more.next('snapshot');
    await record(taken({ id: 'taken' }));
    expect([(await less.next()).event, (await more.next()).event]).toEqual(['track', 'positions']);
    const back = await listen(`/crises/${crisis}/live?after=${less.lastId}&projections=positions`);
    expect(await back.next()).toMatchObject({ event: 'positions', id: more.lastId });
  });

  it('is resumed after any message with whatever it asks for then', async () => {
    const all = await listen(`/crises/${crisis}/live?projections=tracks,timeline,positions,commitments,meetings,tension`);
    await all.next('snapshot');
    await record(taken({ id: 'taken', occurredAt: TODAY }));
    await record(promised({ id: 'promised', occurredAt: TODAY }));
    await all.next('commitments');
    const told = all.messages.filter(({ event }) => event !== 'snapshot');
    expect(told.map(({ event }) => event).slice(0, 4)).toEqual(['development', 'track', 'positions', 'tension']);
    for (const [index, { id }] of told.entries()) {
      const back = await listen(`/crises/${crisis}/live?projections=tracks,commitments`, { 'last-event-id': id! });
      for (const next of told.slice(index + 1).filter(({ event }) => event === 'track' || event === 'commitments'))
        expect(shown(await back.next())).toEqual(shown(next));
      await back.close();
    }
  });
});

describe('a filter', () => {
  it.each([
    ['track=talks', ['said', 'taken', 'promised']],
    ['track=council', ['elsewhere']],
    ['actor=united-states', ['promised']],
    ['issue=enlargement', ['taken']],
    ['type=PositionTaken,ResponsePromised', ['taken', 'promised']],
    ['source=reuters', ['elsewhere']],
    ['track=talks&type=StatementMade&actor=russia', ['said']],
  ])('%s leaves these developments in, live, in the snapshot and after an id', async (filter, ids) => {
    await service.put(`/crises/${crisis}/tracks/council`, { title: 'Council', parties: ['russia'] });
    await service.put(`/crises/${crisis}/sources/reuters`, { name: 'Reuters', reliability: 'A' });
    const path = `/crises/${crisis}/live?projections=timeline&${filter}`;
    const client = await listen(path);
    const { id } = await client.next('snapshot');
    await record({ id: 'said', speaker: 'russia' });
    await record(taken({ id: 'taken' }));
    await record(promised({ id: 'promised' }));
    await record({ id: 'elsewhere', speaker: 'russia', reports: [{ source: 'reuters', url: 'https://example.org/3' }] }, 'council');
    const back = await listen(path, { 'last-event-id': id! });
    const fresh = await listen(path);
    const snapshot = (await fresh.next('snapshot')).data.developments.map((each: any) => each.id);
    expect(snapshot.toSorted()).toEqual(ids.toSorted());
    for (const each of [client, back]) {
      for (const expected of ids) expect((await each.next()).data.development.id).toBe(expected);
    }
    await sleep(100);
    for (const each of [client, back]) expect(each.messages.filter(({ event }) => event === 'development')).toHaveLength(ids.length);
  });

  it('leaves in the states that it applies to', async () => {
    const client = await listen(`/crises/${crisis}/live?projections=positions,commitments,tracks&actor=united-states&track=talks`);
    await client.next('snapshot');
    await record(taken({ id: 'of-russia' }));
    await record(taken({ id: 'of-the-us', party: 'united-states' }));
    await record({ id: 'elsewhere' }, 'context');
    await record(promised({ id: 'promised' }));
    const events: Message[] = [];
    while (events.at(-1)?.event !== 'commitments') events.push(await client.next());
    expect(events.map(({ event, data }) => `${event} ${data.because ?? data.track.id}`)).toEqual([
      'track talks',
      'track talks',
      'positions talks/of-the-us',
      'track talks',
      'commitments talks/promised',
    ]);
  });

  it('of a correction takes in who was told of what it was before', async () => {
    const client = await listen(`/crises/${crisis}/live?projections=timeline&issue=enlargement`);
    await client.next('snapshot');
    await record({ id: 'said', about: ['enlargement'] });
    expect((await client.next()).event).toBe('development');
    const changes = { about: null };
    await service.post(`/crises/${crisis}/tracks/talks/developments/said/corrections`, { changes, reason: 'factual-error' });
    expect((await client.next()).event).toBe('correction');
  });

  it('that is none is refused', async () => {
    expect((await service.get(`/crises/${crisis}/live?type=Nothing`)).status).toBe(400);
    expect((await service.get(`/crises/${crisis}/live?crisis=${crisis}`)).status).toBe(400);
    expect((await service.get('/live?projections=everything')).status).toBe(400);
  });
});

describe('/live', () => {
  it('tells of all crises, also of one that is opened later, each message with its crisis', async () => {
    const client = await listen('/live');
    const { data } = await client.next('snapshot');
    expect(data.crises.find(({ id }: any) => id === crisis)).toMatchObject({ id: crisis, closed: false });
    expect(data.states).toEqual([]);
    const other = `${crisis}-later`;
    await live.open(other);
    const opened = await client.next('crisis');
    expect(opened).toMatchObject({ data: { crisis: other, overview: { id: other, closed: false, developments: 0 } } });
    await record({ id: 'here' });
    await record({ id: 'there' }, 'talks', other);
    expect((await client.next('development')).data).toMatchObject({ crisis, development: { id: 'here' } });
    expect((await client.next('track')).data).toMatchObject({ crisis, track: { id: 'talks' } });
    expect((await client.next('development')).data).toMatchObject({ crisis: other, development: { id: 'there' } });
    await service.post(`/crises/${other}/closure`, {});
    expect((await client.next('crisis')).data).toMatchObject({ crisis: other, overview: { closed: true } });
  });

  it('is resumed from any message, after a restart too, with no gap and no repeat', async () => {
    const other = `${crisis}-other`;
    await live.open(other);
    const query = `projections=timeline,tracks,positions&crisis=${crisis},${other}`;
    const client = await listen(`/live?${query}`);
    await client.next('snapshot');
    for (let n = 0; n < 20; n++)
      await record(taken({ id: `p-${n}`, stance: n % 4 < 2 ? 'opposes' : 'supports' }), 'talks', n % 2 === 0 ? crisis : other);
    while ((await client.next('development')).data.development.id !== 'p-19');
    await client.next('positions');
    const told = client.messages.slice(1).map(shown);
    await service.restart();
    for (const index of [0, 1, 7, 30, told.length - 2]) {
      const back = await listen(`/live?${query}`, { 'last-event-id': client.messages[index + 1]!.id! });
      for (const expected of told.slice(index + 1)) expect(shown(await back.next())).toEqual(expected);
      await back.close();
    }
  });

  it('has the states of the crises that it is narrowed to, and tells of those alone', async () => {
    await record(taken({ id: 'before' }));
    const other = `${crisis}-aside`;
    await live.open(other);
    const client = await listen(`/live?crisis=${crisis}&projections=positions,timeline`);
    const { data } = await client.next('snapshot');
    expect(data.crises.map(({ id }: any) => id)).toEqual([crisis]);
    expect(data.states).toMatchObject([{ crisis, positions: [{ party: 'russia' }], developments: [{ id: 'before' }] }]);
    await record({ id: 'aside' }, 'talks', other);
    await record({ id: 'here' });
    expect((await client.next()).data).toMatchObject({ crisis, development: { id: 'here' } });
  });

  it('begins afresh with an id of another log, and answers HEAD', async () => {
    const client = await listen('/live', { 'last-event-id': 'elsewhere:5.1' });
    expect([(await client.next()).event, (await client.next()).event]).toEqual(['resync', 'snapshot']);
    const head = await fetch(`${service.url}/live`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  });

  it('tells of what falls due in two crises at one moment, and of the second to who comes back after the first', async () => {
    const other = `${crisis}-second`;
    await live.open(other);
    const dueBy = new Date(Date.now() + 1500).toISOString();
    const client = await listen(`/live?projections=commitments&crisis=${crisis},${other}`);
    await record(promised({ id: 'first', dueBy }));
    await record(promised({ id: 'second', dueBy }), 'talks', other);
    const [one, two] = [await client.next('due'), await client.next('due')];
    expect([one.data.crisis, two.data.crisis]).toEqual([crisis, other]);
    expect(one.data.at).toBe(two.data.at);
    const back = await listen(`/live?projections=commitments&crisis=${crisis},${other}`, { 'last-event-id': one.id! });
    expect(shown(await back.next())).toEqual(shown(two));
  });
});

function listen(path: string, headers: Readonly<Record<string, string>> = {}): Promise<LiveClient> {
  return live.listen(path, headers);
}

/** Records, and waits until it can be read. */
async function record(body: Readonly<Record<string, unknown>>, track = 'talks', of = crisis): Promise<void> {
  const answer = await live.record(body, track, of);
  await live.untilRead(of, answer.body.position);
}

async function retract(id: string): Promise<void> {
  await service.post(`/crises/${crisis}/tracks/talks/developments/${id}/retractions`, { reason: 'factual-error' });
}

/** What a read answers at a message's place. */
async function read(model: string, { data }: Message): Promise<any> {
  return (await service.get(`/crises/${crisis}/${model}?asOf=${data.asOf}&position=${data.position}`)).body;
}

/** Of another type than a statement. */
function words(id: string, type: string): Record<string, unknown> {
  return { id, type, speaker: undefined };
}

function taken(more: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...words('', 'PositionTaken'), party: 'russia', issue: 'enlargement', stance: 'opposes', ...more };
}

function promised(more: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...words('', 'ResponsePromised'), by: 'russia', to: 'united-states', undertaking: 'An answer', ...more };
}

function shown({ id, event, data }: Message): unknown {
  return { id, event, data };
}
