import { describe, expect, test } from '@jest/globals';
import { MalformedJson, parseJsonText } from './json-text.js';

describe('JSON from outside', () => {
  test('is read, with or without a byte order mark', () => {
    expect(parseJsonText(Buffer.from('{"title":"Été"}'))).toEqual({ title: 'Été' });
    expect(parseJsonText(Buffer.from('\ufeff{}'))).toEqual({});
  });

  test.each([
    ['a comma too many', Buffer.from('{"a":1,}'), /position 7/],
    ['a cut text', Buffer.from('{"a":'), /end/],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /UTF-8/],
  ])('%s is told', (_, bytes, reason) => {
    expect(() => parseJsonText(bytes)).toThrow(MalformedJson);
    expect(() => parseJsonText(bytes)).toThrow(reason);
  });
});
