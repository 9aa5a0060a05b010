// What the adapter promises beyond the contract, when the server goes wrong under it.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { collect, idsOf, someEvent, someEvents } from '#event-store/contract/events.js';
import { openEventStoreDB, type EventStoreDB } from '#event-store/eventstoredb/store.js';
import { OutcomeUnknown, StoreUnavailable, WrongExpectedRevision, type Revision, type SubscriptionMessage } from '#event-store/port.js';
import { startEndpoint, type Endpoint } from '../support/eventstoredb-endpoint.js';

let endpoint: Endpoint;
let store: EventStoreDB;
const stream = 'log-a';

beforeEach(async () => {
  endpoint = await startEndpoint();
  store = openEventStoreDB({ url: endpoint.url, prefixes: ['log-'] });
  await store.name();
});

afterEach(async () => {
  await endpoint.heal();
  await store.close();
  await endpoint.close();
});

describe('an append', () => {
  test('whose connection breaks after it was written is found again, and written once', async () => {
    endpoint.failAppends('cut');
    const events = someEvents(3);
    const { revision, positions } = await store.append(stream, 'no-stream', events);
    expect(revision).toBe(2n);
    const written = await collect(store.readStream(stream));
    expect(idsOf(written)).toEqual(idsOf(events));
    expect(written.map(({ position }) => position)).toEqual(positions);
  });

  test('that is never answered is of unknown outcome, and the same again finds it', async () => {
    endpoint.failAppends('unanswered');
    const events = someEvents(2);
    await expect(store.append(stream, 'no-stream', events)).rejects.toBeInstanceOf(OutcomeUnknown);
    expect((await store.append(stream, 'no-stream', events)).revision).toBe(1n);
    expect(await collect(store.readStream(stream))).toHaveLength(2);
  });

  test('to a server that takes no connection is told as not written, and is not', async () => {
    const messages = store.subscribeToAll()[Symbol.asyncIterator]();
    await messages.next();
    await endpoint.stop();
    await messages.next(); // it is known that the connection is gone: nothing can be sent on it any more
    await expect(store.append(stream, 'no-stream', [someEvent()])).rejects.toBeInstanceOf(StoreUnavailable);
    await endpoint.start();
    expect(await collect(store.readStream(stream))).toEqual([]);
  });

  test('is recorded when the server comes back within its time', async () => {
    await endpoint.stop();
    const appending = store.append(stream, 'no-stream', [someEvent()]);
    await sleep(300);
    await endpoint.start();
    expect((await appending).revision).toBe(0n);
  });

  test('that the server calls wrong is looked for before that is believed', async () => {
    const mine = someEvents(2);
    await store.append(stream, 'no-stream', mine);
    endpoint.failAppends('wrong-version');
    const again = store.append(stream, 'no-stream', mine);
    expect((await again).revision).toBe(1n);
    endpoint.failAppends('wrong-version');
    await expect(store.append(stream, 1n as Revision, [someEvent()])).rejects.toBeInstanceOf(WrongExpectedRevision);
  });

  test('leaves those of another store of the same thread alone when that is closed or loses its server', async () => {
    const elsewhere = await startEndpoint();
    const other = openEventStoreDB({ url: elsewhere.url, prefixes: ['log-'] });
    await other.append('log-b', 'no-stream', [someEvent()]);
    const appends = Array.from({ length: 50 }, (_, n) => store.append(`log-${n}`, 'no-stream', [someEvent()]));
    elsewhere.cut();
    await other.close();
    await elsewhere.close();
    for (const { revision } of await Promise.all(appends)) expect(revision).toBe(0n);
  });
});

test('a read goes on where it stood when its connections break', async () => {
  const events = someEvents(3_000);
  await store.append(stream, 'no-stream', events.slice(0, 1_500));
  await store.append(stream, 1_499n as Revision, events.slice(1_500));
  const read: string[] = [];
  for await (const { id } of store.readStream(stream)) {
    read.push(id);
    if (read.length % 1_000 === 10) endpoint.cut();
  }
  expect(read).toEqual(idsOf(events));
});

test.each(['ended', 'too-slow', 'not-ready', 'cut'] as const)(
  'a subscription that is %s resumes by itself with no gap and no repeat, and says that it was away',
  async (how) => {
    const kinds: SubscriptionMessage['kind'][] = [];
    const ids: string[] = [];
    const subscription = store.subscribeToAll({ after: await store.head() });
    const events = someEvents(60);
    const following = (async () => {
      for await (const message of subscription) {
        if (kinds.at(-1) !== message.kind) kinds.push(message.kind);
        if (message.kind === 'events') ids.push(...idsOf(message.events));
        if (ids.length >= events.length) await subscription.close();
      }
    })();
    for (const [n, event] of events.entries()) {
      await store.append(stream, n === 0 ? 'no-stream' : (BigInt(n - 1) as Revision), [event]);
      if (n % 20 !== 10) continue;
      while (ids.length < n / 2) await sleep(5);
      if (how === 'cut') endpoint.cut();
      else endpoint.dropSubscriptions(how);
    }
    await following;
    expect(ids).toEqual(idsOf(events));
    expect(kinds).toContain('interrupted');
  },
);

test('a frozen server is told of within 5 s, and the subscription goes on when it thaws', async () => {
  const messages = store.subscribeToAll({ after: await store.head() })[Symbol.asyncIterator]();
  expect((await messages.next()).value).toMatchObject({ kind: 'caught-up' });
  endpoint.freeze();
  const frozen = performance.now();
  expect((await messages.next()).value).toMatchObject({ kind: 'interrupted' });
  // The promise is 5 s; the rest is for a machine that is busy with something else.
  expect(performance.now() - frozen).toBeLessThan(15_000);
  endpoint.thaw();
  const event = someEvent();
  await store.append(stream, 'no-stream', [event]);
  for (;;) {
    const { value } = (await messages.next()) as { value: SubscriptionMessage };
    if (value.kind === 'events') {
      expect(idsOf(value.events)).toEqual([event.id]);
      break;
    }
  }
  await messages.return!();
});

describe('the log', () => {
  test('has one id for all who open it, also if they are the first ones together', async () => {
    const fresh = await startEndpoint();
    const stores = Array.from({ length: 5 }, () => openEventStoreDB({ url: fresh.url, prefixes: ['log-'] }));
    const ids = await Promise.all(stores.map((each) => each.name()));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).not.toBe(store.id);
    for (const each of stores) await each.close();
    await fresh.close();
  });

  test('holds only what its streams hold, though the server holds more', async () => {
    const others = openEventStoreDB({ url: endpoint.url, prefixes: ['others-'] });
    const head = await store.head();
    await others.append(`others-${randomUUID()}`, 'no-stream', someEvents(40));
    expect(await store.head()).toBe(head);
    const mine = someEvents(2);
    const { positions } = await store.append(stream, 'no-stream', mine);
    await others.append(`others-${randomUUID()}`, 'no-stream', someEvents(40));
    expect(await store.head()).toBe(positions[1]);
    expect(idsOf(await collect(store.readAll({ after: head })))).toEqual(idsOf(mine));
    await others.close();
  });

  test('that is not the one that was followed before is neither read nor written', async () => {
    const strict = openEventStoreDB({ url: endpoint.url, prefixes: ['log-'], id: 'another0log' });
    await expect(strict.append(stream, 'no-stream', [someEvent()])).rejects.toThrow(/another0log/);
    await expect(collect(strict.readStream(stream))).rejects.toBeInstanceOf(StoreUnavailable);
    await strict.close();
    expect((await endpoint.events()).filter(({ stream: name }) => name === stream)).toEqual([]);
  });
});
