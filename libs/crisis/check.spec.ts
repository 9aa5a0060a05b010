import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { faultsOf, pointerPart, propertiesOf, type Class, type Fault } from './check.js';
import { nestedType } from './fields.js';
import { parseReference } from './identifiers.js';
import { body } from './testing/factories.js';
import { DEVELOPMENT_TYPES, DEVELOPMENTS, RECORDS, REGISTERS, type DevelopmentType } from './vocabulary/types.js';

const faults = (type: DevelopmentType, fields: Record<string, unknown> = {}): Fault[] => faultsOf(DEVELOPMENTS[type], body(type, fields));
const pointers = (found: readonly Fault[]): string[] => found.map(({ pointer }) => pointer);
const one = (type: DevelopmentType, fields: Record<string, unknown>): string =>
  faults(type, fields)
    .map(({ pointer, detail }) => `${pointer} ${detail}`)
    .join(' | ');

const LONG = 'x'.repeat(4001);

describe('a body', () => {
  it.each(DEVELOPMENT_TYPES)('of the least that %s needs has no fault', (type) => {
    expect(faults(type)).toEqual([]);
  });

  it('with everything in the envelope has no fault', () => {
    const reports = [
      {
        source: 'tass',
        id: 'first',
        url: 'https://tass.com/x',
        publishedAt: '2022-01-12',
        quote: 'Q',
        language: 'ru-RU',
        origin: 'reuters',
        credibility: 6,
      },
    ];
    const relatesTo = [{ development: 'osce/other', relation: 'follows' }];
    const place = { name: 'Geneva', point: { type: 'Point', coordinates: [6.14, 46.2, 375] } };
    const all = { id: 'own', sequence: -3, reports, about: ['i'], relatesTo, alsoOn: ['osce'], place, cameo: '040', tags: ['a', 'a'] };
    expect(faults('MeetingHeld', all)).toEqual([]);
  });

  it.each([undefined, null, 7, 'text', true, [], [{}]])('that is %j is no object', (value) => {
    expect(faultsOf(DEVELOPMENTS.MeetingHeld, value)).toEqual([{ pointer: '', detail: 'must be an object' }]);
  });

  it('that is empty lacks every field that is not optional', () => {
    expect(pointers(faultsOf(DEVELOPMENTS.MeetingHeld, {})).sort()).toEqual([
      '/occurredAt',
      '/participants',
      '/reports',
      '/summary',
      '/type',
    ]);
    expect(faultsOf(RECORDS.ReportAdded, { type: 'ReportAdded', development: 'd', stance: 'disputes' })).toEqual([
      { pointer: '/report', detail: 'is missing' },
    ]);
  });

  it.each([
    ['a number for text', { summary: 7 }, '/summary must be text'],
    ['an empty text', { summary: '' }, '/summary must not be empty'],
    ['a blank text', { summary: ' \n' }, '/summary must not be blank'],
    ['too long a text', { summary: LONG }, '/summary must be at most 1000 characters'],
    ['null for what is needed', { summary: null }, '/summary must not be null'],
    ['null for what is optional', { about: null }, '/about must not be null; leave it out'],
    ['null for a nested object', { place: null }, '/place must not be null; leave it out'],
    ['a list for a nested object', { place: [] }, '/place must be an object'],
    ['a text for a nested object', { place: 'Geneva' }, '/place must be an object'],
    ['an object for a list', { about: {} }, '/about must be a list'],
    ['a text for a list', { reports: 'reuters' }, '/reports must be a list'],
    ['an empty list of reports', { reports: [] }, '/reports must have at least 1 entry'],
    ['too long a list', { about: Array.from({ length: 201 }, (_, n) => `i-${n}`) }, '/about must have at most 200 entries'],
    ['a name twice', { about: ['a', 'b', 'a'] }, '/about names the same one twice'],
    ['a report that is null', { reports: [null] }, '/reports/0 must be an object'],
    ['a report that is a list', { reports: [[]] }, '/reports/0 must be an object'],
    ['a report without a source', { reports: [{}] }, '/reports/0/source is missing'],
    [
      'no slug',
      { about: ['Ukraine'] },
      '/about/0 "Ukraine" is no slug: lower-case letters, digits and single hyphens, at most 64 characters',
    ],
    [
      'no web address',
      { reports: [{ source: 'a', url: 'javascript:alert(1)' }] },
      '/reports/0/url "javascript:alert(1)" is no web address: it starts with http:// or https://',
    ],
    [
      'no language tag',
      { reports: [{ source: 'a', language: 'русский' }] },
      '/reports/0/language "русский" is no BCP 47 language tag, such as en or ru-RU',
    ],
    [
      'a credibility beside the scale',
      { reports: [{ source: 'a', credibility: 7 }] },
      '/reports/0/credibility must be one of 1, 2, 3, 4, 5, 6',
    ],
    ['a credibility as text', { reports: [{ source: 'a', credibility: '1' }] }, '/reports/0/credibility must be one of 1, 2, 3, 4, 5, 6'],
    ['a sequence that is not whole', { sequence: 1.5 }, '/sequence must be a whole number from -1000000 to 1000000'],
    [
      'a time without a zone',
      { occurredAt: '2022-01-12T10:00' },
      '/occurredAt "2022-01-12T10:00" is a time without its zone; add Z or an offset such as +03:00',
    ],
    ['a time that is a number', { occurredAt: 2022 }, '/occurredAt must be text'],
    [
      'an open end where nothing is due',
      { occurredAt: '2022-01-12/..' },
      '/occurredAt "2022-01-12/.." has an open end; only `dueBy` may have one',
    ],
    ['a time of any length', { occurredAt: '2'.repeat(81) }, '/occurredAt must be at most 80 characters'],
    ['no code', { cameo: '999' }, '/cameo "999" is no CAMEO event code, such as "040"'],
    ['a code that is a number', { cameo: 40 }, '/cameo must be text, such as "040"'],
    [
      'no reference',
      { relatesTo: [{ development: 'a/b/c', relation: 'answers' }] },
      '/relatesTo/0/development "a/b/c" is no reference to a development: its id, or track/id',
    ],
    [
      'a reference longer than any id',
      { relatesTo: [{ development: 'a'.repeat(65), relation: 'answers' }] },
      `/relatesTo/0/development "${'a'.repeat(65)}" is no reference to a development: its id, or track/id`,
    ],
    [
      'an unknown relation',
      { relatesTo: [{ development: 'a', relation: 'likes' }] },
      '/relatesTo/0/relation must be one of answers, denies, follows, part-of, concerns',
    ],
    [
      'a point off the globe',
      { place: { name: 'G', point: { type: 'Point', coordinates: [200, 0] } } },
      '/place/point must be a GeoJSON point: {"type": "Point", "coordinates": [longitude, latitude]}',
    ],
    [
      'a line for a point',
      { place: { name: 'G', point: { type: 'Point', coordinates: [[0, 0]] } } },
      '/place/point must be a GeoJSON point: {"type": "Point", "coordinates": [longitude, latitude]}',
    ],
  ])('with %s is told so', (_, fields, told) => {
    expect(one('MeetingHeld', fields)).toBe(told);
  });

  it('is told of an unknown field and of the fields that there are', () => {
    const [fault, ...more] = faults('TrackSuspended', { colour: 'red' });
    expect(more).toEqual([]);
    expect(fault!.pointer).toBe('/colour');
    for (const field of propertiesOf(DEVELOPMENTS.TrackSuspended)) expect(fault!.detail).toContain(field);
  });

  it('has its pointers escaped', () => {
    expect(pointers(faults('TrackSuspended', { 'a/b~c': 1 }))).toEqual(['/a~1b~0c']);
    expect([pointerPart('~1'), pointerPart(''), pointerPart(0)]).toEqual(['/~01', '/', '/0']);
  });

  it('may not have what every object inherits', () => {
    const sent = { ...body('TrackSuspended'), ...(JSON.parse('{"constructor":1,"toString":2}') as object) };
    Object.defineProperty(sent, '__proto__', { value: { summary: 'inherited' }, enumerable: true });
    expect(pointers(faultsOf(DEVELOPMENTS.TrackSuspended, sent))).toEqual(['/constructor', '/toString', '/__proto__']);
    const { summary, ...rest } = body('TrackSuspended');
    expect(pointers(faultsOf(DEVELOPMENTS.TrackSuspended, Object.assign(Object.create({ summary }) as object, rest)))).toEqual([
      '/summary',
    ]);
    const bare = JSON.parse('{"__proto__":{"type":"TrackSuspended"}}') as object;
    expect(pointers(faultsOf(DEVELOPMENTS.TrackSuspended, bare))).toContain('/type');
  });

  it('is told of all its faults at once, one for each place', () => {
    const reports = [{ source: 'Reuters' }, null, { source: 'tass', credibility: 0, colour: 'red' }];
    const found = pointers(faults('MeetingHeld', { occurredAt: 'yesterday', participants: [1, 'russia', 'USA', 2], reports, round: 0 }));
    expect(found.toSorted()).toEqual([
      '/occurredAt',
      '/participants/0',
      '/participants/2',
      '/participants/3',
      '/reports/0/source',
      '/reports/1',
      '/reports/2/colour',
      '/reports/2/credibility',
      '/round',
    ]);
  });

  it('is quoted back in short', () => {
    const [fault] = faults('MeetingHeld', { announcement: 'X'.repeat(60_000) });
    expect(fault!.detail.length).toBeLessThan(250);
  });

  it('may be nested as deep as it likes: that is a fault, not an error', () => {
    const deep: unknown = JSON.parse('{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000));
    for (const field of ['summary', 'cameo', 'place', 'reports', 'occurredAt', 'deep'])
      expect(pointers(faults('MeetingHeld', { [field]: deep }))).toEqual([
        field === 'place' ? '/place/name' : `/${field}`,
        ...(field === 'place' ? ['/place/a'] : []),
      ]);
    const correction = { type: 'DevelopmentCorrected', development: 'd', changes: deep, reason: 'translation' };
    expect(faultsOf(RECORDS.DevelopmentCorrected, correction)).toEqual([{ pointer: '/changes', detail: 'is nested too deeply' }]);
  });
});

// class-validator's own validator, on instances. It lets a missing or null nested object pass, and knows no null in a
// list of nested objects (and lets a member called __proto__ pass): the conversion to instances answers for these, as class-transformer's users have to.
class NoInstance extends Error {}

function instanceOf(type: Class, value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NoInstance();
  const instance = new (type as new () => object)();
  for (const [name, member] of Object.entries(value)) {
    const nested = Object.hasOwn(Object.prototype, name) ? undefined : nestedType(type, name);
    const list = nested !== undefined && isListOf(type, name);
    if (list && !Array.isArray(member)) throw new NoInstance();
    const converted =
      nested === undefined ? member : list ? (member as unknown[]).map((entry) => instanceOf(nested, entry)) : instanceOf(nested, member);
    Object.defineProperty(instance, name, { value: converted, enumerable: true, writable: true });
  }
  for (const name of propertiesOf(type))
    if (name === 'report' && nestedType(type, name) !== undefined && !Object.hasOwn(value, name)) throw new NoInstance();
  return instance;
}

const isListOf = (_: Class, name: string): boolean => ['reports', 'relatesTo', 'positions'].includes(name);

function classValidatorAccepts(type: Class, value: unknown): boolean {
  try {
    return validateSync(instanceOf(type, value), { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false }).length === 0;
  } catch (error) {
    if (error instanceof NoInstance) return false;
    throw error;
  }
}

describe('a reference in a body', () => {
  it('is what can be read as one', () => {
    const part = fc.oneof(fc.stringMatching(/^[a-z0-9-]{1,6}$/), fc.constantFrom('a'.repeat(64), 'a'.repeat(65), `a-${'b'.repeat(62)}`));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
        const named = parts.join('/');
        const found = faults('MeetingHeld', { relatesTo: [{ development: named, relation: 'follows' }] });
        expect(found.length === 0).toBe(parseReference(named, 'own') !== undefined);
      }),
    );
  });
});

describe('the check', () => {
  const types = { ...DEVELOPMENTS, ...RECORDS, ...REGISTERS } as Record<string, Class>;
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      '',
      ' ',
      'slug',
      'track/id',
      'No Slug',
      '2022-01-12',
      '2022-01-12/..',
      '040',
      'A',
      'https://a.b/c',
      'en',
      0,
      1,
      1.5,
      -1,
      7,
      1e9,
      true,
      null,
    ),
    fc.constantFrom<unknown>(
      [],
      ['slug'],
      ['slug', 'slug'],
      ['a', 'b'],
      [null],
      [[]],
      [{}],
      {},
      [{ source: 'a' }],
      { source: 'a' },
      { name: 'G' },
    ),
    fc.constantFrom<unknown>({ type: 'Point', coordinates: [6, 46] }, { name: 'G', point: { type: 'Point', coordinates: [6, 460] } }),
    fc.constantFrom<unknown>([{ development: 'd', relation: 'answers' }], [{ party: 'a', issue: 'b', stance: 'silent', redLine: true }]),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const drawn = fc.constantFrom(...Object.keys(types)).chain((type) => {
    const plain = Object.hasOwn(DEVELOPMENTS, type) ? body(type as DevelopmentType) : { type, development: 'd' };
    const names = fc.constantFrom(...propertiesOf(types[type]!), 'colour', 'toString');
    return fc.record({
      type: fc.constant(type),
      plain: fc.constant(plain),
      changes: fc.dictionary(names, odd, { maxKeys: 3 }),
      without: fc.option(names, { freq: 4 }),
    });
  });

  it('finds a fault exactly where class-validator refuses', () => {
    fc.assert(
      fc.property(drawn, ({ type, plain, changes, without }) => {
        const sent: Record<string, unknown> = { ...plain, ...changes };
        if (without !== null) delete sent[without];
        expect(faultsOf(types[type]!, sent).length === 0).toBe(classValidatorAccepts(types[type]!, sent));
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws and changes nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(types)), fc.jsonValue(), (type, value) => {
        const before = structuredClone(value);
        faultsOf(types[type]!, value);
        expect(value).toEqual(before);
      }),
    );
  });

  it('points to a place in the body, or to what is missing there', () => {
    fc.assert(
      fc.property(drawn, ({ type, plain, changes }) => {
        const sent: Record<string, unknown> = { ...plain, ...changes };
        const found = faultsOf(types[type]!, sent);
        expect(new Set(pointers(found)).size).toBe(found.length);
        for (const { pointer, detail } of found) {
          const parts = pointer.split('/').slice(1);
          const holder = parts.slice(0, -1).reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], sent);
          expect(Object.hasOwn(holder as object, parts.at(-1)!.replaceAll('~1', '/').replaceAll('~0', '~'))).toBe(detail !== 'is missing');
        }
      }),
      { numRuns: 500 },
    );
  });
});
