// Timelines and searches under every filter equal a naive fold of the log at every point.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { trackStream } from '#crisis/event.js';
import { VERIFICATIONS } from '#crisis/standing.js';
import type { DevelopmentType } from '#crisis/vocabulary/types.js';
import type { Position, RecordedEvent } from '#event-store/port.js';
import type { Questions } from './read-side.js';
import { ACTORS, DAY, histories, ISSUES, SOURCES, TRACKS } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { naiveTimeline } from './testing/naive-lists.js';
import { NOW, pointIn, points } from './testing/points.js';

/** Most of the time undefined: under many filters at once nothing is left. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const someOf = <T>(...names: readonly T[]): fc.Arbitrary<readonly T[] | undefined> => seldom(fc.subarray([...names], { minLength: 1 }));

/** Beside the moment of a point, ms. */
const beside = seldom(fc.integer({ min: -40 * DAY, max: 5 * DAY }));

const filters = fc.record({
  type: someOf<DevelopmentType>('StatementMade', 'ResponsePromised', 'MeetingHeld', 'PositionTaken', 'ActionReported'),
  track: someOf(...TRACKS, 'nowhere'),
  actor: someOf(...ACTORS, 'nobody'),
  issue: someOf(...ISSUES),
  source: someOf(...SOURCES),
  verification: someOf(...VERIFICATIONS),
  from: beside,
  to: beside,
});

/** Everything of a timeline, page by page. */
function allPages(readSide: MemoryReadSide, params: Omit<Questions['timeline'], 'cursor'>): any[] {
  const found: any[] = [];
  let cursor: string | undefined;
  do {
    const page = readSide.ask('timeline', { ...params, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.developments.length).toBeLessThanOrEqual(params.limit);
    found.push(...page.developments);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

describe('a timeline', () => {
  it('under any filters equals a naive fold of the log, page by page, in both orders', () => {
    fc.assert(
      fc.property(histories(), points, filters, fc.integer({ min: 1, max: 9 }), (events, drawn, { from, to, ...names }, limit) => {
        using readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          const filter = { ...names, from: from && point.asOf + from, to: to && point.asOf + to };
          const expected = naiveTimeline(fold, 'alpha', point, filter);
          const read = { crisis: 'alpha', ...point, filter, limit };
          expect(allPages(readSide, { ...read, order: 'oldest' })).toEqual(expected);
          expect(allPages(readSide, { ...read, order: 'newest' })).toEqual(expected.toReversed());
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('a search', () => {
  const WORDS = ['what', 'tells', 'told', 'otherwise', 'earlier', 'take', 'note', 'was', 'sergey', 'name', 'of', 'russia'];

  it('finds every word of a text in any script, by whatever case it is asked for', () => {
    const letters = [...'aZ09Łéßйёїґάσςİıñçوُשׁהक्षี中가ｱ𐐷𝒜½²_-.,\u0301\u200d\ue000 '];
    const text = fc.string({ unit: fc.oneof(fc.constantFrom(...letters), fc.string({ unit: 'grapheme', maxLength: 1 })), maxLength: 30 });
    fc.assert(
      fc.property(text, (summary) => {
        using readSide = new MemoryReadSide(telling(summary));
        for (const word of summary.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? []) {
          if (/^\p{M}/u.test(word)) continue;
          for (const q of [word, word.normalize('NFD'), word.normalize('NFC')]) {
            const { developments } = readSide.ask('timeline', { crisis: 'alpha', filter: { q }, order: 'relevance', limit: 5, now: NOW });
            expect([q, developments.map(({ id }: any) => id)]).toEqual([q, ['told']]);
          }
        }
      }),
      { numRuns: 300, examples: [['Байден и Шольц в Кёльне; Київ – Αθήνα, שָׁלוֹם हिन्दी مُستمرة']] },
    );
  });

  it('under any filters finds what a naive reader of the timeline finds, the most relevant first', () => {
    const words = fc.subarray(WORDS, { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(histories(), points, filters, words, (events, drawn, { from, to, ...names }, asked) => {
        using readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const point of drawn.map((each) => pointIn(events, fold, each))) {
          const filter = { ...names, from: from && point.asOf + from, to: to && point.asOf + to };
          const read = { crisis: 'alpha', ...point, filter: { ...filter, q: asked.join(' ') }, limit: 3 };
          const expected = naiveTimeline(fold, 'alpha', point, filter)
            .map((development) => ({ development, relevance: relevanceOf(development, asked) }))
            .filter(({ relevance }) => relevance !== undefined);
          const shown = (list: any[]): any[] => list.map(({ match: _match, ...development }) => development);
          expect(shown(allPages(readSide, { ...read, order: 'oldest' }))).toEqual(expected.map(({ development }) => development));
          // What is newer stands before what is as relevant.
          const ranked = expected.toReversed().sort((a, b) => b.relevance! - a.relevance!);
          expect(shown(allPages(readSide, { ...read, order: 'relevance' }))).toEqual(ranked.map(({ development }) => development));
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** A log with one statement. */
function telling(summary: string): RecordedEvent[] {
  const [opened] = fc.sample(histories({ maxLength: 1, parks: false }), { numRuns: 1, seed: 1 })[0]!;
  const statement = { type: 'StatementMade', crisis: 'alpha', track: 'context', id: 'told', occurredAt: '2022-01-10', speaker: 'russia' };
  const data = JSON.stringify({ ...statement, summary, reports: [{ source: 'reuters' }] });
  const stream = trackStream('alpha', 'context');
  return [opened!, { ...opened!, type: statement.type, stream, data, position: (opened!.position + 1n) as Position }];
}

/** A word weighs most in a name, then in the summary, then in a quote; again and again it weighs less. Undefined: one of them is nowhere. */
function relevanceOf(development: any, words: readonly string[]): number | undefined {
  const actors = 'speaker onBehalfOf to party statedBy by target claimedBy deliveredBy receivedBy participants parties';
  const named = actors.split(' ').flatMap((field) => development[field] ?? []);
  const names = new Set([...named, ...(development.positions ?? []).map(({ party }: any) => party)]);
  const texts: [weight: number, text: string][] = [
    [4, [...names].map((actor) => `Name of ${actor}`).join(' ')],
    [3, development.summary],
    [1, [development.quote, ...development.reports.map(({ quote }: any) => quote)].join(' ')],
  ];
  const counts = texts.map(([weight, text]) => {
    const all = text.toLowerCase().split(/[^a-z0-9]+/);
    return { weight, counts: words.map((word) => all.filter((each) => each === word).length) };
  });
  if (!words.every((_, index) => counts.some((field) => field.counts[index]! > 0))) return undefined;
  return counts.reduce((sum, field) => sum + field.weight * field.counts.reduce((part, count) => part + count / (count + 1), 0), 0);
}
