import { describe, expect, it } from '@jest/globals';
import { eventsIn } from './event-stream.js';

describe('Server-Sent Events', () => {
  it('have a name, an id and data, which may go over several lines', async () => {
    expect(await read('id: s:1.0\nevent: track\ndata: {"a":\ndata:  1}\n\n')).toEqual([
      { event: 'track', lastId: 's:1.0', hasOwnId: true, data: '{"a":\n 1}' },
    ]);
  });

  it('without an id keep the one before them', async () => {
    expect(await read('id: 1\ndata: a\n\nevent: resync\ndata: b\n\n', '0')).toMatchObject([
      { lastId: '1', hasOwnId: true },
      { lastId: '1', hasOwnId: false, event: 'resync' },
    ]);
    expect(await read('data: a\n\n', '0')).toMatchObject([{ event: 'message', lastId: '0', hasOwnId: false }]);
  });

  it('are not told while they are not whole', async () => {
    expect(await read('id: 1\ndata: a\n\nid: 2\ndata: b\n')).toHaveLength(1);
  });

  it('have comments, hints to come back, and fields that nobody knows between them', async () => {
    expect(await read('\uFEFFretry: 2500\n\n:\n\nretry: soon\nid: a\0b\nother: x\ndata\n\nevent: empty\n\n')).toEqual([
      { retry: 2500 },
      { event: 'message', lastId: undefined, hasOwnId: false, data: '' },
    ]);
  });
});

function read(text: string, lastId?: string): Promise<unknown[]> {
  const lines = text.split('\n').slice(0, -1);
  return Array.fromAsync(
    eventsIn(
      (async function* () {
        yield* lines;
      })(),
      lastId,
    ),
  );
}
