import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import type { OpenedByTest } from './opened-by-test.js';
import type { EventStore, Position, SubscriptionMessage } from '../port.js';
import { collectAll, freshStreams, idsOf, someEvent, someEvents, take } from './events.js';

export function describeSubscribing({ open }: OpenedByTest): void {
  describe('subscribing', () => {
    test('a subscription catches up, says so, and follows', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const after = await store.head();
      const first = await store.append(stream(), 'no-stream', someEvents(3));
      const seen: string[] = [];
      const subscription = store.subscribeToAll({ after });
      for await (const message of subscription) {
        if (message.kind === 'events') {
          seen.push(...message.events.filter((event) => event.stream.startsWith(prefix)).map(({ revision }) => `event ${revision}`));
        } else if (message.kind === 'caught-up') {
          if (message.position < first.positions[2]!) continue;
          if (!seen.includes('caught up')) await store.append(stream(), first.revision, [someEvent()]);
          seen.push('caught up');
        }
        if (seen.includes('event 3')) await subscription.close();
      }
      expect(seen.slice(0, 4)).toEqual(['event 0', 'event 1', 'event 2', 'caught up']);
      expect(seen).toContain('event 3');
    });

    test('with nothing to catch up with, it says at once where it stands', async () => {
      const store = await open();
      const { positions } = await store.append(freshStreams().stream(), 'no-stream', [someEvent()]);
      const subscription = store.subscribeToAll({ after: positions[0]! });
      let told: Position | undefined;
      for await (const message of subscription) {
        if (message.kind !== 'caught-up') continue;
        told = message.position;
        await subscription.close();
      }
      expect(told! >= positions[0]!).toBe(true);
    });

    test('no event is missed or repeated while writers go on, whatever the size of a batch', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const after = await store.head();
      const writing = Promise.all([0, 1, 2, 3].map((n) => write(store, stream(n), 30)));
      const subscribers = [1, 7, 500].map((batchSize) => take(store.subscribeToAll({ after, batchSize }), prefix, 4 * 30 * 3));
      await writing;
      const log = await collectAll(store, after, prefix);
      expect(log).toHaveLength(4 * 30 * 3);
      for (const taken of await Promise.all(subscribers)) expect(taken).toEqual(log);
    });

    test('it starts after any event of the log', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const after = await store.head();
      await write(store, stream(), 5);
      const log = await collectAll(store, after, prefix);
      for (const n of [0, 6, 13]) {
        expect(await take(store.subscribeToAll({ after: log[n]!.position }), prefix, log.length - n - 1)).toEqual(log.slice(n + 1));
      }
    });

    test('batches are never larger than was asked for, and never empty', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const after = await store.head();
      await write(store, stream(), 20);
      let left = 60;
      const subscription = store.subscribeToAll({ after, batchSize: 7 });
      for await (const message of subscription) {
        if (message.kind !== 'events') continue;
        expect(message.events.length).toBeGreaterThan(0);
        expect(message.events.length).toBeLessThanOrEqual(7);
        left -= message.events.filter((event) => event.stream.startsWith(prefix)).length;
        if (left === 0) await subscription.close();
      }
      expect(left).toBe(0);
    });

    test('several subscribers, slow and fast, see the same', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const after = await store.head();
      const events = someEvents(300);
      const all = [1, 2, 3].map(() => take(store.subscribeToAll({ after, batchSize: 20 }), prefix, 300));
      const slow = (async () => {
        const ids: string[] = [];
        const subscription = store.subscribeToAll({ after, batchSize: 20 });
        for await (const message of subscription) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (message.kind === 'events') ids.push(...idsOf(message.events.filter((event) => event.stream.startsWith(prefix))));
          if (ids.length === 300) await subscription.close();
        }
        return ids;
      })();
      const { revision } = await store.append(stream(), 'no-stream', events.slice(0, 150));
      await store.append(stream(), revision, events.slice(150));
      for (const taken of await Promise.all(all)) expect(idsOf(taken)).toEqual(idsOf(events));
      expect(await slow).toEqual(idsOf(events));
    });

    test('what a subscriber has not taken does not pile up in memory', async () => {
      const store = await open();
      const { stream } = freshStreams();
      const after = await store.head();
      const half = JSON.stringify('x'.repeat(450_000));
      await store.append(stream('first'), 'no-stream', [someEvent()]);
      const subscription = store.subscribeToAll({ after, batchSize: 10 });
      const messages = subscription[Symbol.asyncIterator]();
      await messages.next();
      const before = memoryInUse();
      for (let n = 0; n < 120; n++) await store.append(stream(n), 'no-stream', someEvents(2, { data: half }));
      // 108 MB were written. A store may hold some batches and buffers, but not all of it.
      expect(memoryInUse() - before).toBeLessThan(54_000_000);
      await subscription.close();
    });

    test('a closed subscription ends, also while it waits, and closing it again does nothing', async () => {
      const store = await open();
      const subscription = store.subscribeToAll({ after: await store.head() });
      const kinds: SubscriptionMessage['kind'][] = [];
      const iteration = (async () => {
        for await (const { kind } of subscription) {
          kinds.push(kind);
          if (kind === 'caught-up') setTimeout(() => void subscription.close(), 20);
        }
      })();
      await iteration;
      expect(kinds).toContain('caught-up');
      await subscription.close();
    });

    test('a subscriber that breaks off leaves the others alone', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const after = await store.head();
      for await (const { kind } of store.subscribeToAll({ after })) if (kind === 'caught-up') break;
      const taken = take(store.subscribeToAll({ after }), prefix, 6);
      await write(store, stream(), 2);
      expect(await taken).toHaveLength(6);
    });
  });
}

/** Appends groups of three events, one after another. */
async function write(store: EventStore, stream: string, groups: number): Promise<void> {
  let { revision } = await store.append(stream, 'no-stream', someEvents(3));
  for (let n = 1; n < groups; n++) ({ revision } = await store.append(stream, revision, someEvents(3)));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
