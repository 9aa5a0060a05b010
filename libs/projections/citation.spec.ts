// What a permalink names has the same bytes for ever: whatever is recorded later, however the read side was built, and once
// what was parked can be applied.
import { describe, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { canonicalJson } from '#crisis/canonical.js';
import type { RecordedEvent } from '#event-store/port.js';
import { ReadRefused, type Answer, type Question, type Questions, type ReadPoint } from './read-side.js';
import { CRISES, histories, TRACKS, understood } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { NOW, pointIn, points } from './testing/points.js';
import { PROJECTION_VERSION } from './version.js';

type Asked = { readonly [Q in Question]: readonly [Q, Questions[Q]] }[Question];

/** Every read at a point. */
function readsAt(point: ReadPoint, events: readonly RecordedEvent[]): Asked[] {
  const first = events.map(({ data }) => JSON.parse(data)).find(({ summary }) => summary !== undefined);
  return [
    ['crises', point],
    ...CRISES.flatMap((crisis): Asked[] => [
      ['crisis', { ...point, crisis }],
      ['tracks', { ...point, crisis }],
      ...TRACKS.map((track): Asked => ['track', { ...point, crisis, track }]),
      ['timeline', { ...point, crisis, filter: {}, order: 'newest', limit: 3 }],
      ['timeline', { ...point, crisis, filter: { q: 'tells' }, order: 'relevance', limit: 5 }],
    ]),
    ...(first === undefined ? [] : [['development', { ...point, crisis: first.crisis, track: first.track, id: first.id }] as Asked]),
  ];
}

/** Undefined if it is refused. */
function answered(readSide: MemoryReadSide, [question, params]: Asked): Answer | undefined {
  try {
    return readSide.answer(question, params);
  } catch (error) {
    if (error instanceof ReadRefused) return undefined;
    throw error;
  }
}

/** The question that a permalink asks. */
function followed([question, params]: Asked, permalink: string): Asked {
  const query = new URL(permalink, 'http://parley').searchParams;
  const [asOf, knownAt] = [Date.parse(query.get('asOf')!), Date.parse(query.get('knownAt')!)];
  const pinned = {
    asOf,
    knownAt,
    position: BigInt(query.get('position')!),
    projection: Number(query.get('projection')),
    log: query.get('log')!,
    now: 0,
  };
  return [question, { ...params, ...pinned }] as unknown as Asked;
}

/** The questions with which one goes on from a page. */
function withPagesAfter(readSide: MemoryReadSide, asked: Asked): Asked[] {
  const [question, params] = asked;
  if (question !== 'timeline') return [asked];
  const found = [asked];
  for (let cursor = JSON.parse(answered(readSide, asked)?.body ?? '{}').next; typeof cursor === 'string' && found.length < 4;) {
    const page: Asked = ['timeline', { ...params, cursor }];
    found.push(page);
    cursor = JSON.parse(answered(readSide, page)!.body).next;
  }
  return found;
}

interface Kept {
  readonly asked: Asked;
  readonly answer: Answer;
}

/** Follows the permalinks that a read side gives at some points, and keeps what they say. */
function cite(events: readonly RecordedEvent[], readSide: MemoryReadSide, drawn: Parameters<typeof pointIn>[2][]): Kept[] {
  const fold = new NaiveFold(events);
  return drawn
    .map((each) => ({ ...pointIn(events, fold, each), address: '/a?' }))
    .flatMap((point) => readsAt(point, events))
    .flatMap((asked) => withPagesAfter(readSide, asked))
    .flatMap((asked) => {
      const said = JSON.parse(answered(readSide, asked)?.body ?? '{}');
      if (said.permalink === undefined) return [];
      const link = followed(asked, said.permalink);
      const answer = answered(readSide, link);
      expect(answer).toBeDefined();
      expect(lasting(JSON.parse(answer!.body))).toEqual(lasting(said));
      expect(JSON.parse(answer!.body).permalink).toBe(said.permalink);
      return [{ asked: link, answer: answer! }];
    });
}

/** What an answer says, without where the log stood. */
function lasting(said: Record<string, unknown>): unknown {
  const whole = { ...said, position: undefined, settledUntil: undefined, permalink: undefined, next: undefined };
  return JSON.parse(JSON.stringify(whole), (name, value: unknown) => (name === 'revision' ? undefined : value));
}

function expectAll(kept: readonly Kept[], readSide: MemoryReadSide): void {
  for (const { asked, answer } of kept) expect(answered(readSide, asked)).toEqual(answer);
}

describe('what a permalink names', () => {
  it('has the same bytes whatever is recorded later, after a rebuild, and says what the settled answer said', () => {
    fc.assert(
      fc.property(histories(), points, fc.nat({ max: 100 }), fc.integer({ min: 1, max: 7 }), (events, drawn, percent, batch) => {
        const until = Math.ceil((events.length * percent) / 100);
        using readSide = new MemoryReadSide(events.slice(0, until));
        using rebuilt = new MemoryReadSide(events);
        const kept = cite(events.slice(0, until), readSide, drawn);
        readSide.apply(events.slice(until), batch);
        expectAll(kept, readSide);
        expectAll(kept, rebuilt);
      }),
      { numRuns: 40 },
    );
  });

  it('has the same bytes once what was parked can be applied', () => {
    fc.assert(
      fc.property(histories({ minLength: 20 }), points, (events, drawn) => {
        using readSide = new MemoryReadSide(events);
        using understanding = new MemoryReadSide(events.map(understood));
        expectAll(cite(events, readSide, drawn), understanding);
      }),
      { numRuns: 40 },
    );
  });

  it('is canonical JSON, with the digest of its bytes', () => {
    const [events, drawn] = fc.sample(fc.tuple(histories({ minLength: 40 }), points), { numRuns: 1, seed: 11 })[0]!;
    const kept = cite(events, new MemoryReadSide(events), drawn);
    expect(kept.length).toBeGreaterThan(5);
    for (const { answer } of kept) {
      expect(answer.body).toBe(canonicalJson(JSON.parse(answer.body)));
      expect(answer.cited!.digest).toBe(hash('sha256', answer.body, 'hex'));
    }
  });
});

describe('a permalink', () => {
  const [history] = fc.sample(histories({ minLength: 60, maxLength: 80, parks: false }), { numRuns: 1, seed: 3 });
  const events = history!;
  const position = events.at(-1)!.position;
  const at = (more: Partial<ReadPoint> = {}): ReadPoint => ({ asOf: NOW, address: '/crises/alpha/tracks?', now: NOW, ...more });

  it('names the whole point and the version of the projection', () => {
    const { permalink } = new MemoryReadSide(events).ask('tracks', { crisis: 'alpha', ...at({ knownAt: 0 }) });
    const asOf = new Date(NOW).toISOString();
    expect(permalink).toBe(
      `/crises/alpha/tracks?asOf=${asOf}&knownAt=1970-01-01T00:00:00.000Z&position=${position}&projection=${PROJECTION_VERSION}&log=store`,
    );
  });

  it('is not given for what may still change, nor where there is no address', () => {
    const readSide = new MemoryReadSide(events);
    const permalinkAt = (point: ReadPoint): unknown => readSide.ask('tracks', { crisis: 'alpha', ...point }).permalink;
    expect(permalinkAt(at())).toBeUndefined();
    expect(permalinkAt(at({ knownAt: NOW }))).toBeUndefined();
    expect(permalinkAt(at({ knownAt: NOW, position }))).toBeDefined();
    expect(permalinkAt({ ...at({ knownAt: NOW, position }), address: undefined })).toBeUndefined();
    expect(readSide.ask('crises', at({ knownAt: 0 })).permalink).toBeUndefined();
    expect(readSide.ask('crises', at({ knownAt: 0, position })).permalink).toBeDefined();
  });

  it('pins what stood before a parked event, and none is given for what counts it in', () => {
    const last = events.findLast(({ stream }) => stream === 'track-alpha.council')!;
    const parked = { ...last, type: 'OfALaterRelease', revision: (last.revision + 1n) as never, position: (position + 5n) as never };
    const later = { ...parked, stream: 'somebody-elses', position: (position + 9n) as never };
    const readSide = new MemoryReadSide([...events, parked, later]);
    const ask = (point: ReadPoint): any => readSide.ask('tracks', { crisis: 'alpha', ...point });
    expect(ask(at({ knownAt: 0 })).permalink).toContain(`position=${position + 4n}&`);
    expect(ask(at({ knownAt: NOW, position: position + 4n })).permalink).toContain(`position=${position + 4n}&`);
    expect(ask(at({ knownAt: NOW, position: position + 6n })).permalink).toBeUndefined();
    const cited = at({ knownAt: NOW, position: position + 6n, projection: PROJECTION_VERSION });
    expect(() => ask(cited)).toThrow(expect.objectContaining({ refusal: expect.objectContaining({ code: 'not-settled' }) }));
    expect(() => readSide.ask('crises', cited)).toThrow(ReadRefused);
  });
});
