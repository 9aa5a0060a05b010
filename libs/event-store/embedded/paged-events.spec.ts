import { describe, expect, test } from '@jest/globals';
import { someEvents } from '../contract/events.js';
import type { Position, RecordedEvent, Revision } from '../port.js';
import { PagedEvents } from './paged-events.js';

const events: RecordedEvent[] = someEvents(25).map((event, n) => ({
  ...event,
  stream: 'a',
  revision: BigInt(n) as Revision,
  position: BigInt(n + 1) as Position,
}));

const pages = (limit = Infinity) =>
  new PagedEvents(
    (previous, size) => {
      const at = previous === undefined ? 0 : Number(previous.position);
      const page = events.slice(at, at + size);
      return { events: page, last: page.length < size };
    },
    10,
    limit,
  );

describe('an iteration over pages', () => {
  test('gives each event once, in order, also to calls that do not wait for each other', async () => {
    const iteration = pages();
    const results = await Promise.all(Array.from({ length: 28 }, () => iteration.next()));
    expect(results.map(({ value }) => value)).toEqual([...events, undefined, undefined, undefined]);
  });

  test.each([0, 1, 10, 11, 25, 30])('stops at a limit of %d', async (limit) => {
    const seen = [];
    for await (const event of pages(limit)) seen.push(event);
    expect(seen).toEqual(events.slice(0, limit));
  });

  test('gives nothing more once it is left', async () => {
    const iteration = pages();
    await iteration.next();
    await iteration.return();
    expect(await iteration.next()).toEqual({ done: true, value: undefined });
  });

  test('that fails says so once and is over', async () => {
    const iteration = new PagedEvents(
      () => {
        throw new Error('unreadable');
      },
      10,
      Infinity,
    );
    await expect(iteration.next()).rejects.toThrow('unreadable');
    expect(await iteration.next()).toEqual({ done: true, value: undefined });
  });
});
