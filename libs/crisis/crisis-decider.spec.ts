import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { affiliationOf, decideRegister, evolveRegisters, isOpened, NO_REGISTERS, type CrisisRegisterType } from './crisis-decider.js';
import { refusal } from './refusal.js';
import { deepFreeze, Desk, desk, NOW, said } from './testing/factories.js';

const source = (reliability: string, more: object = {}) => ({ name: 'TASS', reliability, ...more });
const opened = (): Desk => {
  const made = new Desk();
  made.register('CrisisOpened', undefined, { title: 'Crisis' });
  return made;
};

describe('a crisis', () => {
  it('is opened before anything else is registered', () => {
    const empty = new Desk();
    for (const [type, id, content] of [
      ['ActorRegistered', 'russia', { name: 'Russia', kind: 'state' }],
      ['IssueRaised', 'gas', { title: 'Gas' }],
      ['SourceRegistered', 'tass', source('C')],
      ['CrisisClosed', undefined, {}],
    ] as const)
      expect(said(empty.register(type, id, content))).toBe('not-found unknown-crisis');
    expect(said(empty.register('CrisisOpened', undefined, { title: 'Crisis' }))).toBe('record');
    expect(isOpened(empty.registers)).toBe(true);
  });

  it('is amended by another title, and closed by a mark that is no end', () => {
    const made = opened();
    expect(said(made.register('CrisisOpened', undefined, { title: 'Crisis' }))).toBe('repeat');
    expect(said(made.register('CrisisOpened', undefined, { title: 'Another' }))).toBe('record');
    expect(said(made.register('CrisisClosed', undefined, {}))).toBe('record');
    expect(said(made.register('CrisisClosed', undefined, {}))).toBe('repeat');
    expect(said(made.register('IssueRaised', 'late', { title: 'Late' }))).toBe('record');
    expect(made.registers.crisis.map(({ content }) => content)).toEqual([{ title: 'Crisis' }, { title: 'Another' }]);
  });
});

describe('an entry', () => {
  it('that is not of its shape is told its faults', () => {
    expect(said(opened().register('ActorRegistered', 'russia', { name: '', colour: 'red' }))).toBe(
      'invalid invalid-body /name /kind /colour',
    );
    for (const content of [undefined, null, [], 'text'])
      expect(said(opened().register('IssueRaised', 'gas', content))).toBe('invalid invalid-body ');
  });

  it('sent again with the content that stands does nothing; with other content it is the next entry', () => {
    const made = opened();
    const [a, b] = [{ title: 'Gas' }, { title: 'Gas and oil' }];
    expect([a, a, b, a, a].map((content) => said(made.register('IssueRaised', 'gas', content)))).toEqual([
      'record',
      'repeat',
      'record',
      'record',
      'repeat',
    ]);
    expect(made.registers.issues.get('gas')?.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('does not depend on the order of its members', () => {
    const made = opened();
    made.register('SourceRegistered', 'tass', { name: 'TASS', reliability: 'C' });
    expect(said(made.register('SourceRegistered', 'tass', { reliability: 'C', name: 'TASS' }))).toBe('repeat');
  });

  it('cannot be recorded while nothing can, but a repeat is told all the same', () => {
    const made = opened();
    made.now = refusal('unavailable', 'clock-behind', 'The clock is behind');
    expect(said(made.register('CrisisOpened', undefined, { title: 'Crisis' }))).toBe('repeat');
    expect(said(made.register('IssueRaised', 'gas', { title: 'Gas' }))).toBe('unavailable clock-behind');
  });

  it('has a store id of its own', () => {
    const ids = new Set<string>();
    const made = opened();
    for (const [type, id, content] of [
      ['IssueRaised', 'gas', { title: 'Gas' }],
      ['IssueRaised', 'gas', { title: 'Gas!' }],
      ['SourceRegistered', 'gas', source('C')],
      ['SourceRegistered', 'gas', source('D')],
      ['ActorRegistered', 'gas', { name: 'G', kind: 'group' }],
    ] as const) {
      const decision = made.register(type, id, content);
      if (decision.kind === 'record') ids.add(decision.draft.eventId);
    }
    expect(ids.size).toBe(5);
  });
});

describe('an import', () => {
  const gas = (made: Desk, title: string, entry?: number): string =>
    said(made.register('IssueRaised', 'gas', { title }, { imported: true, entry }));

  it('takes what equals any earlier entry for that entry', () => {
    const made = opened();
    expect(['A', 'B', 'A', 'B', 'C'].map((title) => gas(made, title))).toEqual(['record', 'record', 'repeat', 'repeat', 'record']);
  });

  it('records an entry with the next number even if it equals an earlier one', () => {
    const made = opened();
    expect([gas(made, 'A', 1), gas(made, 'B', 2), gas(made, 'A', 3)]).toEqual(['record', 'record', 'record']);
    expect([gas(made, 'A', 1), gas(made, 'B', 2), gas(made, 'A', 3)]).toEqual(['repeat', 'repeat', 'repeat']);
  });

  it('takes a number that is given away for a repeat where the content equals any entry, else for a conflict', () => {
    const made = opened();
    gas(made, 'A', 1);
    gas(made, 'B', 2);
    expect(gas(made, 'B', 1)).toBe('repeat');
    expect(gas(made, 'C', 1)).toBe('conflict entry-taken /entry');
  });

  it('refuses a number after the next', () => {
    expect(gas(opened(), 'A', 2)).toBe('rule entry-gap /entry');
  });

  it.each([0, -1, 1.5, Number.NaN])('is not thrown off by an entry number that is none: %s', (entry) => {
    const made = opened();
    gas(made, 'A');
    expect(() => gas(made, 'C', entry)).not.toThrow();
  });
});

describe('a source', () => {
  it('sent again with another grade, and nothing else, is graded anew', () => {
    const made = opened();
    made.register('SourceRegistered', 'tass', source('C', { url: 'https://tass.com' }));
    const decision = made.register('SourceRegistered', 'tass', source('D', { url: 'https://tass.com' }));
    expect(decision).toMatchObject({
      kind: 'record',
      draft: { type: 'SourceRegraded', data: { type: 'SourceRegraded', id: 'tass', entry: 2, content: { reliability: 'D' } } },
    });
    expect(made.registers.sources.get('tass')?.at(-1)?.content).toEqual(source('D', { url: 'https://tass.com' }));
    expect(said(made.register('SourceRegistered', 'tass', source('D', { url: 'https://tass.com' })))).toBe('repeat');
  });

  it('sent again with more than another grade is registered again', () => {
    const made = opened();
    made.register('SourceRegistered', 'tass', source('C'));
    expect(made.register('SourceRegistered', 'tass', source('D', { language: 'ru' }))).toMatchObject({
      draft: { type: 'SourceRegistered' },
    });
  });

  it('is graded by itself, once it is registered', () => {
    const made = opened();
    expect(said(made.register('SourceRegraded', 'tass', { reliability: 'D' }))).toBe('rule unknown-source /id');
    made.register('SourceRegistered', 'tass', source('C'));
    expect(['D', 'D', 'C'].map((reliability) => said(made.register('SourceRegraded', 'tass', { reliability })))).toEqual([
      'record',
      'repeat',
      'record',
    ]);
    expect(said(made.register('SourceRegraded', 'tass', { reliability: 'G' }))).toBe('invalid invalid-body /reliability');
    expect(made.registers.sources.get('tass')).toHaveLength(3);
  });

  it('comes out of an export of its entries as it went in', () => {
    const made = opened();
    const lines = [
      ['SourceRegistered', source('C'), 1],
      ['SourceRegraded', { reliability: 'D' }, 2],
      ['SourceRegraded', { reliability: 'C' }, 3],
      ['SourceRegistered', source('C', { language: 'ru' }), 4],
    ] as const;
    for (const expected of ['record', 'repeat'])
      expect(lines.map(([type, content, entry]) => said(made.register(type, 'tass', content, { entry, imported: true })))).toEqual(
        lines.map(() => expected),
      );
    expect(made.registers.sources.get('tass')?.map(({ content }) => content['reliability'])).toEqual(['C', 'D', 'C', 'C']);
  });
});

describe('an actor', () => {
  const actor = (fields: object) => ({ name: 'X', kind: 'person', ...fields });

  it('belongs to actors that are registered', () => {
    expect(said(desk().register('ActorRegistered', 'x', actor({ affiliation: 'mars', memberOf: ['nato', 'venus'] })))).toBe(
      'rule unknown-actor /affiliation /memberOf/1',
    );
    expect(said(desk().register('ActorRegistered', 'x', actor({ affiliation: 'russia', memberOf: ['nato'] })))).toBe('record');
  });

  it('spoke for whom it was affiliated with at that time, its first entry holding from the beginning', () => {
    const made = desk();
    made.now = NOW + 10;
    made.register('ActorRegistered', 'sergey-lavrov', actor({ affiliation: 'nato' }));
    made.now = NOW + 20;
    made.register('ActorRegistered', 'sergey-lavrov', actor({}));
    const at = [0, NOW, NOW + 9, NOW + 10, NOW + 20].map((moment) => affiliationOf(made.registers, 'sergey-lavrov', moment));
    expect(at).toEqual(['russia', 'russia', 'russia', 'nato', undefined]);
    expect(affiliationOf(made.registers, 'nobody', NOW)).toBeUndefined();
  });
});

describe('a track in its register', () => {
  it('is opened once, amended by other content, repeated by the same', () => {
    const made = opened();
    expect(said(made.open('osce', { title: 'OSCE', parties: ['russia'] }))).toBe('rule unknown-actor /parties/0');
    made.register('ActorRegistered', 'russia', { name: 'Russia', kind: 'state' });
    const titles = ['OSCE', 'OSCE', 'The OSCE'].map((title) => said(made.open('osce', { title, parties: ['russia'] })));
    expect(titles).toEqual(['record', 'repeat', 'record']);
    expect(said(made.open('osce', { title: 'OSCE', parties: ['russia'] }, { entry: 1, imported: true }))).toBe('repeat');
    expect(said(made.open('osce', { title: 'OSCE', parties: ['russia'] }, { entry: 4, imported: true }))).toBe('rule entry-gap /entry');
    expect(made.track('osce').entries.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('needs its crisis and its shape, and is not the one that every crisis has', () => {
    expect(said(new Desk().open('osce'))).toBe('not-found unknown-crisis');
    expect(said(opened().open('osce', { parties: [] }))).toBe('invalid invalid-body /title /parties');
    expect(said(opened().open('context'))).toBe('conflict context-track-is-given');
  });
});

describe('the registers’ decider', () => {
  const types: CrisisRegisterType[] = [
    'CrisisOpened',
    'CrisisClosed',
    'ActorRegistered',
    'IssueRaised',
    'SourceRegistered',
    'SourceRegraded',
  ];
  const content = fc.oneof(
    fc.record({ title: fc.constantFrom('A', 'B') }),
    fc.record(
      { name: fc.constantFrom('A', 'B'), kind: fc.constant('state'), affiliation: fc.constantFrom('a', 'b') },
      { requiredKeys: ['name', 'kind'] },
    ),
    fc.record({ name: fc.constantFrom('A', 'B'), reliability: fc.constantFrom('A', 'B', 'F') }),
    fc.record({ reliability: fc.constantFrom('A', 'B', 'F') }),
    fc.constant({}),
  );
  const command = fc.record(
    {
      type: fc.constantFrom(...types),
      id: fc.constantFrom('a', 'b'),
      content,
      imported: fc.boolean(),
      entry: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    },
    { requiredKeys: ['type', 'id', 'content', 'imported'] },
  );

  it('takes what it recorded for a repeat, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const made = opened();
        for (const { type, id, content, imported, entry } of commands) {
          const decision = made.register(type, id, content, { imported, entry });
          if (decision.kind !== 'record') continue;
          expect(said(made.decideRegister(type, id, content, { imported, entry }))).toBe('repeat');
          made.now = refusal('unavailable', 'clock-behind', '');
          expect(said(made.decideRegister(type, id, content, { imported, entry }))).toBe('repeat');
          made.now = NOW;
        }
      }),
    );
  });

  it('is total: any JSON is recorded, repeated or refused, and changes nothing that was given', () => {
    const { registers } = desk();
    const drawn = fc.oneof(content, fc.jsonValue());
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        drawn,
        fc.constantFrom(registers, NO_REGISTERS),
        fc.option(fc.integer(), { nil: undefined }),
        (type, value, state, entry) => {
          const given = deepFreeze({ type, crisis: 'crisis', id: 'tass', content: value, imported: true, entry });
          const decision = decideRegister(given, deepFreeze({ ...state }), NOW);
          if (decision.kind === 'record')
            evolveRegisters(deepFreeze({ ...state }), deepFreeze(decision.draft.data) as never, {
              revision: 1n,
              position: 1n,
              recordedAt: NOW,
            });
        },
      ),
    );
  });
});
