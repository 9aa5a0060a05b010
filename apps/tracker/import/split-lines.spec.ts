import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LineSplitter, type Line } from './split-lines.js';

function split(chunks: readonly string[], longest = 10): [number, string | undefined][] {
  const splitter = new LineSplitter(longest);
  const lines: Line[] = [...chunks.flatMap((chunk) => [...splitter.push(Buffer.from(chunk))]), ...splitter.end()];
  return lines.map(({ number, bytes }) => [number, bytes?.toString()]);
}

describe('lines', () => {
  test('end in LF or CRLF, and the last one may have no end', () => {
    expect(split(['a\nb\r\nc'])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  test('that are blank are counted and left out', () => {
    expect(split(['\n \t\r\na\n\n'])).toEqual([[3, 'a']]);
  });

  test('that are too long are told, and the next one is read', () => {
    expect(split([`${'x'.repeat(10)}\r\n${'y'.repeat(11)}\nz`])).toEqual([
      [1, 'x'.repeat(10)],
      [2, undefined],
      [3, 'z'],
    ]);
  });

  test('are the same however the bytes come', () => {
    const text = fc.array(fc.constantFrom('a', 'é', '\n', '\r\n', ' ', 'x'.repeat(9), 'y'.repeat(12))).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), (whole, size) => {
        const bytes = Buffer.from(whole);
        const splitter = new LineSplitter(10);
        const lines: Line[] = [];
        for (let start = 0; start < bytes.length; start += size) lines.push(...splitter.push(bytes.subarray(start, start + size)));
        lines.push(...splitter.end());
        expect(lines.map(({ number, bytes: line }) => [number, line?.toString()])).toEqual(split([whole]));
      }),
    );
  });
});
