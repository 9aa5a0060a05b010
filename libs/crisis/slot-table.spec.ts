import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareOrder } from './order.js';
import { sets } from './slots.js';
import { SlotTable } from './slot-table.js';
import { evolveStanding, isVisible, type Standing } from './standing.js';
import { record, standing, standingsOf, tableOf } from './testing/factories.js';
import { parseMoment } from './time.js';

const statement = (id: string, occurredAt: string, position: bigint): Standing =>
  standing('StatementMade', id, { occurredAt, summary: id }, {}, position);
const setter = (table: SlotTable, asOf: string): string | undefined =>
  table.last('statement', 'sergey-lavrov', parseMoment(asOf))?.development;

describe('a slot', () => {
  const table = tableOf([
    statement('second', '2022-01-12', 1n),
    statement('first', '2022-01-10', 2n),
    statement('third', '2022-01-14', 3n),
  ]);

  it('holds what the last development in order of occurrence set by then', () => {
    expect(['2022-01-09', '2022-01-10', '2022-01-13', '2022-01-14'].map((asOf) => setter(table, asOf))).toEqual([
      undefined,
      'first',
      'second',
      'third',
    ]);
  });

  it('knows the first that was set from a place in the order on', () => {
    const { order } = statement('x', '2022-01-11', 9n);
    const first = (asOf: string, from?: typeof order) => table.first('statement', 'sergey-lavrov', parseMoment(asOf), from)?.development;
    expect([first('2022-02'), first('2022-02', order), first('2022-01-11', order)]).toEqual(['first', 'second', undefined]);
  });

  it('shows the setter before when the last one is retracted, and again when it is reinstated', () => {
    const third = statement('third', '2022-01-14', 3n);
    const retracted = evolveStanding(third, record('DevelopmentRetracted'));
    table.put(retracted);
    expect(setter(table, '2022-02')).toBe('second');
    table.put(evolveStanding(retracted, record('DevelopmentReinstated')));
    expect(setter(table, '2022-02')).toBe('third');
  });

  it('is left by a development that was corrected away from it', () => {
    const moved = tableOf([statement('only', '2022-01-10', 1n)]);
    moved.put(evolveStanding(statement('only', '2022-01-10', 1n), record('DevelopmentCorrected', { changes: { speaker: 'ned-price' } })));
    expect([...moved.keys('statement')]).toEqual(['ned-price']);
  });

  it('is not set by what a filter of sources takes out', () => {
    const filtered = tableOf([statement('a', '2022-01-10', 1n)], { exclude: ['reuters'], reliabilityOf: () => 'A' });
    expect([...filtered.keys('statement')]).toEqual([]);
  });
});

describe('the table', () => {
  it('equals a naive fold, whatever was put, corrected, retracted and put again', () => {
    const date = fc.constantFrom('2022-01-10', '2022-01-11', '2022-01', '2022-01-11T10:00:00Z');
    const step = fc.record({
      id: fc.nat(5),
      occurredAt: date,
      sequence: fc.integer({ min: -1, max: 1 }),
      retracted: fc.boolean(),
      announcement: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), date, (steps, asOfText) => {
        const table = new SlotTable();
        const stand = new Map<number, Standing>();
        for (const { id, occurredAt, sequence, retracted, announcement } of steps) {
          const fields = { sequence, announcement: `a-${announcement}` };
          const [fresh] = standingsOf([['MeetingHeld', `d-${id}`, occurredAt, fields]]);
          const put = { ...fresh!, retracted, order: { ...fresh!.order, position: BigInt(id) } };
          stand.set(id, put);
          table.put(put);
        }
        const asOf = parseMoment(asOfText);
        const visible = [...stand.values()]
          .filter((each) => isVisible(each) && each.order.earliest <= asOf)
          .sort((a, b) => compareOrder(a.order, b.order));
        for (const [slot, key] of [
          ['status', ''],
          ['meeting', ''],
          ['held', 'a-0'],
          ['held', 'a-1'],
        ] as const) {
          const setters = visible.filter(({ content }) => sets(content).some((setting) => setting.slot === slot && setting.key === key));
          expect(table.last(slot, key, asOf)?.development).toBe(setters.at(-1)?.content.id);
          expect(table.first(slot, key, asOf)?.development).toBe(setters[0]?.content.id);
          const ids = setters.map(({ content }) => content.id).toReversed();
          expect([...table.history(slot, key, asOf)].map(({ development }) => development)).toEqual(ids);
          const before = setters[1]?.order;
          if (before !== undefined)
            expect([...table.history(slot, key, asOf, before)].map(({ development }) => development)).toEqual(ids.slice(-1));
        }
      }),
    );
  });
});
