import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { START } from '../port.js';
import type { Position, RecordedEvent } from '../port.js';
import { LogHead } from './log-head.js';

/** A server's log: which of its events are the log's own. Positions are 10, 20, 30, ... */
function serverWith(own: boolean[]) {
  const read = { events: 0 };
  const positions = () => own.flatMap((isOwn, n) => (isOwn ? [{ position: BigInt((n + 1) * 10) as Position } as RecordedEvent] : []));
  async function* counted(events: RecordedEvent[]): AsyncGenerator<RecordedEvent> {
    for (const event of events) {
      read.events++;
      yield event;
    }
  }
  const head = new LogHead({
    lastOfAll: async () => (own.length === 0 ? undefined : (BigInt(own.length * 10) as Position)),
    backwards: () => counted(positions().reverse()),
    after: (after) => counted(positions().filter(({ position }) => position > after)),
  });
  return { own, head, read, truth: () => positions().at(-1)?.position ?? START };
}

describe("a log's head", () => {
  test('is its own last event, whatever others write between and after, at every look', async () => {
    const writes = fc.array(fc.array(fc.boolean(), { maxLength: 20 }), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(writes, async (batches) => {
        const server = serverWith([]);
        for (const batch of batches) {
          server.own.push(...batch);
          expect(await server.head.look()).toBe(server.truth());
        }
      }),
    );
  });

  test('is found without reading more than a few of many new events', async () => {
    const server = serverWith([true]);
    await server.head.look();
    for (let n = 0; n < 10_000; n++) server.own.push(true);
    expect(await server.head.look()).toBe(server.truth());
    expect(server.read.events).toBeLessThan(600);
  });

  test('is not sought again where nothing was written', async () => {
    const server = serverWith([true, false, false]);
    await server.head.look();
    const { events } = server.read;
    expect(await server.head.look()).toBe(10n);
    expect(server.read.events).toBe(events);
  });
});
