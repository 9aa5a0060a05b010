import { describe, expect, test } from '@jest/globals';
import type { OpenedByTest } from './opened-by-test.js';
import type { Revision } from '../port.js';
import { collect, collectAll, freshStreams, idsOf, someEvent, someEvents } from './events.js';

export function describeReading({ open, reopen }: OpenedByTest): void {
  describe('reading', () => {
    test('a stream gives back what was appended, byte for byte', async () => {
      const store = await open();
      const stream = freshStreams().stream('Überblick-雪');
      const events = [
        someEvent({ type: 'ПозицияЗанята', data: '{"de":"Größe","ru":"Ответ","zh":"雪","emoji":"🕊️","rtl":"שלום","nul":"\\u0000"}' }),
        someEvent({ data: ' { "spaced" : 1.0 , "big": 12345678901234567890, "dup": 1, "dup": 2 } ', metadata: '{"e\u0301":"\u2028"}' }),
        someEvent({ data: `{"large":"${'é'.repeat(200_000)}"}` }),
      ];
      const { positions } = await store.append(stream, 'no-stream', events);
      expect(await collect(store.readStream(stream))).toEqual(
        events.map((event, n) => ({ ...event, stream, revision: BigInt(n), position: positions[n] })),
      );
    });

    test('a stream that never was is empty, both ways', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      expect(await collect(store.readStream(stream))).toEqual([]);
      expect(await collect(store.readStream(stream, { direction: 'backwards' }))).toEqual([]);
    });

    test('a stream is read from a revision, with a limit, both ways', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      await store.append(stream, 'no-stream', someEvents(10));
      const revisions = async (options: Parameters<typeof store.readStream>[1]) =>
        (await collect(store.readStream(stream, options))).map(({ revision }) => Number(revision));
      const from = (revision: number) => BigInt(revision) as Revision;
      expect(await revisions({ from: from(7) })).toEqual([7, 8, 9]);
      expect(await revisions({ from: from(3), limit: 2 })).toEqual([3, 4]);
      expect(await revisions({ limit: 1 })).toEqual([0]);
      expect(await revisions({ direction: 'backwards' })).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
      expect(await revisions({ direction: 'backwards', limit: 2 })).toEqual([9, 8]);
      expect(await revisions({ direction: 'backwards', from: from(2) })).toEqual([2, 1, 0]);
      expect(await revisions({ direction: 'backwards', from: from(5), limit: 3 })).toEqual([5, 4, 3]);
      expect(await revisions({ from: from(0), limit: 100 })).toHaveLength(10);
    });

    test('past the end of a stream there is nothing', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      const { revision } = await store.append(stream, 'no-stream', someEvents(2));
      expect(await collect(store.readStream(stream, { from: (revision + 1n) as Revision }))).toEqual([]);
      expect(await collect(store.readStream(stream, { from: 1_000n as Revision }))).toEqual([]);
    });

    test('more events than any page holds come whole and in order, both ways', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const head = await store.head();
      const events = someEvents(2_500);
      const { revision } = await store.append(stream(), 'no-stream', events.slice(0, 1_300));
      await store.append(stream(), revision, events.slice(1_300));
      expect(idsOf(await collect(store.readStream(stream())))).toEqual(idsOf(events));
      expect(idsOf(await collect(store.readStream(stream(), { direction: 'backwards' })))).toEqual(idsOf(events).reverse());
      expect(idsOf(await collectAll(store, head, prefix))).toEqual(idsOf(events));
    });

    test('the whole log is read after a position, with a limit', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const head = await store.head();
      await store.append(stream('a'), 'no-stream', someEvents(5));
      await store.append(stream('b'), 'no-stream', someEvents(5));
      const log = await collectAll(store, head, prefix);
      expect(log).toHaveLength(10);
      for (const [n, { position }] of log.entries()) expect(await collectAll(store, position, prefix)).toEqual(log.slice(n + 1));
      const all = await collect(store.readAll({ after: head }));
      for (const limit of [1, 4, 10]) expect(await collect(store.readAll({ after: head, limit }))).toEqual(all.slice(0, limit));
    });

    test('each stream, read by itself, is the log without the others', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const head = await store.head();
      await Promise.all([0, 1, 2].map((n) => store.append(stream(n), 'no-stream', someEvents(4))));
      const log = await collectAll(store, head, prefix);
      for (const n of [0, 1, 2]) {
        expect(await collect(store.readStream(stream(n)))).toEqual(log.filter((event) => event.stream === stream(n)));
      }
    });

    test('after the head there is nothing', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      await store.append(stream(), 'no-stream', someEvents(2));
      expect(await collectAll(store, await store.head(), prefix)).toEqual([]);
    });

    test('a read that is left early stops', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      await store.append(stream, 'no-stream', someEvents(1_200));
      const seen: bigint[] = [];
      for await (const { revision } of store.readStream(stream)) {
        seen.push(revision);
        if (seen.length === 3) break;
      }
      expect(seen).toEqual([0n, 1n, 2n]);
      expect(await collect(store.readStream(stream))).toHaveLength(1_200);
    });

    (reopen ? test : test.skip)('what was appended is there when the log is opened again, under the same id', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      const events = someEvents(3);
      const first = await store.append(stream, 'no-stream', events);
      const before = await collect(store.readStream(stream));
      await store.close();
      const again = await reopen!();
      expect(again.id).toBe(store.id);
      expect(again.id).toMatch(/^[a-z0-9]+$/);
      expect(await collect(again.readStream(stream))).toEqual(before);
      expect(await again.append(stream, 'no-stream', events)).toEqual(first);
      expect((await again.append(stream, first.revision, [someEvent()])).revision).toBe(3n);
    });
  });
}
