// The faults that the endpoint can be told to have, seen by the real client: the second table of what a server was measured
// to do, with a keep-alive of 1 s in place of 10.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { END, NO_STREAM, type EventStoreDBClient } from '@eventstore/db-client';
import { Heard, PATHS, append, connect, freshStream, someEvent, someEvents } from './eventstoredb-client.js';
import { startEndpoint, type Endpoint } from './eventstoredb-endpoint.js';

const KEEP_ALIVE_MS = 1_000;

let endpoint: Endpoint;
let client: EventStoreDBClient;
beforeEach(async () => {
  endpoint = await startEndpoint();
  client = connect(endpoint.url, KEEP_ALIVE_MS);
});
afterEach(async () => {
  await endpoint.heal();
  await client.dispose();
  await endpoint.close();
});

const failure = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => {
      throw new Error('It succeeded');
    },
    (error: unknown) => error,
  );

const write = (
  stream: string,
  expected: bigint | 'no_stream' = NO_STREAM,
  events = [someEvent()],
  path = PATHS[0] as (typeof PATHS)[number],
) => append(client, path, stream, expected, events);

const idsWritten = async (): Promise<string[]> => (await endpoint.events()).map(({ id }) => id);

/** Tries until the client has a connection again, as anyone who uses it must. */
async function untilItSucceeds<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function subscribed(): Promise<Heard> {
  const heard = new Heard(client.subscribeToAll({ fromPosition: END }));
  return heard.until(({ told }) => told.includes('caughtUp'));
}

describe('frozen', () => {
  test('it answers no append and no read until the keep-alive trips, and every subscription gets an error', async () => {
    await write(freshStream());
    const heard = await subscribed();
    endpoint.freeze();
    const dropped = { type: 'unavailable', message: expect.stringContaining('Connection dropped') };
    const reading = failure(Array.fromAsync(client.readStream(freshStream())));
    expect(await failure(write(freshStream()))).toMatchObject(dropped);
    expect(await reading).toMatchObject(dropped);
    expect((await heard.until(({ error }) => error !== undefined)).error).toMatchObject(dropped);
  });

  test('who connects then waits without end: no keep-alive and no deadline helps, only the thaw', async () => {
    endpoint.freeze();
    let settled = false;
    const writing = write(freshStream()).finally(() => (settled = true));
    await new Promise((resolve) => setTimeout(resolve, 3 * KEEP_ALIVE_MS));
    expect(settled).toBe(false);
    endpoint.thaw();
    await writing;
  });

  test('thawed soon, it is as if nothing had been', async () => {
    const heard = await subscribed();
    endpoint.freeze();
    const event = someEvent();
    const writing = write(freshStream(), NO_STREAM, [event]);
    setTimeout(() => endpoint.thaw(), 50);
    await writing;
    await heard.until(({ ids }) => ids.includes(event.id));
    expect(heard.error).toBeUndefined();
  });
});

describe('stopped', () => {
  test('the call in flight fails, and so do the next ones at once; when it is back, what it has taken is there', async () => {
    const stream = freshStream();
    const events = someEvents(2);
    await write(stream, NO_STREAM, events);
    endpoint.slow(40);
    const inFlight = failure(write(stream, 1n));
    await endpoint.stop();
    expect(await inFlight).toBeInstanceOf(Error);
    expect(await failure(write(stream, 1n))).toMatchObject({ code: 14 });
    endpoint.slow(0);
    await endpoint.start();
    expect(await untilItSucceeds(() => write(stream, NO_STREAM, events))).toMatchObject({ revision: 1n });
    expect((await idsWritten()).slice(0, 2)).toEqual(events.map(({ id }) => id));
  });

  test('a subscription gets one error and then nothing, though the endpoint is back', async () => {
    const heard = await subscribed();
    await endpoint.stop();
    await endpoint.start();
    await heard.until(({ error }) => error !== undefined);
    const before = heard.told.length;
    const fresh = await (async () => {
      const event = someEvent();
      await untilItSucceeds(() => write(freshStream(), NO_STREAM, [event]));
      return event;
    })();
    await subscribed();
    expect(await idsWritten()).toContain(fresh.id);
    expect(heard.told.slice(before).filter((what) => what !== 'end')).toEqual([]);
  });

  test('its data outlive it, and so do its revisions and positions', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-endpoint-spec-'));
    const stream = freshStream();
    const events = someEvents(3);
    const first = await startEndpoint({ folder });
    const one = connect(first.url);
    const told = await append(one, PATHS[0], stream, NO_STREAM, events);
    await one.dispose();
    await first.close();
    const again = await startEndpoint({ folder });
    const two = connect(again.url);
    expect(await append(two, PATHS[0], stream, NO_STREAM, events)).toEqual(told);
    await two.dispose();
    await again.close();
    rmSync(folder, { recursive: true });
  });
});

test('refusing, it takes no new connection, and the old ones go on', async () => {
  await write(freshStream());
  await endpoint.refuse();
  await write(freshStream());
  const other = connect(endpoint.url, 2 * KEEP_ALIVE_MS); // with the same settings it would share the old connection
  expect(await failure(append(other, PATHS[0], freshStream(), NO_STREAM, [someEvent()]))).toMatchObject({ code: 14 });
  await endpoint.accept();
  await untilItSucceeds(() => append(other, PATHS[0], freshStream(), NO_STREAM, [someEvent()]));
  await other.dispose();
});

test.each(['halfClose', 'cut'] as const)('%s: subscriptions get an error, and calls work again on a new connection', async (fault) => {
  await write(freshStream());
  const heard = await subscribed();
  endpoint[fault]();
  await heard.until(({ error }) => error !== undefined);
  await untilItSucceeds(() => write(freshStream()));
});

test('slow, it does the same, later', async () => {
  endpoint.slow(30);
  const started = performance.now();
  const stream = freshStream();
  expect(await write(stream, NO_STREAM, someEvents(2))).toMatchObject({ revision: 1n });
  expect(performance.now() - started).toBeGreaterThan(50);
  expect(await Array.fromAsync(client.readStream(stream))).toHaveLength(2);
});

describe.each(PATHS)('an append %s', (path) => {
  test('is refused as scripted, once, and nothing is written', async () => {
    const stream = freshStream();
    await write(stream, NO_STREAM, someEvents(2), path);
    endpoint.failAppends('wrong-version');
    const refused = await failure(write(stream, 1n, [someEvent()], path));
    expect(refused).toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
    expect((await write(stream, 1n, [someEvent()], path)).revision).toBe(2n);
    expect(await idsWritten()).toHaveLength(3);
  });

  test('whose acknowledgement is lost is there, and its repeat is answered as the first one would have been', async () => {
    const stream = freshStream();
    await write(stream, NO_STREAM, someEvents(2), path);
    endpoint.failAppends('cut');
    const events = someEvents(2);
    expect(await failure(write(stream, 1n, events, path))).toBeInstanceOf(Error);
    expect((await idsWritten()).slice(2)).toEqual(events.map(({ id }) => id));
    expect((await untilItSucceeds(() => write(stream, 1n, events, path))).revision).toBe(3n);
    expect(await idsWritten()).toHaveLength(4);
  });
});

test('an append that is never answered is there, while later ones are answered', async () => {
  endpoint.failAppends('unanswered');
  const event = someEvent();
  let answered = false;
  write(freshStream(), NO_STREAM, [event]).then(
    () => (answered = true),
    () => undefined,
  );
  while (!(await idsWritten()).includes(event.id)) await new Promise((resolve) => setTimeout(resolve, 10));
  await write(freshStream());
  await write(freshStream());
  expect(answered).toBe(false);
});

describe('subscriptions are dropped', () => {
  test.each([
    ['too-slow', { type: 'timeout', message: expect.stringContaining('Consumer too slow') }],
    ['not-ready', { type: 'unavailable', message: expect.stringContaining('Server Is Not Ready') }],
  ] as const)('%s: with an error', async (how, error) => {
    const heard = await subscribed();
    expect(endpoint.subscriptions).toBe(1);
    endpoint.dropSubscriptions(how);
    expect((await heard.until((each) => each.error !== undefined)).error).toMatchObject(error);
    expect(endpoint.subscriptions).toBe(0);
  });

  test('ended: without one', async () => {
    const heard = await subscribed();
    endpoint.dropSubscriptions('ended');
    await heard.until(({ told }) => told.includes('end'));
    expect(heard.error).toBeUndefined();
  });
});
