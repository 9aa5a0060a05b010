import { describe, expect, it } from '@jest/globals';
import type { LiveMessage } from './live-pages.js';
import { PIECE_BYTES, piecesOf } from './live-pieces.js';

describe('the pieces of a page', () => {
  it('are the same buffers for all who want the same of it', () => {
    const page = [message('development', 10), message('track', 10), message('track', 10)];
    const all = piecesOf(page, () => true);
    expect(all.map(({ bytes, upTo }) => [bytes.length, upTo])).toEqual([[30, 3]]);
    expect(piecesOf(page, () => true)).toBe(all);
    const developments = piecesOf(page, ({ event }) => event === 'development');
    expect(developments.map(({ bytes, upTo }) => [bytes.length, upTo])).toEqual([[10, 1]]);
    expect(piecesOf(page, () => false)).toEqual([]);
  });

  it('are cut so that none is much at once, unless one message is', () => {
    const page = [message('development', PIECE_BYTES - 5), message('track', 5), message('track', 5), message('track', 2 * PIECE_BYTES)];
    expect(piecesOf(page, () => true).map(({ bytes, upTo }) => [bytes.length, upTo])).toEqual([
      [PIECE_BYTES, 2],
      [5, 3],
      [2 * PIECE_BYTES, 4],
    ]);
  });
});

function message(event: string, length: number): LiveMessage {
  return { event, projections: null, about: [{}], at: { position: 1n, number: 0 }, isDue: false, bytes: Buffer.alloc(length) };
}
