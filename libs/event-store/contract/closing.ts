import { describe, expect, test } from '@jest/globals';
import type { OpenedByTest } from './opened-by-test.js';
import { StoreUnavailable } from '../port.js';
import { collect, freshStreams, idsOf, someEvent, someEvents } from './events.js';

export function describeClosing({ open, reopen }: OpenedByTest): void {
  describe('closing', () => {
    test('a closed store refuses to append, to read, to subscribe and to tell its head', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      await store.append(stream, 'no-stream', [someEvent()]);
      await store.close();
      await store.close();
      await expect(store.append(stream, 'no-stream', [someEvent()])).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(collect(store.readStream(stream))).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(collect(store.readAll())).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(async () => {
        for await (const _ of store.subscribeToAll()) throw new Error('a closed store told something');
      }).rejects.toBeInstanceOf(StoreUnavailable);
    });

    (reopen ? test : test.skip)('appends under way finish', async () => {
      const store = await open();
      const { stream } = freshStreams();
      const events = someEvents(100);
      const appends = events.map((event, n) => store.append(stream(n), 'no-stream', [event]));
      const [outcomes] = await Promise.all([Promise.allSettled(appends), store.close()]);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
      const again = await reopen!();
      for (const [n, { id }] of events.entries()) expect(idsOf(await collect(again.readStream(stream(n))))).toEqual([id]);
    });

    test('a read under way ends', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      await store.append(stream, 'no-stream', someEvents(2_000));
      let read = 0;
      for await (const _ of store.readStream(stream)) if (++read === 10) await store.close();
      expect(read).toBeGreaterThanOrEqual(10);
      expect(read).toBeLessThanOrEqual(2_000);
    });

    test('subscriptions end, those that wait and those that are catching up', async () => {
      const store = await open();
      await store.append(freshStreams().stream(), 'no-stream', someEvents(2_000));
      const after = await store.head();
      const waiting = (async () => {
        for await (const _ of store.subscribeToAll({ after }));
        return 'ended';
      })();
      for await (const message of store.subscribeToAll({ batchSize: 5 })) if (message.kind === 'events') await store.close();
      expect(await waiting).toBe('ended');
    });
  });
}
