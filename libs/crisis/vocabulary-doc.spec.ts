import { describe, expect, it } from '@jest/globals';
import { faultsOf, propertiesOf, type Class } from './check.js';
import { CAMEO_DEFAULTS } from './default-cameo.js';
import { sets, type SlotSetting } from './slots.js';
import { body, development } from './testing/factories.js';
import { codesIn, tablesOf } from './testing/project-files.js';
import { Envelope } from './vocabulary/envelope.js';
import { MeetingHeld, OUTCOMES } from './vocabulary/meetings.js';
import { DEVELOPMENT_TYPES, DEVELOPMENTS, RECORDS, REGISTERS, type DevelopmentType } from './vocabulary/types.js';
import { ASSESSMENTS } from './vocabulary/words.js';

const tables = tablesOf('docs/vocabulary.md');
const rowsOf = (heading: string): Map<string, string[]> =>
  new Map((tables.get(heading) ?? []).map(([type, ...cells]) => [codesIn(type!)[0]!, cells]));
const developments = rowsOf('Developments');
const problemCodes = new Set([...tablesOf('docs/problems.md').values()].flatMap((rows) => rows.flatMap(([code]) => codesIn(code!))));

/** A class's own fields as the page writes them: `?` for what may be left out. */
function fieldsOf(type: Class, besides: readonly string[]): string[] {
  const needed = new Set(faultsOf(type, {}).map(({ pointer }) => pointer.slice(1)));
  return propertiesOf(type)
    .filter((field) => !besides.includes(field))
    .map((field) => (needed.has(field) ? field : `${field}?`))
    .toSorted();
}

/** What developments of a type set, over all values on which that depends. */
function settingsOf(type: DevelopmentType): SlotSetting[] {
  const named = { announcement: 'a', proposal: 'p', promise: 'r', renews: 'r' };
  const positions = ['russia', 'nato'].map((party) => ({ party, issue: 'i', stance: 'silent' }));
  const variants = [
    {},
    { statedBy: 'ned-price' },
    { onBehalfOf: 'nato' },
    ...OUTCOMES.map((outcome) => ({ outcome })),
    ...ASSESSMENTS.map((assessment) => ({ assessment })),
  ];
  return variants.flatMap((variant) => sets(development(type, 'd', { speaker: 'russia', positions, ...named, ...variant })));
}

describe('docs/vocabulary.md', () => {
  it('has every event type, in the order of the code', () => {
    expect([...developments.keys()]).toEqual(DEVELOPMENT_TYPES);
    expect([...rowsOf('The record').keys()]).toEqual(Object.keys(RECORDS));
    expect([...rowsOf('Registers').keys()]).toEqual(Object.keys(REGISTERS));
  });

  it.each(DEVELOPMENT_TYPES)('says which slots %s sets, and to which status', (type) => {
    const settings = settingsOf(type);
    const said = developments.get(type)![1]!;
    const slots = codesIn(said).filter((code) => code !== 'positions');
    expect([...new Set(slots)].toSorted()).toEqual([...new Set(settings.map(({ slot }) => slot))].toSorted());
    for (const setting of settings) if (setting.slot === 'status') expect(said).toContain(setting.value);
  });

  it.each(DEVELOPMENT_TYPES)('gives the default code of %s, and its cases', (type) => {
    const { code, cases = [] } = CAMEO_DEFAULTS[type];
    const expected = [`\`${code}\``, ...cases.map((each) => `${Object.values(each.when).join(' ')} \`${each.code}\``)];
    expect(developments.get(type)![2]).toBe(expected.join('; '));
  });

  it.each(DEVELOPMENT_TYPES)('lists the fields of %s, and accepts what it lists', (type) => {
    expect(codesIn(developments.get(type)![0]!).toSorted()).toEqual(fieldsOf(DEVELOPMENTS[type], propertiesOf(Envelope)));
    expect(faultsOf(DEVELOPMENTS[type], body(type))).toEqual([]);
  });

  it('lists the fields of record events and registers', () => {
    for (const [type, [fields]] of rowsOf('The record')) {
      expect(codesIn(fields!).toSorted()).toEqual(fieldsOf(RECORDS[type as keyof typeof RECORDS], ['id', 'type']));
    }
    for (const [type, [fields]] of rowsOf('Registers')) {
      expect(codesIn(fields!).toSorted()).toEqual(fieldsOf(REGISTERS[type as keyof typeof REGISTERS], []));
    }
  });

  it('names no refusal that docs/problems.md does not explain', () => {
    const rules = [...tables.values()].flat().map((cells) => cells.at(-1)!);
    const names = new Set([...propertiesOf(MeetingHeld), 'replacedBy', 'entry', '/changes', '/report/id']);
    for (const code of rules.flatMap(codesIn)) if (!names.has(code)) expect([...problemCodes]).toContain(code);
  });
});
