// Every read at every point equals a naive fold of the log; what is settled never changes; grown equals rebuilt.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CRISES, histories, TRACKS } from './testing/history.js';
import { answered, MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { NOW, pointIn, points } from './testing/points.js';

describe('a read', () => {
  it('of tracks and of one track equals a naive fold of the log, at any point of both clocks, pinned or without some sources', () => {
    fc.assert(
      fc.property(histories(), points, (events, drawnPoints) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const each of drawnPoints) {
          const point = pointIn(events, fold, each);
          for (const crisis of CRISES) {
            expect(readSide.ask('tracks', { crisis, ...point }).tracks).toEqual(fold.tracks(crisis, point));
            for (const track of TRACKS)
              expect(readSide.ask('track', { crisis, track, ...point }).track).toEqual(fold.track(crisis, track, point));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('of tracks with long histories equals a naive fold too', () => {
    fc.assert(
      fc.property(histories({ minLength: 250, maxLength: 400, parks: false }), points, (events, drawnPoints) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const each of drawnPoints) {
          const point = pointIn(events, fold, each);
          expect(readSide.ask('tracks', { crisis: 'alpha', ...point }).tracks).toEqual(fold.tracks('alpha', point));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('of tracks on which most rests on one source equals a naive fold without that source too', () => {
    fc.assert(
      fc.property(histories({ minLength: 300, maxLength: 450, parks: false, told: ['reuters'] }), points, (events, drawnPoints) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const each of drawnPoints) {
          const { asOf, knownAt, now } = pointIn(events, fold, each);
          for (const known of [knownAt, NOW]) {
            const point = { asOf, knownAt: known, now, excludeSource: ['reuters'] };
            expect(readSide.ask('tracks', { crisis: 'alpha', ...point }).tracks).toEqual(fold.tracks('alpha', point));
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  it('of the timeline equals a naive fold, page by page, in both orders', () => {
    fc.assert(
      fc.property(histories(), points, fc.integer({ min: 1, max: 9 }), (events, drawnPoints, limit) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const each of drawnPoints) {
          const point = pointIn(events, fold, each);
          const expected = fold.timeline('alpha', point);
          for (const order of ['oldest', 'newest'] as const) {
            const found: unknown[] = [];
            let cursor: string | undefined;
            do {
              const page = readSide.ask('timeline', {
                crisis: 'alpha',
                ...point,
                filter: {},
                order,
                limit,
                ...(cursor === undefined ? {} : { cursor }),
              });
              expect(page.developments.length).toBeLessThanOrEqual(limit);
              found.push(...page.developments);
              cursor = page.next ?? undefined;
            } while (cursor !== undefined);
            expect(found).toEqual(order === 'oldest' ? expected : expected.toReversed());
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a search', () => {
  const WORDS = ['what', 'tells', 'told', 'otherwise', 'earlier', 'take', 'note', 'was'];

  it('finds what a naive reader of the timeline finds, at any point and without some sources, page by page', () => {
    fc.assert(
      fc.property(histories(), points, fc.subarray(WORDS, { minLength: 1, maxLength: 2 }), (events, drawnPoints, words) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const each of drawnPoints) {
          const point = pointIn(events, fold, each);
          const expected = fold.timeline('alpha', point).filter((development) => hasAll(development, words));
          const read = { crisis: 'alpha', ...point, filter: { q: words.join(' ').toUpperCase() } };
          const inOrder = readSide.ask('timeline', { ...read, order: 'oldest', limit: 500 });
          expect(inOrder).toMatchObject({ complete: true, next: null });
          expect(inOrder.developments.map(({ match: _match, ...development }: any) => development)).toEqual(expected);
          for (const { match } of inOrder.developments)
            for (const [from, to] of match.marks) expect(words).toContain(match.text.slice(from, to).toLowerCase());
          const ranked: string[] = [];
          for (let cursor: string | undefined = ''; cursor !== undefined;) {
            const page: any = readSide.ask('timeline', { ...read, order: 'relevance', limit: 3, ...(cursor === '' ? {} : { cursor }) });
            ranked.push(...page.developments.map(({ track, id }: any) => `${track}/${id}`));
            cursor = page.next ?? undefined;
          }
          expect(ranked.toSorted(inAnyOrder)).toEqual(expected.map(({ track, id }) => `${track}/${id}`).toSorted(inAnyOrder));
        }
      }),
      { numRuns: 60 },
    );
  });
});

function hasAll({ summary, quote, reports }: any, words: readonly string[]): boolean {
  const text = [summary, quote, ...reports.map((report: any) => report.quote)].join(' ').toLowerCase();
  return words.every((word) => text.split(/[^a-z0-9]+/).includes(word));
}

function inAnyOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

describe('the read side', () => {
  it('that grew event by event has the same rows as one that was built at once', () => {
    fc.assert(
      fc.property(histories({ maxLength: 150 }), fc.integer({ min: 1, max: 7 }), (events, batch) => {
        expect(new MemoryReadSide(events, batch).dump()).toEqual(new MemoryReadSide(events).dump());
      }),
      { numRuns: 30 },
    );
  });

  it('never changes an answer that it said to be settled', () => {
    fc.assert(
      fc.property(histories(), points, fc.nat({ max: 100 }), (events, drawnPoints, percent) => {
        const until = Math.ceil((events.length * percent) / 100);
        const readSide = new MemoryReadSide(events.slice(0, until));
        const fold = new NaiveFold(events);
        const asked = drawnPoints.flatMap((each) => {
          const point = pointIn(events, fold, each);
          return (['alpha', 'beta'] as const).flatMap((crisis) =>
            [
              () => readSide.body('tracks', { crisis, ...point }),
              () => readSide.body('timeline', { crisis, ...point, filter: {}, order: 'newest', limit: 100 }),
              () => readSide.body('crisis', { crisis, ...point }),
            ].flatMap((ask) => {
              const before = answered(ask);
              if (before === undefined) return [];
              const { settledUntil, knownAt } = JSON.parse(before);
              const settled = point.position !== undefined || (settledUntil !== null && knownAt < settledUntil);
              return settled ? [{ ask, before, pinned: point.position !== undefined }] : [];
            }),
          );
        });
        readSide.apply(events.slice(until));
        for (const { ask, before, pinned } of asked) expect(lasting(ask(), pinned)).toBe(lasting(before, pinned));
      }),
      { numRuns: 100 },
    );
  });

  it('says what is settled as the naive fold does', () => {
    fc.assert(
      fc.property(histories(), (events) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const crisis of CRISES) {
          const { settledUntil } = readSide.ask('tracks', { crisis, now: NOW });
          expect(settledUntil === null ? null : Date.parse(settledUntil)).toBe(fold.settledUntil(crisis));
        }
        expect(readSide.ask('parked', {}).parked.map(({ position }: any) => position)).toEqual(
          fold.parked.map(({ position }) => String(position)),
        );
      }),
      { numRuns: 60 },
    );
  });
});

/** Without what may change where the answer is not pinned: position, settledUntil and the revision of each track. */
function lasting(body: string, pinned: boolean): string {
  const text = body.replace(/"next":"[^"]*"/, '');
  return pinned ? text : text.replace(/"position":"\d+","settledUntil":(null|"[^"]*")/, '').replaceAll(/"revision":(null|"\d+")/g, '');
}
