import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'node:querystring';
import { formatMoment } from '#crisis/time.js';
import { PROJECTION_VERSION } from '#projections/version.js';
import { Problem } from '../problem.js';
import { integer, one, start } from './query.js';
import { POINT, READ_POINT, readRequest, refuseOtherLog } from './read-point.js';

const NOW = Date.parse('2022-02-01T00:00:00Z');
const PATH = '/crises/c/timeline';

describe('where a read stands', () => {
  it('is now, with all that is recorded, unless the query says otherwise', () => {
    expect(read('')).toEqual({ point: { now: NOW, address: `${PATH}?` }, minPosition: undefined, own: {} });
  });

  it('includes a bare date to its last millisecond', () => {
    const { point } = read('asOf=2022-01-12&knownAt=2022-01');
    expect(formatMoment(point.asOf!)).toBe('2022-01-12T23:59:59.999Z');
    expect(formatMoment(point.knownAt!)).toBe('2022-01-31T23:59:59.999Z');
  });

  it.each(['2022-01-12T15:30:00+03:00', '2022-01-12T15:30:00%2B03:00', '2022-01-12T12:30:00Z'])(
    'understands the time %s, escaped or not',
    (time) => {
      expect(formatMoment(read(`asOf=${time}`).point.asOf!)).toBe('2022-01-12T12:30:00.000Z');
    },
  );

  it('reads every moment that it can write', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: -14, max: 14 }), (ms, hours) => {
        const zone = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
        const local = new Date(ms + hours * 3_600_000).toISOString().replace('Z', zone);
        expect(read(`asOf=${local}`).point.asOf).toBe(ms);
      }),
    );
  });

  it('leaves out the sources that are named once, twice or with commas', () => {
    expect(read('excludeSource=tass,sputnik&excludeSource=reuters&excludeSource=tass').point.excludeSource).toEqual([
      'tass',
      'sputnik',
      'reuters',
    ]);
  });

  it('takes a position of any size', () => {
    expect(read('position=18446744073709551615').point.position).toBe(18446744073709551615n);
  });

  it('waits for the highest position that query and headers name', () => {
    expect(read('minPosition=7', { 'parley-position': '9', 'parley-min-position': '8' }).minPosition).toBe(9n);
    expect(read('minPosition=7').minPosition).toBe(7n);
    expect(read('', { 'parley-min-position': ' 8 ' }).minPosition).toBe(8n);
  });
});

describe('a query that cannot be meant', () => {
  it('names what is unknown, and what there is', () => {
    expect(problemOf('asof=2022-01-12')).toMatchObject({
      status: 400,
      code: 'unknown-parameter',
      errors: [{ parameter: 'asof' }],
      message: 'asof: this call takes limit, from, asOf, knownAt, position, excludeSource, minReliability, minPosition, projection, log',
    });
  });

  it('is told all its faults at once', () => {
    const { status, code, errors } = problemOf(
      'asOf=yesterday&knownAt=2022-02-30&position=-1&excludeSource=TASS&minReliability=F&minPosition=x&limit=501&from=',
    );
    expect({ status, code }).toEqual({ status: 400, code: 'invalid-parameter' });
    expect(errors.map(({ parameter }) => parameter)).toEqual([
      'limit',
      'from',
      'asOf',
      'knownAt',
      'position',
      'excludeSource',
      'minReliability',
      'minPosition',
    ]);
    expect(errors.every(({ detail }) => detail.length > 0)).toBe(true);
  });

  it.each([
    ['asOf=2022-01-12&asOf=2022-01-13', 'asOf', /more than once/],
    ['asOf=2022-01-12/2022-01-13', 'asOf', /interval/],
    ['asOf=2022-01-12T15:30:00', 'asOf', /zone/],
    ['excludeSource=tass,,sputnik', 'excludeSource', /no name/],
    ['minPosition=1.5', 'minPosition', /decimal number/],
    ['limit=0', 'limit', /from 1 to 500/],
  ])('is refused: %s', (query, parameter, detail) => {
    expect(problemOf(query).errors).toEqual([{ parameter, detail: expect.stringMatching(detail) }]);
  });

  it('is also a header that is no position', () => {
    expect(problemOf('', { 'parley-min-position': 'latest' }).errors).toEqual([
      { parameter: 'Parley-Min-Position', detail: expect.any(String) },
    ]);
  });

  it('never fails otherwise', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('asOf', 'position', 'excludeSource', 'limit', 'from', '__proto__', 'x'),
          fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 1 })),
        ),
        (query) => {
          try {
            readRequest({ query, headers: {}, url: PATH }, OWN, READ_POINT, NOW);
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
          }
        },
      ),
    );
  });
});

describe('the address that permalinks are made of', () => {
  it('has the path and all that was asked but the point, in one order', () => {
    const query = 'limit=7&minPosition=3&from=2022-01-12T15:30:00%2B03:00&asOf=2022-01-12&position=57&excludeSource=tass&excludeSource=dw';
    const address = '/crises/c/timeline?excludeSource=tass,dw&from=2022-01-12T15:30:00%2B03:00&limit=7&';
    expect(read(query).point.address).toBe(address);
    expect(read(`${query}&knownAt=2022-01-13`).point.address).toBe(address);
  });

  it('is the address of its own link, whatever the values', () => {
    const value = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(value, (words) => {
        const own = { words: one('', '', (text) => text) };
        const first = readRequest({ query: { words }, headers: {}, url: PATH }, own, READ_POINT, NOW);
        const link = `${first.point.address}asOf=2022-01-12`;
        const second = readRequest({ query: parse(link.slice(PATH.length + 1)), headers: {}, url: link }, own, READ_POINT, NOW);
        expect(second.own.words).toBe(words);
        expect(second.point.address).toBe(first.point.address);
      }),
    );
  });

  it('is refused to a link that lacks a part of its point', () => {
    for (const query of ['', 'asOf=2022-01-12', 'asOf=2022-01-12&knownAt=2022-01-12', 'asOf=2022-01-12&position=5'])
      expect(problemOf(`${query}&log=s1&projection=${PROJECTION_VERSION}`)).toMatchObject({
        status: 400,
        code: 'invalid-parameter',
        errors: [{ parameter: 'projection' }],
      });
  });

  it('leads from another log to what is said of the same moments here', () => {
    const { point } = read(`asOf=2022-01-12&knownAt=2022-01-13&position=5&limit=7&projection=${PROJECTION_VERSION}&log=s1`);
    expect(() => refuseOtherLog(point, 's1')).not.toThrow();
    const today = `${PATH}?limit=7&asOf=2022-01-12T23:59:59.999Z&knownAt=2022-01-13T23:59:59.999Z`;
    expect(() => refuseOtherLog(point, 's2')).toThrow(expect.objectContaining({ status: 410, code: 'log-gone', today }));
    expect(problemOf('asOf=2022-01-12&knownAt=2022-01-13&position=5&log=s1')).toMatchObject({ errors: [{ parameter: 'log' }] });
  });

  it('is of no read that gives no answer to be cited', () => {
    const query = { asOf: '2022-01-12', log: 's1' };
    expect(() => readRequest({ query, headers: {}, url: PATH }, OWN, POINT, NOW)).toThrow(
      expect.objectContaining({ code: 'unknown-parameter' }),
    );
  });

  it("leads from a version that is gone to today's", () => {
    const query = 'asOf=2022-01-12&limit=7&knownAt=2022-01-13&position=18446744073709551615&log=s1&projection=';
    const today = `${PATH}?limit=7&asOf=2022-01-12T23:59:59.999Z&knownAt=2022-01-13T23:59:59.999Z&position=18446744073709551615&projection=${PROJECTION_VERSION}&log=s1`;
    expect(problemOf(`${query}${PROJECTION_VERSION - 1}`)).toMatchObject({ status: 410, code: 'projection-gone', today });
    expect(problemOf(`${query}${PROJECTION_VERSION + 1}`)).toMatchObject({ status: 503, code: 'projection-ahead' });
    expect(read(`${query}${PROJECTION_VERSION}`).point.projection).toBe(PROJECTION_VERSION);
  });
});

const OWN = { limit: one('', '', integer(1, 500)), from: one('', '', start) };

it('starts a bare date at its first millisecond', () => {
  expect(formatMoment(read('from=2022-01').own.from!)).toBe('2022-01-01T00:00:00.000Z');
});

function read(query: string, headers: Record<string, string> = {}) {
  return readRequest({ query: parse(query), headers, url: `${PATH}?${query}` }, OWN, READ_POINT, NOW);
}

function problemOf(query: string, headers: Record<string, string> = {}): Problem {
  try {
    read(query, headers);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('was not refused');
}
