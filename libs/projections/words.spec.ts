import { describe, expect, it } from '@jest/globals';
import { countWords, excerptOf, wordsIn } from './words.js';

describe('words', () => {
  it('are compared without case and diacritics, each once', () => {
    expect(wordsIn('Genève, GENEVE – и Москва 2022')).toEqual(['geneve', 'и', 'москва', '2022']);
    expect(countWords('In Genève; not Geneva. Geneve!', ['geneve', 'москва'])).toEqual([2, 0]);
  });
});

describe('an excerpt', () => {
  it('of a short text is the text, with the words marked', () => {
    expect(excerptOf('A ceasefire, and an envoy.', ['envoy', 'ceasefire'])).toEqual({
      text: 'A ceasefire, and an envoy.',
      marks: [
        [2, 11],
        [20, 25],
      ],
    });
  });

  it('of a long text begins and ends with whole words around the first one that was looked for', () => {
    const { text, marks } = excerptOf(`${'before '.repeat(50)}envoy ${'after '.repeat(50)}`, ['envoy']);
    expect(text).toMatch(/^before (before )*envoy (after )*after$/);
    expect(text.length).toBeLessThan(200);
    expect(marks.map(([from, to]) => text.slice(from, to))).toEqual(['envoy']);
  });

  it('of a text without the words is its beginning', () => {
    expect(excerptOf('Nothing of it.', ['envoy'])).toEqual({ text: 'Nothing of it.', marks: [] });
  });
});
