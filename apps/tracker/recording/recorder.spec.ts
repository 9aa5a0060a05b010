import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import type { EventStore, Position, RecordedEvent } from '#event-store/port.js';
import type { ReadSide } from '#projections/read-side.js';
import { parseStream } from '#crisis/event.js';
import { isRegisterType } from '#crisis/vocabulary/types.js';
import { createRecorder } from './create-recorder.js';
import { faultyStore } from './faulty-store.js';
import { CommandRefused, StoreAway, type Provenance, type Recorded, type Recorder } from './recorder.js';

const NOW = Date.parse('2022-02-01T12:00:00Z');
const by: Provenance = { recordedBy: 'desk', correlationId: 'c-1' };

let folder: string;
let embedded: EventStore;
let store: ReturnType<typeof faultyStore>;
let now: number;
/** Tells the latest recorder what a read side has applied. */
let advance: Parameters<ReadSide['onAdvance']>[0];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-recorder-'));
  embedded = await openEmbeddedStore({ folder });
  store = faultyStore(embedded);
  now = NOW;
});

afterEach(async () => {
  await embedded.close();
  rmSync(folder, { recursive: true, force: true });
});

function recorderOn(log: EventStore = store): Recorder {
  return createRecorder({ store: log, readSide: readSideOf(log), clock: () => now });
}

/** What the recorder asks of a read side, answered from the log itself. */
function readSideOf(log: EventStore): Parameters<typeof createRecorder>[0]['readSide'] {
  return {
    reached: async () => true,
    onAdvance: (listener) => {
      advance = listener;
      return () => undefined;
    },
    ask: async (_question, params) => {
      let recordTime: number | null = null;
      for (const event of await all(log)) {
        const { crisis, track } = parseStream(event.stream)!;
        if (crisis !== (params as { crisis: string }).crisis || track === undefined || isRegisterType(event.type)) continue;
        recordTime = Math.max(recordTime ?? 0, Date.parse((JSON.parse(event.metadata) as { recordedAt: string }).recordedAt));
      }
      return { body: JSON.stringify({ recordTime }) };
    },
  };
}

async function all(log: EventStore): Promise<RecordedEvent[]> {
  return Array.fromAsync(log.readAll());
}

async function openCrisis(recorder: Recorder, crisis = 'c'): Promise<void> {
  const register = (type: 'CrisisOpened' | 'ActorRegistered' | 'SourceRegistered', id: string | undefined, content: object) =>
    recorder.register({ type, crisis, id, content, imported: false }, by);
  await register('CrisisOpened', undefined, { title: 'A crisis' });
  await register('ActorRegistered', 'russia', { name: 'Russia', kind: 'state' });
  await register('SourceRegistered', 'tass', { name: 'TASS', reliability: 'C' });
  for (const track of ['talks', 'other']) {
    await recorder.openTrack({ type: 'TrackOpened', crisis, track, content: { title: track, parties: ['russia'] }, imported: false }, by);
  }
}

const statement = (summary: string, more: object = {}) => ({
  type: 'StatementMade',
  occurredAt: '2022-01-12',
  summary,
  speaker: 'russia',
  reports: [{ source: 'tass' }],
  ...more,
});

function say(
  recorder: Recorder,
  id: string,
  content: object = statement(id),
  more: { track?: string; recordedAt?: number; ifMatch?: string } = {},
): Promise<Recorded> {
  const { track = 'talks', recordedAt, ifMatch } = more;
  return recorder.record({ crisis: 'c', track, id, content: content as never, ifMatch }, { ...by, recordedAt });
}

async function codeOf(outcome: Promise<unknown>): Promise<string> {
  const error = await outcome.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CommandRefused) return error.refusal.code;
  return error instanceof Error ? error.name : 'no error';
}

async function idsOn(track: string): Promise<string[]> {
  const events = await all(embedded);
  return events.filter(({ stream }) => stream === `track-c.${track}`).map(({ data }) => (JSON.parse(data) as { id?: string }).id ?? '');
}

describe('recording', () => {
  test('a development once recorded is unchanged when it comes again, with its first position, also in another process', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    const first = await say(recorder, 'a');
    expect(first.status).toBe('recorded');
    await say(recorder, 'b');
    expect(await say(recorder, 'a')).toEqual({ ...first, status: 'unchanged' });
    expect(await say(recorderOn(), 'a')).toEqual({ ...first, status: 'unchanged' });
    expect(await codeOf(say(recorder, 'a', statement('other words')))).toBe('id-taken');
  });

  test('the same development sent many times at once leaves one event', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => say(recorder, 'a')));
    expect(outcomes.filter(({ status }) => status === 'recorded')).toHaveLength(1);
    expect(new Set(outcomes.map(({ position }) => position)).size).toBe(1);
    expect(await idsOn('talks')).toEqual(['', 'a']);
  });

  test('what gathers while an append is under way is appended as one batch', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    store.appends.length = 0;
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => say(recorder, `d-${index}`)));
    expect(store.appends.length).toBeLessThanOrEqual(3);
    expect(outcomes.map(({ revision }) => Number(revision))).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(new Set(outcomes.map(({ position }) => position)).size).toBe(100);
  });

  test('one refused command in a batch takes nothing from its neighbours', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    const [a, bad, b] = await Promise.all([
      codeOf(say(recorder, 'a')),
      codeOf(say(recorder, 'bad', statement('x', { speaker: 'nobody' }))),
      codeOf(say(recorder, 'b')),
    ]);
    expect([a, bad, b]).toEqual(['no error', 'unknown-actor', 'no error']);
    expect(await idsOn('talks')).toEqual(['', 'a', 'b']);
  });

  test('a correction that comes right behind its development finds it', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    const correct = { type: 'DevelopmentCorrected', development: 'a', changes: { summary: 'better' }, reason: 'factual-error' };
    const outcomes = await Promise.all([say(recorder, 'a'), say(recorder, 'fix', correct), say(recorder, 'fix', correct)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['recorded', 'recorded', 'unchanged']);
    expect(await codeOf(say(recorder, 'again', correct))).toBe('nothing-changes');
  });

  test('a lost race is decided again: two processes on one track lose nothing and double nothing', async () => {
    const [one, two] = [recorderOn(), recorderOn()];
    await openCrisis(one);
    const ids = Array.from({ length: 30 }, (_, index) => `d-${index}`);
    const positions = async (recorder: Recorder, order: readonly string[]) =>
      new Map(await Promise.all(order.map(async (id) => [id, (await say(recorder, id)).position] as const)));
    const [ones, twos] = await Promise.all([positions(one, ids), positions(two, ids.toReversed())]);
    for (const id of ids) expect(twos.get(id)).toBe(ones.get(id));
    expect((await idsOn('talks')).slice(1).sort()).toEqual(ids.toSorted());
  });

  test('what another process registered is known before a command is refused', async () => {
    const [one, two] = [recorderOn(), recorderOn()];
    await openCrisis(one);
    await say(two, 'a');
    await one.register(
      { type: 'ActorRegistered', crisis: 'c', id: 'nato', content: { name: 'NATO', kind: 'organisation' }, imported: false },
      by,
    );
    await one.openTrack(
      { type: 'TrackOpened', crisis: 'c', track: 'new', content: { title: 'New', parties: ['nato'] }, imported: false },
      by,
    );
    await say(one, 'root', statement('root'), { track: 'new' });
    expect(await codeOf(say(two, 'b', statement('b', { speaker: 'nato' })))).toBe('no error');
    expect(await codeOf(say(two, 'c', statement('c'), { track: 'new' }))).toBe('no error');
    expect(
      await codeOf(say(two, 'd', statement('d', { relatesTo: [{ development: 'new/root', relation: 'follows' }], alsoOn: ['new'] }))),
    ).toBe('no error');
    expect(await codeOf(say(two, 'e', statement('e', { alsoOn: ['nowhere'] })))).toBe('unknown-track');
  });

  test('If-Match holds against what another process has written', async () => {
    const [one, two] = [recorderOn(), recorderOn()];
    await openCrisis(one);
    await say(two, 'a');
    await say(one, 'b');
    expect(await codeOf(say(two, 'c', statement('c'), { ifMatch: '1' }))).toBe('revision-mismatch');
    expect(await codeOf(say(two, 'c', statement('c'), { ifMatch: '2' }))).toBe('no error');
    expect(await codeOf(say(two, 'c', statement('c'), { ifMatch: '0' }))).toBe('no error');
  });
});

describe('a store that fails', () => {
  test('an append whose acknowledgement was lost is found again and told as recorded once', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    store.faults.push('lose-acknowledgement');
    const outcomes = await Promise.all([say(recorder, 'a'), say(recorder, 'b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['recorded', 'recorded']);
    expect(await idsOn('talks')).toEqual(['', 'a', 'b']);
  });

  test('an append that never arrived is repeated', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    store.faults.push('lose-request', 'lose-request');
    expect((await say(recorder, 'a')).status).toBe('recorded');
    expect(await idsOn('talks')).toEqual(['', 'a']);
  });

  test('a store that is away refuses the command, records nothing, and takes it later', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    store.faults.push('refuse');
    await expect(say(recorder, 'a')).rejects.toBeInstanceOf(StoreAway);
    expect(await idsOn('talks')).toEqual(['']);
    expect((await say(recorder, 'a')).status).toBe('recorded');
  });
});

describe('a store that takes its time to read a stream', () => {
  /** Waits before each event of a stream. */
  function slowly(ms: number): EventStore {
    const readStream: EventStore['readStream'] = async function* (...of) {
      for await (const event of store.readStream(...of)) {
        await new Promise((resolve) => setTimeout(resolve, ms));
        yield event;
      }
    };
    return new Proxy(store, { get: (target, name) => (name === 'readStream' ? readStream : Reflect.get(target, name)) as unknown });
  }

  /** What comes of it, and after how long, s. */
  async function outcomeOf(command: Promise<Recorded>): Promise<{ outcome: Recorded | Error; after: number }> {
    const began = performance.now();
    const settled: (Recorded | Error)[] = [];
    command.then(
      (recorded) => settled.push(recorded),
      (error: unknown) => settled.push(error as Error),
    );
    while (settled.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      await jest.advanceTimersByTimeAsync(50);
    }
    return { outcome: settled[0]!, after: (performance.now() - began) / 1000 };
  }

  beforeEach(async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    for (const id of ['a', 'b', 'c', 'd']) await say(recorder, id);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('is waited for while more of it comes: of the crisis, of the track, and of another that is named', async () => {
    const relatesTo = [{ relation: 'follows', development: 'talks/d' }];
    const { outcome, after } = await outcomeOf(say(recorderOn(slowly(2000)), 'e', statement('e', { relatesTo }), { track: 'other' }));
    expect(outcome).toMatchObject({ status: 'recorded' });
    expect(after).toBeGreaterThan(15);
  });

  test.each(['talks', 'other'])('is away once nothing more has come for some seconds', async (track) => {
    const { outcome, after } = await outcomeOf(say(recorderOn(slowly(60_000)), 'e', statement('e'), { track }));
    expect(outcome).toBeInstanceOf(StoreAway);
    expect(after).toBeLessThan(5);
  });

  test('is away for a command whose stream is read at last and takes nothing', async () => {
    const log = slowly(1000);
    const silent = new Proxy(log, {
      get: (target, name) => (name === 'append' ? () => new Promise(() => undefined) : Reflect.get(target, name)) as unknown,
    });
    const { outcome, after } = await outcomeOf(say(recorderOn(silent), 'e'));
    expect(outcome).toBeInstanceOf(StoreAway);
    expect(after).toBeGreaterThan(8);
    expect(after).toBeLessThan(15);
  });
});

describe('record time', () => {
  const at = (text: string) => Date.parse(text);

  test('an archive keeps its record times; what lies before the latest one of the crisis is refused by name, unless it is a repeat', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    const first = await say(recorder, 'a', statement('a'), { recordedAt: at('2022-01-13T12:00:00Z') });
    expect(first.recordedAt).toBe(at('2022-01-13T12:00:00Z'));
    await say(recorder, 'b', statement('b'), { track: 'other', recordedAt: at('2022-01-14T12:00:00Z') });
    const late = say(recorder, 'c', statement('c'), { recordedAt: at('2022-01-13T12:00:00Z') });
    await expect(late).rejects.toMatchObject({
      refusal: { code: 'record-time-passed', kind: 'conflict', detail: expect.stringContaining('2022-01-14T12:00:00.000Z') as unknown },
    });
    expect(await say(recorder, 'a', statement('a'), { recordedAt: at('2022-01-13T12:00:00Z') })).toEqual({ ...first, status: 'unchanged' });
    expect(await codeOf(say(recorder, 'd', statement('d'), { recordedAt: NOW + 1 }))).toBe('record-time-in-future');
  });

  test('a new process learns the latest record time before it takes an archive', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    await say(recorder, 'a');
    expect(await codeOf(say(recorderOn(), 'b', statement('b'), { recordedAt: at('2022-01-13T12:00:00Z') }))).toBe('record-time-passed');
  });

  test('lines of an archive stand in the log in the order of their record times, whatever their tracks', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    const start = at('2022-01-13T12:00:00Z');
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        say(recorder, `d-${index}`, statement('x'), {
          track: index % 3 === 0 ? 'other' : index % 3 === 1 ? 'talks' : 'context',
          recordedAt: start + Math.floor(index / 5),
        }),
      ),
    );
    const times = (await all(embedded))
      .filter(({ data }) => data.includes('"d-'))
      .map(({ metadata }) => Date.parse((JSON.parse(metadata) as { recordedAt: string }).recordedAt));
    expect(times).toHaveLength(200);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('a clock that jumps back gives the latest record time, and one that is far behind records nothing', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    await say(recorder, 'a');
    now = NOW - 4000;
    expect((await say(recorder, 'b')).recordedAt).toBe(NOW);
    now = NOW - 5001;
    await expect(say(recorder, 'c')).rejects.toMatchObject({ refusal: { code: 'clock-behind', kind: 'unavailable' } });
  });

  test('a register takes any record time in the past and holds no archive up', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    await say(recorder, 'a', statement('a'), { recordedAt: at('2022-01-14T00:00:00Z') });
    const entry = await recorder.register(
      { type: 'IssueRaised', crisis: 'c', id: 'i', content: { title: 'I' }, imported: true },
      { ...by, recordedAt: at('2022-01-01T00:00:00Z') },
    );
    expect(entry.recordedAt).toBe(at('2022-01-01T00:00:00Z'));
    expect((await say(recorder, 'b', statement('b'), { recordedAt: at('2022-01-14T00:00:00Z') })).status).toBe('recorded');
  });
});

describe('with other processes on the same log', () => {
  /** Another process, whose clock goes differently. */
  const processAt = (clock: number) => createRecorder({ store, readSide: readSideOf(store), clock: () => clock });

  test('a process whose clock is more than 5 s behind what another has recorded refuses, from its first command on', async () => {
    await openCrisis(recorderOn());
    await say(processAt(NOW + 6_000), 'ahead');
    expect(await codeOf(say(recorderOn(), 'behind', statement('behind'), { track: 'other' }))).toBe('clock-behind');
    now = NOW + 2_000;
    const recorded = await say(recorderOn(), 'hardly-behind', statement('x'), { track: 'other' });
    expect(recorded.recordedAt).toBe(NOW + 6_000);
  });

  test('it hears of what another records meanwhile on other tracks', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    expect((await say(recorder, 'before')).status).toBe('recorded');
    const tell = advance;
    await say(processAt(NOW + 60_000), 'ahead', statement('ahead'), { track: 'other' });
    tell({ position: 0n as Position, crises: ['c'] });
    let code = '';
    for (let n = 0; code !== 'clock-behind'; n++) {
      code = await codeOf(say(recorder, `after-${n}`));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(code).toBe('clock-behind');
  });

  test('it hears of what another records on a track as soon as it reads that', async () => {
    const recorder = recorderOn();
    await openCrisis(recorder);
    await say(recorder, 'before');
    await say(processAt(NOW + 60_000), 'ahead');
    // It lost the race, has read the tail, and knows better.
    expect(await codeOf(say(recorder, 'after'))).toBe('clock-behind');
  });
});
