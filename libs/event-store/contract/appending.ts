import { describe, expect, test } from '@jest/globals';
import type { OpenedByTest } from './opened-by-test.js';
import { InvalidAppend, MAX_APPEND_BYTES, START, WrongExpectedRevision } from '../port.js';
import type { AppendResult, ExpectedRevision, Revision } from '../port.js';
import { collect, collectAll, freshStreams, idsOf, someEvent, someEvents } from './events.js';

export function describeAppending({ open }: OpenedByTest): void {
  describe('appending', () => {
    test('a new stream starts at revision 0 and goes on without gaps', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      const first = await store.append(stream, 'no-stream', someEvents(3));
      expect(first.revision).toBe(2n);
      expect((await store.append(stream, first.revision, [someEvent()])).revision).toBe(3n);
      expect((await collect(store.readStream(stream))).map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n]);
    });

    test('an append has one position for each event, rising, after everything before it', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const head = await store.head();
      const a = await store.append(stream('a'), 'no-stream', someEvents(3));
      const b = await store.append(stream('b'), 'no-stream', someEvents(2));
      const positions = [...a.positions, ...b.positions];
      expect(positions).toHaveLength(5);
      positions.forEach((position, n) => expect(position > (positions[n - 1] ?? head)).toBe(true));
      expect((await collectAll(store, head, prefix)).map(({ position }) => position)).toEqual(positions);
    });

    test.each<[string, ExpectedRevision]>([
      ['past', 0n as Revision],
      ['future', 9n as Revision],
      ['absent stream', 'no-stream'],
    ])('a stream that is not at the expected revision (%s) is left as it is', async (_, expected) => {
      const store = await open();
      const stream = freshStreams().stream();
      const events = someEvents(2);
      await store.append(stream, 'no-stream', events);
      const refused = await store.append(stream, expected, [someEvent()]).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(WrongExpectedRevision);
      expect(refused).toMatchObject({ stream, expected, actual: 1n });
      expect(idsOf(await collect(store.readStream(stream)))).toEqual(idsOf(events));
    });

    test('a revision expected of a stream that never was is refused', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      const refused = await store.append(stream, 0n as Revision, [someEvent()]).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(WrongExpectedRevision);
      expect(refused).toMatchObject({ stream, expected: 0n, actual: 'no-stream' });
      expect(await collect(store.readStream(stream))).toEqual([]);
    });

    test('of many appends at the same revision exactly one wins', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      const { revision } = await store.append(stream, 'no-stream', [someEvent()]);
      const rivals = Array.from({ length: 20 }, () => someEvents(2));
      const outcomes = await Promise.allSettled(rivals.map((events) => store.append(stream, revision, events)));
      const winners = rivals.filter((_, n) => outcomes[n]!.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      for (const { reason } of outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]) {
        expect(reason).toMatchObject({ name: 'WrongExpectedRevision', actual: 2n });
      }
      expect(idsOf((await collect(store.readStream(stream))).slice(1))).toEqual(idsOf(winners[0]!));
    });

    test('a refused append leaves those sent beside it alone', async () => {
      const store = await open();
      const { stream } = freshStreams();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 30 }, (_, n) => store.append(stream(n), n % 3 === 0 ? (5n as Revision) : 'no-stream', [someEvent()])),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, (_, n) => (n % 3 === 0 ? 'rejected' : 'fulfilled')));
      for (let n = 0; n < 30; n++) expect(await collect(store.readStream(stream(n)))).toHaveLength(n % 3 === 0 ? 0 : 1);
    });

    describe('the same append again', () => {
      test('at no stream gives the first outcome and writes nothing', async () => {
        const store = await open();
        const stream = freshStreams().stream();
        const events = someEvents(3);
        const first = await store.append(stream, 'no-stream', events);
        expect(await store.append(stream, 'no-stream', events)).toEqual(first);
        expect(await collect(store.readStream(stream))).toHaveLength(3);
      });

      test('gives the first outcome after later events too', async () => {
        const store = await open();
        const stream = freshStreams().stream();
        const [one, two, three] = [someEvents(2), someEvents(2), someEvents(2)];
        const first = await store.append(stream, 'no-stream', one);
        const second = await store.append(stream, first.revision, two);
        await store.append(stream, second.revision, three);
        expect(await store.append(stream, 'no-stream', one)).toEqual(first);
        expect(await store.append(stream, first.revision, two)).toEqual(second);
        expect(idsOf(await collect(store.readStream(stream)))).toEqual(idsOf([...one, ...two, ...three]));
      });

      test('sent many times at once is written once', async () => {
        const store = await open();
        const stream = freshStreams().stream();
        const events = someEvents(2);
        const results = await Promise.all(Array.from({ length: 10 }, () => store.append(stream, 'no-stream', events)));
        for (const result of results) expect(result).toEqual(results[0]);
        expect(await collect(store.readStream(stream))).toHaveLength(2);
      });

      test('with a part that is new is refused whole', async () => {
        const store = await open();
        const stream = freshStreams().stream();
        const events = someEvents(2);
        await store.append(stream, 'no-stream', events);
        for (const partly of [
          [...events, someEvent()],
          [events[0]!, someEvent()],
          [someEvent(), events[1]!],
        ]) {
          await expect(store.append(stream, 'no-stream', partly)).rejects.toMatchObject({ name: 'WrongExpectedRevision', actual: 1n });
        }
        expect(await collect(store.readStream(stream))).toHaveLength(2);
      });

      test('in another order is another append, and refused', async () => {
        const store = await open();
        const stream = freshStreams().stream();
        const [one, two] = [someEvent(), someEvent()];
        await store.append(stream, 'no-stream', [one, two]);
        await expect(store.append(stream, 'no-stream', [two, one])).rejects.toBeInstanceOf(WrongExpectedRevision);
      });
    });

    test('an id is no key: at another revision or in another stream it is written again', async () => {
      const store = await open();
      const { stream } = freshStreams();
      const event = someEvent();
      const { revision } = await store.append(stream('a'), 'no-stream', [event]);
      await store.append(stream('a'), revision, [event]);
      await store.append(stream('b'), 'no-stream', [event]);
      expect(idsOf(await collect(store.readStream(stream('a'))))).toEqual([event.id, event.id]);
      expect(idsOf(await collect(store.readStream(stream('b'))))).toEqual([event.id]);
    });

    test('no events, an id twice, no UUID, and a byte too much are invalid', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      const event = someEvent();
      const invalid = [
        [],
        [event, event],
        [someEvent({ id: 'not-a-uuid' })],
        [someEvent({ data: '"\ud800"' })],
        [someEvent({ data: text(MAX_APPEND_BYTES - 1), metadata: '{}' })],
        [someEvent({ data: text(MAX_APPEND_BYTES / 2, 'é') }), someEvent({ data: text(MAX_APPEND_BYTES / 2) })],
      ];
      for (const events of invalid) await expect(store.append(stream, 'no-stream', events)).rejects.toBeInstanceOf(InvalidAppend);
      await expect(store.append('', 'no-stream', [event])).rejects.toBeInstanceOf(InvalidAppend);
      expect(await collect(store.readStream(stream))).toEqual([]);
    });

    test('an append of a thousand events close to the limit is kept whole', async () => {
      const store = await open();
      const stream = freshStreams().stream();
      // A store may count types and ids too: a tenth is left to it.
      const events = someEvents(1_000, { data: text(880), metadata: '{}' });
      await store.append(stream, 'no-stream', events);
      expect(idsOf(await collect(store.readStream(stream)))).toEqual(idsOf(events));
    });

    test('writers of many streams at once do not disturb each other', async () => {
      const store = await open();
      const { prefix, stream } = freshStreams();
      const head = await store.head();
      const written = await Promise.all(
        Array.from({ length: 20 }, async (_, n) => {
          const results: AppendResult[] = [];
          for (let k = 0; k < 20; k++)
            results.push(await store.append(stream(n), results.at(-1)?.revision ?? 'no-stream', someEvents(1 + (k % 3))));
          return results.flatMap(({ positions }) => positions);
        }),
      );
      const log = await collectAll(store, head, prefix);
      expect(log.map(({ position }) => position)).toEqual(written.flat().sort((a, b) => (a < b ? -1 : 1)));
      for (const [n, positions] of written.entries()) {
        const ofStream = log.filter((event) => event.stream === stream(n));
        expect(ofStream.map(({ position }) => position)).toEqual(positions);
        expect(ofStream.map(({ revision }) => revision)).toEqual(positions.map((_, k) => BigInt(k)));
      }
    });

    test('where the order of calls is kept, appends that are not awaited stand in that order', async () => {
      const store = await open();
      if (!store.keepsCallOrder) return;
      const { prefix, stream } = freshStreams();
      const head = await store.head();
      const events = someEvents(200);
      await Promise.all(
        events.map(async (event, n) => {
          const revision = BigInt(Math.floor(n / 7)) - 1n;
          await store.append(stream(n % 7), revision < 0n ? 'no-stream' : (revision as Revision), [event]);
        }),
      );
      expect(idsOf(await collectAll(store, head, prefix))).toEqual(idsOf(events));
    });

    test('the head is the position of the last event', async () => {
      const store = await open();
      const before = await store.head();
      expect(before >= START).toBe(true);
      const { positions } = await store.append(freshStreams().stream(), 'no-stream', someEvents(2));
      expect((await store.head()) >= positions[1]!).toBe(true);
    });
  });
}

/** A JSON string of so many characters between its quotes. */
function text(length: number, character = 'x'): string {
  return `"${character.repeat(length)}"`;
}
