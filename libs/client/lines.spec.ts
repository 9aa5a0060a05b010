import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CutShort, linesOf } from './lines.js';

describe('the lines of a body', () => {
  it('are the same however the body is cut into chunks', async () => {
    const part = fc.constantFrom('a', 'data: é', '雪🕊️', '\n', '\r\n', '\r', '');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 8 }), async (parts, cuts) => {
        const text = `${parts.join('')}\n`;
        const whole = text.split(/\r\n|\n|\r/).slice(0, -1);
        expect(await Array.fromAsync(linesOf(bodyOf(text, cuts)))).toEqual(whole);
      }),
    );
  });

  it('end with an error where the body was cut in the middle of one', async () => {
    const lines = linesOf(bodyOf('{"frame":0}\n{"fra', []));
    expect((await lines.next()).value).toBe('{"frame":0}');
    await expect(lines.next()).rejects.toThrow(CutShort);
  });

  it('are not read any further than they are asked for', async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('line\n')),
      cancel: () => void (isCancelled = true),
    });
    for await (const line of linesOf(body)) if (line === 'line') break;
    expect(isCancelled).toBe(true);
  });
});

/** @param cuts places in bytes */
function bodyOf(text: string, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  return new ReadableStream({
    start: (controller) => {
      for (let n = 1; n < edges.length; n++) controller.enqueue(bytes.slice(edges[n - 1], edges[n]));
      controller.close();
    },
  });
}
