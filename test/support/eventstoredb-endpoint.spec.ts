// What the endpoint does where nothing is scripted, seen by the real client. EVENTSTORE_URL names a real server: then the
// same sentences are tested on it, on streams of their own, which proves that the two agree.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ANY,
  BACKWARDS,
  END,
  FORWARDS,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  binaryEvent,
  streamNameFilter,
  type AllStreamSubscription,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { PATHS, Heard, append, connect, freshStream, someEvent, someEvents, type Path } from './eventstoredb-client.js';
import { startEndpoint, type Endpoint } from './eventstoredb-endpoint.js';

const real = process.env['EVENTSTORE_URL'];
let endpoint: Endpoint | undefined;
let client: EventStoreDBClient;

beforeAll(async () => {
  endpoint = real === undefined ? await startEndpoint() : undefined;
  client = connect(endpoint?.url ?? real!);
});
afterAll(async () => {
  await client.dispose();
  await endpoint?.close();
});

const idsIn = async (stream: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { event } of client.readStream(stream)) ids.push(event!.id);
  return ids;
};

const failure = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => {
      throw new Error('It succeeded');
    },
    (error: unknown) => error,
  );

describe.each(PATHS)('an append %s', (path: Path) => {
  const appending = (stream: string, expected: Parameters<typeof append>[3], events: Parameters<typeof append>[4]) =>
    append(client, path, stream, expected, events);

  test('is answered with the revision and the position of its last event', async () => {
    const stream = freshStream();
    const { revision, commit, prepare } = await appending(stream, NO_STREAM, someEvents(3));
    expect(revision).toBe(2n);
    expect(prepare).toBe(commit);
    const read: bigint[] = [];
    for await (const { event } of client.readStream(stream)) read.push(event!.position!.commit);
    expect(read.at(-1)).toBe(commit);
  });

  test('that comes again at its original revision gets the first answer, also after later events, and writes nothing', async () => {
    const stream = freshStream();
    const [one, two, three] = [someEvents(2), someEvents(1), someEvents(2)];
    const first = await appending(stream, NO_STREAM, one);
    expect(await appending(stream, NO_STREAM, one)).toEqual(first);
    const second = await appending(stream, first.revision, two);
    await appending(stream, second.revision, three);
    expect(await appending(stream, NO_STREAM, one)).toEqual(first);
    expect(await appending(stream, first.revision, two)).toEqual(second);
    expect(await idsIn(stream)).toEqual([...one, ...two, ...three].map(({ id }) => id));
  });

  test('that comes again at any revision gets the first answer while its ids are remembered', async () => {
    const stream = freshStream();
    const events = someEvents(2);
    const first = await appending(stream, ANY, events);
    await appending(stream, ANY, someEvents(1));
    expect(await appending(stream, ANY, events)).toEqual(first);
    expect(await idsIn(stream)).toHaveLength(3);
  });

  test('of an id that is there already, at another revision, writes it again', async () => {
    const stream = freshStream();
    const event = someEvent();
    const { revision } = await appending(stream, NO_STREAM, [event]);
    expect((await appending(stream, revision, [event])).revision).toBe(1n);
    expect(await idsIn(stream)).toEqual([event.id, event.id]);
  });

  test('of an id twice, or in another stream, writes it', async () => {
    const [stream, other] = [freshStream(), freshStream()];
    const event = someEvent();
    expect((await appending(stream, NO_STREAM, [event, event])).revision).toBe(1n);
    expect((await appending(other, NO_STREAM, [event])).revision).toBe(0n);
    expect(await idsIn(stream)).toEqual([event.id, event.id]);
    expect(await idsIn(other)).toEqual([event.id]);
  });

  test('of which only a part is new is refused, and the answer tells the truth', async () => {
    const stream = freshStream();
    const events = someEvents(2);
    await appending(stream, NO_STREAM, events);
    const refused = await failure(appending(stream, NO_STREAM, [...events, someEvent()]));
    expect(refused).toMatchObject({ type: 'wrong-expected-version', streamName: stream, expectedVersion: 'no_stream', actualVersion: 1n });
    expect(await failure(appending(stream, NO_STREAM, [events[0]!, someEvent()]))).toMatchObject({ type: 'wrong-expected-version' });
    expect(await idsIn(stream)).toHaveLength(2);
  });

  test('at a revision in the past or in the future is refused', async () => {
    const stream = freshStream();
    await appending(stream, NO_STREAM, someEvents(3));
    for (const expected of [0n, 7n] as const) {
      const refused = await failure(appending(stream, expected, [someEvent()]));
      expect(refused).toMatchObject({ type: 'wrong-expected-version', expectedVersion: expected, actualVersion: 2n });
    }
    const absent = await failure(appending(freshStream(), 0n, [someEvent()]));
    expect(absent).toMatchObject({ type: 'wrong-expected-version', expectedVersion: 0n, actualVersion: 'no_stream' });
    expect(await failure(appending(freshStream(), STREAM_EXISTS, [someEvent()]))).toMatchObject({ type: 'wrong-expected-version' });
  });

  test('of no events succeeds', async () => {
    const stream = freshStream();
    await appending(stream, NO_STREAM, someEvents(2));
    expect((await appending(stream, 1n, [])).revision).toBe(1n);
    expect(await idsIn(stream)).toHaveLength(2);
  });

  test('of more than 1 MiB is refused, whether one event or many, and one of just less is not', async () => {
    const stream = freshStream();
    const text = (length: number) => ({ text: 'x'.repeat(length) });
    const one = await failure(appending(stream, NO_STREAM, [someEvent({ data: text(1_049_000) })]));
    expect(one).toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: 1_048_576 });
    const many = Array.from({ length: 5 }, () => someEvent({ data: text(210_000) }));
    expect(await failure(appending(stream, NO_STREAM, many))).toMatchObject({ type: 'maximum-append-size-exceeded' });
    const fits = Array.from({ length: 5 }, () => someEvent({ data: text(200_000) }));
    expect((await appending(stream, NO_STREAM, fits)).revision).toBe(4n);
  });

  test('to a stream that has a tombstone is refused', async () => {
    const stream = freshStream();
    await appending(stream, NO_STREAM, someEvents(1));
    await client.tombstoneStream(stream);
    expect(await failure(appending(stream, 0n, [someEvent()]))).toMatchObject({ type: 'stream-deleted', streamName: stream });
  });
});

test('appends that are sent at once to many streams are each answered for themselves', async () => {
  const streams = Array.from({ length: 40 }, freshStream);
  const outcomes = await Promise.allSettled(
    streams.map((stream, n) => append(client, PATHS[0], stream, n % 4 === 0 ? 3n : NO_STREAM, someEvents(2))),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(streams.map((_, n) => (n % 4 === 0 ? 'rejected' : 'fulfilled')));
});

describe('reading', () => {
  test('gives back what was appended: ids, types, data, metadata, revisions', async () => {
    const stream = freshStream();
    const json = someEvent({ type: 'ПозицияЗанята', data: { de: 'Größe', zh: '雪', emoji: '🕊️' } });
    const bytes = binaryEvent({ type: 'Bytes', data: Buffer.from([0, 255, 128, 7]) });
    await append(client, PATHS[0], stream, NO_STREAM, [json, bytes]);
    const events = (await Array.fromAsync(client.readStream(stream))).map(({ event }) => event!);
    const { id, type, data, metadata } = json as any;
    expect(events[0]).toMatchObject({ id, type, data, metadata, streamId: stream, revision: 0n, isJson: true });
    expect(events[1]).toMatchObject({ id: bytes.id, type: 'Bytes', revision: 1n, isJson: false });
    expect(Buffer.from(events[1]!.data as Uint8Array)).toEqual(Buffer.from([0, 255, 128, 7]));
    expect(events[0]!.created.getTime()).toBeGreaterThan(Date.UTC(2020));
  });

  test('a stream is inclusive, both ways, with a limit', async () => {
    const stream = freshStream();
    await append(client, PATHS[0], stream, NO_STREAM, someEvents(70));
    const revisions = async (options: Parameters<EventStoreDBClient['readStream']>[1]) =>
      (await Array.fromAsync(client.readStream(stream, options))).map(({ event }) => Number(event!.revision));
    expect(await revisions({ fromRevision: 67n })).toEqual([67, 68, 69]);
    expect(await revisions({ fromRevision: 3n, maxCount: 2 })).toEqual([3, 4]);
    expect(await revisions({ direction: BACKWARDS, fromRevision: END, maxCount: 2 })).toEqual([69, 68]);
    expect(await revisions({ direction: BACKWARDS, fromRevision: 2n })).toEqual([2, 1, 0]);
    expect(await revisions({})).toHaveLength(70);
  });

  test('past the end of a stream gives nothing', async () => {
    const stream = freshStream();
    await append(client, PATHS[0], stream, NO_STREAM, someEvents(2));
    expect(await Array.fromAsync(client.readStream(stream, { fromRevision: 2n }))).toEqual([]);
    expect(await Array.fromAsync(client.readStream(stream, { fromRevision: 1_000n }))).toEqual([]);
  });

  test('a stream that never was is not found, nor one that was deleted; one with a tombstone says so', async () => {
    const [never, deleted, tombstoned] = [freshStream(), freshStream(), freshStream()];
    expect(await failure(idsIn(never))).toMatchObject({ type: 'stream-not-found', streamName: never });
    await append(client, PATHS[0], deleted, NO_STREAM, someEvents(3));
    await client.deleteStream(deleted);
    expect(await failure(idsIn(deleted))).toMatchObject({ type: 'stream-not-found', streamName: deleted });
    await append(client, PATHS[0], tombstoned, NO_STREAM, someEvents(1));
    await client.tombstoneStream(tombstoned);
    expect(await failure(idsIn(tombstoned))).toMatchObject({ type: 'stream-deleted', streamName: tombstoned });
  });

  test('a deleted stream goes on where it ended', async () => {
    const stream = freshStream();
    await append(client, PATHS[0], stream, NO_STREAM, someEvents(3));
    await client.deleteStream(stream);
    const again = someEvents(2);
    expect((await append(client, PATHS[0], stream, NO_STREAM, again)).revision).toBe(4n);
    expect(await idsIn(stream)).toEqual(again.map(({ id }) => id));
  });

  test('all is inclusive, in the order of positions, which have gaps', async () => {
    const stream = freshStream();
    const events = someEvents(5);
    const last = await append(client, PATHS[0], stream, NO_STREAM, events);
    const own = (await Array.fromAsync(client.readStream(stream))).map(({ event }) => event!);
    const positions = own.map(({ position }) => position!.commit);
    for (const { position } of own) expect(position!.prepare).toBe(position!.commit);
    positions.slice(1).forEach((position, n) => expect(position - positions[n]!).toBeGreaterThan(50n));
    expect(positions.at(-1)).toBe(last.commit);
    for (const n of [0, 3]) {
      const read: string[] = [];
      for await (const { event } of client.readAll({ fromPosition: own[n]!.position!, maxCount: 1_000 })) {
        if (event!.streamId === stream) read.push(event!.id);
      }
      expect(read).toEqual(events.slice(n).map(({ id }) => id));
    }
  });

  test('all backwards from the end begins with the last event', async () => {
    const event = someEvent();
    const { commit } = await append(client, PATHS[0], freshStream(), NO_STREAM, [event]);
    const latest = await Array.fromAsync(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 200 }));
    expect(latest.some((each) => each.event!.id === event.id && each.event!.position.commit === commit)).toBe(true);
    const positions = latest.map((each) => each.event!.position.commit);
    expect(positions).toEqual([...positions].sort((a, b) => (a > b ? -1 : 1)));
  });

  test('from a position at which no event stands is an error of no kind', async () => {
    const { commit } = await append(client, PATHS[0], freshStream(), NO_STREAM, someEvents(2));
    const between = { commit: commit - 1n, prepare: commit - 1n };
    for (const direction of [FORWARDS, BACKWARDS] as const) {
      expect(await failure(Array.fromAsync(client.readAll({ fromPosition: between, direction, maxCount: 5 })))).toMatchObject({
        type: 'unknown',
        message: expect.stringContaining('Unexpected ReadAllResult: Error'),
      });
    }
    const heard = new Heard(client.subscribeToAll({ fromPosition: between }));
    expect((await heard.until(({ error }) => error !== undefined)).error).toMatchObject({
      type: 'unknown',
      message: expect.stringContaining('Exception was thrown by handler'),
    });
    const torn = { commit, prepare: commit + 1n };
    expect(await failure(Array.fromAsync(client.readAll({ fromPosition: torn, maxCount: 5 })))).toMatchObject({ type: 'unknown' });
  });

  test('from a position past the last event gives nothing', async () => {
    const { commit } = await append(client, PATHS[0], freshStream(), NO_STREAM, [someEvent()]);
    const past = { commit: commit + 1_000_000n, prepare: commit + 1_000_000n };
    expect(await Array.fromAsync(client.readAll({ fromPosition: past, maxCount: 5 }))).toEqual([]);
    const heard = new Heard(client.subscribeToAll({ fromPosition: past }));
    await heard.until(({ told }) => told.includes('caughtUp'));
    expect(heard.error).toBeUndefined();
    await heard.subscription.unsubscribe();
  });

  test('all backwards is exclusive', async () => {
    const stream = freshStream();
    const events = someEvents(3);
    const { commit, prepare } = await append(client, PATHS[0], stream, NO_STREAM, events);
    const before = await Array.fromAsync(client.readAll({ direction: BACKWARDS, fromPosition: { commit, prepare }, maxCount: 2 }));
    expect(before.map(({ event }) => event!.id)).toEqual([events[1]!.id, events[0]!.id]);
  });
});

describe('a subscription to all', () => {
  const heardFrom: Heard[] = [];
  const subscribe = (fromPosition: Parameters<EventStoreDBClient['subscribeToAll']>[0], prefix?: string, checkpointInterval = 1): Heard => {
    const holder: { heard?: Heard } = {};
    const filter =
      prefix === undefined
        ? {}
        : {
            filter: streamNameFilter({
              prefixes: [prefix],
              checkpointInterval,
              checkpointReached: (subscription: AllStreamSubscription, position) => holder.heard!.checkpointReached(subscription, position),
            }),
          };
    const heard = new Heard(client.subscribeToAll({ ...fromPosition, ...filter }));
    holder.heard = heard;
    heardFrom.push(heard);
    return heard;
  };
  afterAll(async () => {
    for (const { subscription } of heardFrom) await subscription.unsubscribe();
  });

  test('confirms, gives what was, says once that it has caught up, and goes on with what comes', async () => {
    const stream = freshStream();
    const events = someEvents(40);
    await append(client, PATHS[0], stream, NO_STREAM, events.slice(0, 35));
    const heard = subscribe({ fromPosition: START }, stream);
    await heard.until(({ told }) => told.includes('caughtUp'));
    await append(client, PATHS[0], stream, 34n, events.slice(35));
    await heard.until(({ ids }) => ids.length === 40);
    expect(heard.ids).toEqual(events.map(({ id }) => id));
    expect(heard.told[0]).toBe('confirmation');
    expect(heard.told.filter((what) => what === 'caughtUp')).toHaveLength(1);
    expect(heard.told.slice(0, heard.told.indexOf('caughtUp')).filter((what) => what.startsWith('event'))).toHaveLength(35);
  });

  test('is exclusive', async () => {
    const stream = freshStream();
    const events = someEvents(3);
    await append(client, PATHS[0], stream, NO_STREAM, events);
    const [first] = await Array.fromAsync(client.readStream(stream, { maxCount: 1 }));
    const heard = subscribe({ fromPosition: first!.event!.position! }, stream);
    await heard.until(({ told }) => told.includes('caughtUp'));
    expect(heard.ids).toEqual(events.slice(1).map(({ id }) => id));
  });

  test('from the end gives only what comes', async () => {
    const stream = freshStream();
    const [before, after] = [someEvents(2), someEvents(2)];
    await append(client, PATHS[0], stream, NO_STREAM, before);
    const heard = subscribe({ fromPosition: END }, stream);
    await heard.until(({ told }) => told.includes('caughtUp'));
    await append(client, PATHS[0], stream, 1n, after);
    await heard.until(({ ids }) => ids.length === 2);
    expect(heard.ids).toEqual(after.map(({ id }) => id));
  });

  test('is filtered by the server, by the beginning of the stream', async () => {
    const [mine, other] = [freshStream(), freshStream()];
    const events = someEvents(2);
    await append(client, PATHS[0], `${mine}-a`, NO_STREAM, [events[0]!]);
    await append(client, PATHS[0], other, NO_STREAM, someEvents(3));
    await append(client, PATHS[0], `${mine}-b`, NO_STREAM, [events[1]!]);
    const heard = subscribe({ fromPosition: START }, mine);
    await heard.until(({ told }) => told.includes('caughtUp'));
    expect(heard.ids).toEqual(events.map(({ id }) => id));
  });

  test('says how far it is while everything is left out, in history and live', async () => {
    const [before, other] = [freshStream(), freshStream()];
    const start = await append(client, PATHS[0], before, NO_STREAM, [someEvent()]);
    await append(client, PATHS[0], other, NO_STREAM, someEvents(200));
    const heard = subscribe({ fromPosition: { commit: start.commit, prepare: start.prepare } }, freshStream());
    await heard.until(({ told }) => told.includes('caughtUp'));
    expect(heard.checkpoints.length).toBeGreaterThanOrEqual(4);
    const inHistory = heard.checkpoints.length;
    const last = await append(client, PATHS[0], other, 199n, someEvents(200));
    await heard.until(({ checkpoints }) => checkpoints.length >= inHistory + 4);
    expect(heard.ids).toEqual([]);
    expect(heard.checkpoints.every((position) => position >= start.commit && position <= last.commit)).toBe(true);
    expect([...heard.checkpoints].sort((a, b) => (a < b ? -1 : 1))).toEqual(heard.checkpoints);
    const resumed = subscribe({ fromPosition: { commit: heard.checkpoints.at(-1)!, prepare: heard.checkpoints.at(-1)! } }, other);
    await resumed.until(({ told }) => told.includes('caughtUp'));
    expect(resumed.error).toBeUndefined();
  });

  test('has a checkpoint every so many windows of 32 events as it was asked', async () => {
    const [before, other] = [freshStream(), freshStream()];
    const start = await append(client, PATHS[0], before, NO_STREAM, [someEvent()]);
    await append(client, PATHS[0], other, NO_STREAM, someEvents(320));
    const heard = subscribe({ fromPosition: { commit: start.commit, prepare: start.prepare } }, freshStream(), 5);
    await heard.until(({ told }) => told.includes('caughtUp'));
    // 320 events are 10 windows; the last ones may count towards what comes.
    expect(heard.checkpoints.length).toBeGreaterThanOrEqual(1);
    expect(heard.checkpoints.length).toBeLessThanOrEqual(2);
  });

  test('ends when the subscriber leaves, and the others go on', async () => {
    const stream = freshStream();
    const [leaving, staying] = [subscribe({ fromPosition: END }, stream), subscribe({ fromPosition: END }, stream)];
    await Promise.all([leaving, staying].map((each) => each.until(({ told }) => told.includes('caughtUp'))));
    await leaving.subscription.unsubscribe();
    const events = someEvents(2);
    await append(client, PATHS[0], stream, NO_STREAM, events);
    await staying.until(({ ids }) => ids.length === 2);
    expect(leaving.ids).toEqual([]);
    expect(leaving.error).toBeUndefined();
  });
});
