// Words of a text, compared without case and diacritics in any script. The index holds them as they are compared here: SQLite itself
// knows no diacritics but those of Latin letters.

const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu;
/** Characters on each side of the first word that was looked for. */
const BEFORE = 60;
const AFTER = 120;

/** The words of a question, each once. */
export function wordsIn(text: string): string[] {
  return [...new Set(foldedWords(text))];
}

/** A text as it is indexed: letters and digits of ASCII, whatever their case, and whole words of all others. */
export function indexedText(text: string): string {
  return ASCII.test(text) ? text : foldedWords(text).join(' ');
}

/** How often each word stands in a text. */
export function countWords(text: string, words: readonly string[]): number[] {
  const counts = words.map(() => 0);
  for (const word of text.match(WORD) ?? []) {
    const index = words.indexOf(folded(word));
    if (index >= 0) counts[index]!++;
  }
  return counts;
}

export interface Excerpt {
  readonly text: string;
  /** Where the words stand in it: from (inclusive) and to (exclusive), in UTF-16 code units. */
  readonly marks: readonly (readonly [from: number, to: number])[];
}

/** The part of a text around the first of the words, with every one of them in it marked. */
export function excerptOf(text: string, words: readonly string[]): Excerpt {
  const places = [...text.matchAll(WORD)].map(({ 0: word, index }) => ({
    from: index,
    to: index + word.length,
    is: words.includes(folded(word)),
  }));
  const first = places.find(({ is }) => is)?.from ?? 0;
  // It begins and ends with whole words.
  const from = first <= BEFORE ? 0 : (places.find((place) => place.from >= first - BEFORE)?.from ?? first);
  const to = text.length - first <= AFTER ? text.length : (places.findLast((place) => place.to <= first + AFTER)?.to ?? text.length);
  const marks = places
    .filter((place) => place.is && place.from >= from && place.to <= to)
    .map((place) => [place.from - from, place.to - from] as const);
  return { text: text.slice(from, to), marks };
}

const ASCII = /^[\0-\x7f]*$/;

function foldedWords(text: string): string[] {
  return (text.match(WORD) ?? []).map(folded);
}

function folded(word: string): string {
  if (ASCII.test(word)) return word.toLowerCase();
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
