import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayOf, formatDay, formatMoment, InvalidTime, parseDue, parseInstant, parseMoment, parseOccurrence } from './time.js';

const iso = ({ earliest, latest }: { earliest: number; latest: number }): [string, string] => [
  formatMoment(earliest),
  latest === Infinity ? '..' : formatMoment(latest),
];

describe('an occurrence', () => {
  it.each([
    ['2022-01-12', '2022-01-12T00:00:00.000Z', '2022-01-12T23:59:59.999Z'],
    ['2022-01', '2022-01-01T00:00:00.000Z', '2022-01-31T23:59:59.999Z'],
    ['2021-12', '2021-12-01T00:00:00.000Z', '2021-12-31T23:59:59.999Z'],
    ['2022', '2022-01-01T00:00:00.000Z', '2022-12-31T23:59:59.999Z'],
    ['0000', '0000-01-01T00:00:00.000Z', '0000-12-31T23:59:59.999Z'],
    ['9999-12-31', '9999-12-31T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
    ['2020-02-29', '2020-02-29T00:00:00.000Z', '2020-02-29T23:59:59.999Z'],
    ['2000-02', '2000-02-01T00:00:00.000Z', '2000-02-29T23:59:59.999Z'],
    ['1900-02', '1900-02-01T00:00:00.000Z', '1900-02-28T23:59:59.999Z'],
  ])('of known precision spans the whole of it: %s', (text, earliest, latest) => {
    expect(iso(parseOccurrence(text))).toEqual([earliest, latest]);
  });

  it.each([
    ['2022-01-12T15:30:00+03:00', '2022-01-12T12:30:00.000Z'],
    ['2022-01-12T15:30:00Z', '2022-01-12T15:30:00.000Z'],
    ['2022-01-12T15:30:00-05', '2022-01-12T20:30:00.000Z'],
    ['2022-01-12T15:30+05:45', '2022-01-12T09:45:00.000Z'],
    ['2022-01-01T00:30:00+14:00', '2021-12-31T10:30:00.000Z'],
    ['2022-01-12T15:30:00.5Z', '2022-01-12T15:30:00.500Z'],
    ['2022-01-12T15:30:00.1239Z', '2022-01-12T15:30:00.123Z'],
  ])('with a time and its zone is an instant: %s', (text, instant) => {
    expect(iso(parseOccurrence(text))).toEqual([instant, instant]);
  });

  it.each(['~', '?', '%'])('is not widened by %s', (qualifier) => {
    for (const date of ['2021-12-17', '2021-12', '2021', '202X', '2021-XX'])
      expect(parseOccurrence(date + qualifier)).toEqual(parseOccurrence(date));
    expect(parseOccurrence(`2021-12-17${qualifier}/2021-12-19${qualifier}`)).toEqual(parseOccurrence('2021-12-17/2021-12-19'));
  });

  it.each([
    ['202X', '2020-01-01T00:00:00.000Z', '2029-12-31T23:59:59.999Z'],
    ['20XX', '2000-01-01T00:00:00.000Z', '2099-12-31T23:59:59.999Z'],
    ['2022-XX', '2022-01-01T00:00:00.000Z', '2022-12-31T23:59:59.999Z'],
    ['2022-02-XX', '2022-02-01T00:00:00.000Z', '2022-02-28T23:59:59.999Z'],
    ['2022-XX-XX', '2022-01-01T00:00:00.000Z', '2022-12-31T23:59:59.999Z'],
  ])('with unspecified digits spans whatever they may be: %s', (text, earliest, latest) => {
    expect(iso(parseOccurrence(text))).toEqual([earliest, latest]);
  });

  it.each([
    ['2022-01-10/2022-01-12', '2022-01-10T00:00:00.000Z', '2022-01-12T23:59:59.999Z'],
    ['2021/2022-01', '2021-01-01T00:00:00.000Z', '2022-01-31T23:59:59.999Z'],
    ['2022-01-12/2022-01-12', '2022-01-12T00:00:00.000Z', '2022-01-12T23:59:59.999Z'],
    ['2022-01-12T10:00:00Z/2022-01-12T11:00:00Z', '2022-01-12T10:00:00.000Z', '2022-01-12T11:00:00.000Z'],
    ['2022-01-12/2022-01', '2022-01-12T00:00:00.000Z', '2022-01-31T23:59:59.999Z'],
    ['2022-01/2022-01-12', '2022-01-01T00:00:00.000Z', '2022-01-12T23:59:59.999Z'],
    ['2022/2022-01-12', '2022-01-01T00:00:00.000Z', '2022-01-12T23:59:59.999Z'],
  ])('from one date to another ends with the second: %s', (text, earliest, latest) => {
    expect(iso(parseOccurrence(text))).toEqual([earliest, latest]);
  });

  it.each(['../2022-01-12', '/2022-01-12'])('of open or unknown start counts from the first moment of its end: %s', (text) => {
    expect(parseOccurrence(text)).toEqual(parseOccurrence('2022-01-12'));
  });

  it.each([
    ['2022-01-12T15:30:00', 'is a time without its zone; add Z or an offset'],
    ['2022-01-12T15:30', 'is a time without its zone'],
    ['2022-01-10/2022-01-12T15:30:00', 'is a time without its zone'],
    ['2022-21', 'names a season; write the months instead'],
    ['2022-41', 'names a season'],
    ['2022-21/2022-22', 'names a season'],
    ['Y170000002', 'is a year outside 0000 to 9999'],
    ['-0044-03-15', 'is a year outside 0000 to 9999'],
    ['2022-01-12/2022-01-10', 'ends before it starts'],
    ['2022-02/2022-01', 'ends before it starts'],
    ['2022-02-30', 'has no such day'],
    ['2021-02-29', 'has no such day'],
    ['1900-02-29', 'has no such day'],
    ['2022-01-00', 'has no such day'],
    ['2022-13', 'has no such month'],
    ['2022-00', 'has no such month'],
    ['2022-01-12/..', 'has an open end; only `dueBy` may have one'],
    ['2022-01-12/', 'has an open end'],
    ['../..', 'has neither a start nor an end'],
    ['/', 'has neither a start nor an end'],
    ['2022/2023/2024', 'has more than one "/"'],
    ['2022-XX-05', 'leaves the month unspecified but not the day'],
    ['202X-05', 'leaves the year unspecified but not the month'],
    ['2021-02-29T10:00:00Z', 'is no time that there is'],
    ['2022-01-12T24:00:00Z', 'is no time that there is'],
    ['2022-01-12T10:60:00Z', 'is no time that there is'],
    ['2022-01-12T10:00:60Z', 'is no time that there is'],
    ['2022-01-12T10:00:00+14:01', 'has no such time zone'],
    ['2022-01-12T10:00:00+03:60', 'has no such time zone'],
    ['', 'is no EDTF date; write 2022-01-12'],
    ['12 January 2022', 'is no EDTF date'],
    ['2022-1-12', 'is no EDTF date'],
    ['2022-01-12 ', 'is no EDTF date'],
    ['2022-01-12\n', 'is no EDTF date'],
    ['2022-01-1X', 'is no EDTF date'],
    ['2022-01-12~?', 'is no EDTF date'],
    ['٢٠٢٢', 'is no EDTF date'],
    ['{2022,2023}', 'is no EDTF date'],
    ['[2022..2023]', 'is no EDTF date'],
  ])('%j is refused with a sentence', (text, sentence) => {
    expect(() => parseOccurrence(text)).toThrow(InvalidTime);
    expect(() => parseOccurrence(text)).toThrow(sentence);
  });
});

describe('a due date', () => {
  it('is read as an occurrence is', () => {
    expect(parseDue('2022-01-24/2022-01-30')).toEqual(parseOccurrence('2022-01-24/2022-01-30'));
  });

  it.each(['2022-01-24/..', '2022-01-24/'])('may have an open end, whoever asked before: %s', (text) => {
    expect(iso(parseDue(text))).toEqual(['2022-01-24T00:00:00.000Z', '..']);
    expect(() => parseOccurrence(text)).toThrow('open end');
    expect(iso(parseDue(text))).toEqual(['2022-01-24T00:00:00.000Z', '..']);
  });
});

describe('a moment of a clock', () => {
  it.each([
    ['2022-01-12', '2022-01-12T23:59:59.999Z'],
    ['2022-01', '2022-01-31T23:59:59.999Z'],
    ['2022', '2022-12-31T23:59:59.999Z'],
    ['2022-01-12T15:30:00+03:00', '2022-01-12T12:30:00.000Z'],
  ])('%s is its last millisecond, in UTC', (text, moment) => {
    expect(formatMoment(parseMoment(text))).toBe(moment);
  });

  it('is no interval', () => {
    expect(() => parseMoment('2022-01-10/2022-01-12')).toThrow('is an interval; a single date or date-time is needed');
  });
});

describe('an instant', () => {
  it('has a date, a time and a zone', () => {
    expect(formatMoment(parseInstant('2022-01-12T15:30:00.250+03:00'))).toBe('2022-01-12T12:30:00.250Z');
    for (const text of ['2022-01-12', '2022-01-12T15:30:00', '2022-01-12T15:30:00Z/..', ''])
      expect(() => parseInstant(text)).toThrow('is no date-time with a zone');
  });
});

describe('a moment', () => {
  it('is written as ISO 8601 has it, in whatever order moments come', () => {
    const moment = fc.oneof(
      fc.integer({ min: -62_200_000_000_000, max: 253_402_300_799_999 }),
      fc.integer({ min: -90_000_000, max: 90_000_000 }),
    );
    fc.assert(
      fc.property(fc.array(moment), (moments) => {
        expect(moments.map(formatMoment)).toEqual(moments.map((ms) => new Date(ms).toISOString()));
      }),
    );
    expect(() => formatMoment(NaN)).toThrow(RangeError);
  });
});

describe('a day', () => {
  it('is counted in UTC, before 1970 too', () => {
    expect([dayOf(0), dayOf(-1), dayOf(86_400_000)]).toEqual([0, -1, 1]);
    expect(formatDay(-1)).toBe('1969-12-31');
  });
});

// A second implementation, from the calendar up: days are counted one by one with the rule of leap years.
const leap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const monthLength = (year: number, month: number): number =>
  month === 2 ? (leap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
const daysBeforeYear = (year: number): number => {
  let days = 0;
  for (let y = 1970; y < year; y++) days += leap(y) ? 366 : 365;
  for (let y = year; y < 1970; y++) days -= leap(y) ? 366 : 365;
  return days;
};
const dayNumber = (year: number, month: number, day: number): number => {
  let days = daysBeforeYear(year) + day - 1;
  for (let m = 1; m < month; m++) days += monthLength(year, m);
  return days;
};
const DAY = 86_400_000;
const pad = (number: number, digits = 2): string => String(number).padStart(digits, '0');

describe('every date, against a calendar that counts days one by one', () => {
  const year = fc.integer({ min: 1600, max: 2400 });
  const month = fc.integer({ min: 1, max: 12 });

  it('spans its day, or is refused where there is none', () => {
    fc.assert(
      fc.property(year, month, fc.integer({ min: 0, max: 32 }), fc.constantFrom('', '~', '?', '%'), (y, m, d, qualifier) => {
        const text = `${pad(y, 4)}-${pad(m)}-${pad(d)}${qualifier}`;
        if (d < 1 || d > monthLength(y, m)) return expect(() => parseOccurrence(text)).toThrow(InvalidTime);
        const earliest = dayNumber(y, m, d) * DAY;
        return expect(parseOccurrence(text)).toEqual({ earliest, latest: earliest + DAY - 1 });
      }),
    );
  });

  it('spans its month and its year', () => {
    fc.assert(
      fc.property(year, month, (y, m) => {
        const first = dayNumber(y, m, 1) * DAY;
        expect(parseOccurrence(`${pad(y, 4)}-${pad(m)}`)).toEqual({ earliest: first, latest: first + monthLength(y, m) * DAY - 1 });
        expect(parseOccurrence(pad(y, 4))).toEqual({ earliest: daysBeforeYear(y) * DAY, latest: daysBeforeYear(y + 1) * DAY - 1 });
      }),
    );
  });

  it('is an instant with a time, whatever the zone', () => {
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(fc.integer({ min: -1e13, max: 2e14 }), offset, (moment, minutes) => {
        const sign = minutes < 0 ? '-' : '+';
        const zone = `${sign}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
        const text = formatMoment(moment + minutes * 60_000).replace('Z', zone);
        expect(parseOccurrence(text)).toEqual({ earliest: moment, latest: moment });
      }),
    );
  });
});

describe('any text', () => {
  it('is read or refused with InvalidTime, and a span never ends before it starts', () => {
    const part = fc.stringMatching(/^(\d{4}|\d\dXX|\d{3}X)?(-(\d\d|XX))?(-(\d\d|XX))?(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d(:\d\d)?)?)?[~?%]?$/);
    const text = fc.oneof(
      fc.string(),
      part,
      fc.tuple(fc.oneof(part, fc.constant('..')), part).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(parseOccurrence, parseDue), (drawn, parse) => {
        try {
          const { earliest, latest } = parse(drawn);
          expect(earliest).toBeLessThanOrEqual(latest);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidTime);
          expect((error as Error).message).toContain(`"`);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
