// The client, on a real service.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ParleyClient } from '#client/client.js';
import type { Frame } from '#client/answers.js';
import type { LiveMessage } from '#client/messages.js';
import { ParleyProblem } from '#client/problem.js';
import type { ImportLine, NewDevelopment } from '#client/vocabulary.js';
import { Service } from '../e2e/command-service.js';
import { FaultyWire } from '../support/faulty-wire.js';
import { seeded } from '../support/seeded.js';

const SHIPPED = 'nato-russia-2022';
// From the project's root, where tests are run.
const shipped = readFileSync(`data/${SHIPPED}.ndjson`, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as ImportLine);

let service: Service;
let client: ParleyClient;

beforeAll(async () => {
  service = await Service.start();
  client = new ParleyClient({ baseUrl: `${service.url}/`, recorder: 'Zoë' });
  for await (const { status, problem } of client.import(shipped)) if (status === 'rejected') throw new Error(JSON.stringify(problem));
});
afterAll(() => service.remove());

const said = (more: Partial<NewDevelopment<'StatementMade'>> = {}): NewDevelopment => ({
  type: 'StatementMade',
  occurredAt: '2022-03-02',
  summary: 'Oman speaks.',
  speaker: 'oman',
  reports: [{ source: 'wire' }],
  ...more,
});

async function openGulf(crisis: string): Promise<void> {
  await client.openCrisis(crisis, { title: 'The Gulf' });
  await client.registerActor(crisis, 'oman', { name: 'Oman', kind: 'state' });
  await client.registerIssue(crisis, 'passage', { title: 'Free passage' });
  await client.registerSource(crisis, 'wire', { name: 'A wire', reliability: 'B' });
  await client.registerTrack(crisis, 'talks', { title: 'Talks', parties: ['oman'] });
}

describe('commands', () => {
  it('of every kind are answered, and reads after them include them', async () => {
    await openGulf('gulf');
    expect(await client.record('gulf', 'talks', said({ id: 'first', about: ['passage'] }))).toMatchObject({
      status: 'recorded',
      id: 'first',
    });
    await client.correct('gulf', 'talks', 'first', { changes: { summary: 'Oman speaks up.' }, reason: 'translation' });
    expect((await client.development('gulf', 'talks', 'first')).development).toMatchObject({
      summary: 'Oman speaks up.',
      corrected: true,
      versions: [{ by: 'StatementMade' }, { by: 'DevelopmentCorrected', reason: 'translation' }],
    });
    await client.addReport('gulf', 'talks', 'first', { id: 'again', report: { source: 'wire' }, stance: 'disputes' });
    expect((await client.track('gulf', 'talks')).track.verification.disputed).toBe(1);
    await client.withdrawReport('gulf', 'talks', 'first', 'again');
    await client.retract('gulf', 'talks', 'first', { reason: 'duplicate' });
    expect((await client.timeline('gulf')).developments).toEqual([]);
    await client.reinstate('gulf', 'talks', 'first');
    expect((await client.timeline('gulf')).developments).toMatchObject([{ id: 'first' }]);
    await client.closeCrisis('gulf', { note: 'Over' });
    expect((await client.crisis('gulf')).crisis.closed).toEqual({ note: 'Over' });
    const last = (await client.tracks('gulf')).position;
    expect(BigInt(last)).toBeGreaterThanOrEqual(BigInt(client.lastPosition!));
  });

  it('sent again with their key are one; with a revision of the past they are refused', async () => {
    await openGulf('keys');
    const [one, other] = [
      await client.record('keys', 'talks', said(), { idempotencyKey: 'wire-1' }),
      await client.record('keys', 'talks', said(), { idempotencyKey: 'wire-1' }),
    ];
    expect([one.status, other.status, one.id === other.id]).toEqual(['recorded', 'unchanged', true]);
    const late = client.record('keys', 'talks', said(), { ifMatch: '0' });
    await expect(late).rejects.toMatchObject({ status: 412, code: 'revision-mismatch' });
  });

  it('that are refused say why, with a place for each fault', async () => {
    const refused = client.record('gulf', 'talks', { ...said(), reports: [], summary: '' });
    await expect(refused).rejects.toBeInstanceOf(ParleyProblem);
    await expect(refused).rejects.toMatchObject({
      status: 400,
      code: 'invalid-body',
      errors: expect.arrayContaining([{ pointer: '/reports', detail: 'must have at least 1 entry' }]),
    });
    await expect(client.crisis('nowhere')).rejects.toMatchObject({ status: 404, code: 'unknown-crisis' });
    await expect(new ParleyClient({ baseUrl: `${service.url}/health` }).crises()).rejects.toMatchObject({ status: 404 });
  });
});

describe('an import', () => {
  it('gives a result for each line, as the lines come, and goes on after a bad one', async () => {
    const given: number[] = [];
    const lines = async function* () {
      yield { type: 'CrisisOpened', crisis: 'hormuz', title: 'The Strait of Hormuz' };
      for (let n = 2; n <= 5; n++) {
        while (given.length < n - 1) await sleep(1); // the next line comes once the one before it was answered
        yield { type: 'ActorRegistered', crisis: 'hormuz', id: `actor-${n}`, name: 'Somebody', kind: n === 4 ? 'planet' : 'state' };
      }
    };
    const results = [];
    for await (const result of client.import(lines())) {
      given.push(result.line);
      results.push(result);
    }
    expect(results.map(({ line, status }) => `${line} ${status}`)).toEqual([
      '1 recorded',
      '2 recorded',
      '3 recorded',
      '4 rejected',
      '5 recorded',
    ]);
    expect(results[3]!.problem).toMatchObject({ code: 'invalid-body' });
    expect((await client.crisis('hormuz')).crisis.actors).toHaveLength(3);
  });

  it('can be repeated, in batches', async () => {
    const many = Array.from({ length: 50 }, () => shipped).flat();
    const statuses = new Set<string>();
    let count = 0;
    for await (const { line, status } of client.import(many)) {
      expect(line).toBe(++count);
      statuses.add(status);
    }
    expect([count, ...statuses]).toEqual([many.length, 'unchanged']);
  });

  it('throws what its source of lines throws, after the results of those before', async () => {
    const lines = function* () {
      yield shipped[0]!;
      throw new Error('no more paper');
    };
    const results = client.import(lines());
    expect((await results.next()).value).toMatchObject({ line: 1, status: 'unchanged' });
    await expect(results.next()).rejects.toThrow('no more paper');
  });
});

describe('reads', () => {
  it('take both clocks, a pinned position and which sources count', async () => {
    const then = { asOf: '2022-01-31', knownAt: '2022-01-25' };
    expect((await client.track(SHIPPED, 'us-russia', then)).track.openCommitments).toMatchObject([{ overdue: true }]);
    const asDates = { asOf: new Date('2022-01-31T23:59:59.999Z'), knownAt: new Date('2022-01-25T23:59:59.999Z') };
    expect((await client.track(SHIPPED, 'us-russia', asDates)).track).toEqual((await client.track(SHIPPED, 'us-russia', then)).track);
    const without = { asOf: '2022-01-21', knownAt: '2022-01-21', excludeSource: ['live-article'] };
    expect((await client.track(SHIPPED, 'us-russia', without)).track.status).toBe('scheduled');
    expect((await client.tracks(SHIPPED, { position: '60', minReliability: 'C' })).position).toBe('60');
  });

  it('are there for every read model', async () => {
    const point = { asOf: '2022-01-27', knownAt: '2022-01-27' };
    expect((await client.crises()).crises.map(({ id }) => id)).toContain(SHIPPED);
    expect((await client.positions(SHIPPED, { ...point, party: ['russia'], history: 1 })).positions[0]!.history).toHaveLength(1);
    expect((await client.commitments(SHIPPED, { ...point, state: ['delivered'] })).commitments).toMatchObject([{ late: false }]);
    expect((await client.meetings(SHIPPED, { ...point, track: ['osce'] })).meetings).toMatchObject([{ state: 'held' }]);
    expect((await client.tension(SHIPPED, { ...point, actor: ['russia', 'united-states'], days: 3 })).tension.days).toHaveLength(3);
    expect((await client.actors(SHIPPED, { ...point, actor: ['russia'] })).actors).toMatchObject([{ id: 'russia', kind: 'state' }]);
    const changes = await client.changes(SHIPPED, { from: '2022-01-12', asOf: '2022-01-21' });
    expect(changes.learnedLate).toMatchObject([{ id: 'draft-treaty-tabled' }]);
    expect(await client.parked()).toMatchObject({ count: 0, parked: [] });
    expect((await client.projections()).projections).toMatchObject([{ state: 'live' }]);
  });

  it('go over all pages of a timeline', async () => {
    const all = await Array.fromAsync(client.timelineAll(SHIPPED, { order: 'oldest', limit: 7 }));
    expect(all).toEqual((await client.timeline(SHIPPED, { order: 'oldest', limit: 500, asOf: new Date() })).developments);
    expect(all.length).toBeGreaterThan(30);
  });

  it('that are aborted throw the reason', async () => {
    const reason = new Error('enough');
    await expect(client.tracks(SHIPPED, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('a replay', () => {
  it('gives frame after frame, and the state at its end last', async () => {
    const frames = await Array.fromAsync(client.replay(SHIPPED, { from: '2022-01-10', until: '2022-01-27' }));
    expect(frames.map(({ frame }) => frame)).toEqual(frames.map((_, n) => n));
    expect(frames.at(-1)!.tracks).toEqual((await client.tracks(SHIPPED, { asOf: '2022-01-27' })).tracks);
    const recorded = await Array.fromAsync(client.replay(SHIPPED, { by: 'recorded', until: '2022-01-21' }));
    expect(recorded.at(-1)!.tracks).toEqual((await client.tracks(SHIPPED, { asOf: '2022-01-21', knownAt: '2022-01-21' })).tracks);
  });

  it('that is cut says so', async () => {
    const wire = await FaultyWire.open({ host: '127.0.0.1', port: Number(new URL(service.url).port) });
    try {
      const frames: Frame[] = [];
      wire.slow(50); // else all of it may be there before the cut
      const cut = async (): Promise<void> => {
        for await (const frame of new ParleyClient({ baseUrl: `http://127.0.0.1:${wire.port}` }).replay(SHIPPED)) {
          frames.push(frame);
          wire.cut();
          await sleep(50);
        }
      };
      await expect(cut()).rejects.toThrow();
      expect(frames.length).toBeGreaterThan(0);
    } finally {
      await wire.close();
    }
  });
});

describe('a live connection', () => {
  it('begins with a snapshot, and tells each change', async () => {
    await openGulf('live');
    const live = client.live('live');
    expect((await live.next()).value).toMatchObject({
      event: 'snapshot',
      data: { developments: [], tracks: [{ id: 'talks' }, { id: 'context' }] },
    });
    const { position } = await client.record('live', 'talks', said({ id: 'first' }));
    const development = (await live.next()).value as LiveMessage;
    expect(development).toMatchObject({ event: 'development', data: { position, development: { id: 'first' } } });
    expect((await live.next()).value).toMatchObject({ event: 'track', data: { track: { developments: 1 } } });
    await live.return();

    const back = client.live('live', { after: development.id });
    expect((await back.next()).value).toMatchObject({ event: 'track' });
    await back.return();
  });

  it('over all crises says of which one each message is', async () => {
    const live = client.liveAll({ projections: ['tracks', 'timeline', 'positions'], filters: { issue: ['passage'], crisis: ['all'] } });
    expect((await live.next()).value).toMatchObject({ event: 'snapshot', data: { crises: [] } });
    await openGulf('all');
    expect((await live.next()).value).toMatchObject({ event: 'crisis', data: { crisis: 'all', overview: { title: 'The Gulf' } } });
    const position = { party: 'oman', issue: 'passage', stance: 'supports' } as const;
    await client.record('all', 'talks', said({ id: 'other' }));
    await client.record('all', 'talks', said({ id: 'asked-for', about: ['passage'], positions: [position] }));
    const told: LiveMessage[] = [];
    while (told.at(-1)?.event !== 'positions') told.push((await live.next()).value as LiveMessage);
    expect(told.filter(({ event }) => event === 'development')).toMatchObject([
      { data: { crisis: 'all', development: { id: 'asked-for' } } },
    ]);
    expect(told.at(-1)).toMatchObject({ data: { crisis: 'all', because: 'talks/asked-for', positions: [position] } });
    await live.return();
  });

  it('that is cut at random while writing goes on tells every message once, in order', async () => {
    await openGulf('cut');
    const wire = await FaultyWire.open({ host: '127.0.0.1', port: Number(new URL(service.url).port) });
    const stop = new AbortController();
    const random = seeded(20220112);
    try {
      const through = new ParleyClient({ baseUrl: `http://127.0.0.1:${wire.port}` });
      const heard: LiveMessage[] = [];
      const enough = new AbortController();
      let total = Infinity;
      const opened = Promise.withResolvers<void>();
      const listening = (async () => {
        for await (const message of through.live('cut', { signal: stop.signal, minPosition: client.lastPosition })) {
          heard.push(message);
          opened.resolve();
          if (message.event === 'track' && message.data.track.developments === total) return;
        }
      })();
      await opened.promise;
      const cutting = (async () => {
        for (let cuts = 0; cuts < 7;) {
          await sleep(random() * 300);
          if (wire.connections === 0) continue;
          wire.cut();
          cuts++;
        }
        enough.abort();
      })();
      let sent = 0;
      while (!enough.signal.aborted) {
        const burst = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
          client.record('cut', 'talks', said({ id: `s-${sent++}` })),
        );
        await Promise.all(burst);
        await sleep(random() * 20);
      }
      await cutting;
      // Something is told after the last cut, whatever was told before it.
      total = sent + 1;
      await client.record('cut', 'talks', said({ id: `s-${sent++}` }));
      await listening;

      expect(heard.map(({ event }) => event).filter((event) => event === 'snapshot' || event === 'resync')).toEqual(['snapshot']);
      const told = heard.slice(1).map(({ event, data }) => `${event} ${'position' in data ? data.position : ''}`);
      const log = await Array.fromAsync(client.replay('cut', { by: 'recorded' }));
      const expected = log.slice(0, -1).flatMap(({ position }) => [`development ${position}`, `track ${position}`]);
      expect(expected).toHaveLength(2 * sent);
      expect(told).toEqual(expected);
    } finally {
      stop.abort();
      await wire.close();
    }
  });

  it('outlives the service, and says so', async () => {
    const own = await Service.start();
    try {
      const port = new URL(own.url).port;
      const writer = new ParleyClient({ baseUrl: own.url });
      await writer.openCrisis('gulf', { title: 'The Gulf' });
      await writer.registerSource('gulf', 'wire', { name: 'A wire', reliability: 'B' });
      await writer.registerActor('gulf', 'oman', { name: 'Oman', kind: 'state' });
      const seen: string[] = [];
      const live = writer.live('gulf', { onOpen: () => seen.push('open'), onLost: () => seen.push('lost') });
      await live.next();
      await own.stop();
      const next = live.next();
      await sleep(100);
      await own.start({ PORT: port });
      await writer.record('gulf', 'context', said({ id: 'back' }));
      expect((await next).value).toMatchObject({ event: 'development', data: { development: { id: 'back' } } });
      expect(seen[0]).toBe('open');
      expect(seen.at(-1)).toBe('open');
      expect(seen).toContain('lost');
      await live.return();
    } finally {
      await own.remove();
    }
  });

  it('of a crisis that is not there throws', async () => {
    await expect(client.live('nowhere').next()).rejects.toMatchObject({ status: 404, code: 'unknown-crisis' });
  });
});
