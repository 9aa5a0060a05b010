import { describe, expect, it } from '@jest/globals';
import { CrisisSlots } from './crisis-slots.js';
import { positionsAt, type PositionFilter } from './positions.js';
import { standing, tableOf } from './testing/factories.js';
import { parseMoment } from './time.js';

const taken = (id: string, day: number, fields: Record<string, unknown>) =>
  standing('PositionTaken', id, { occurredAt: `2022-01-0${day}`, ...fields }, {}, BigInt(day));

const slots = new CrisisSlots([
  {
    track: 'talks',
    slots: tableOf([
      taken('first', 1, { stance: 'demands', redLine: true }),
      taken('ascribed', 3, { stance: 'open-to', statedBy: 'nato' }),
    ]),
  },
  {
    track: 'council',
    slots: tableOf([taken('moved', 2, { stance: 'conditional' }), taken('other', 4, { party: 'nato', stance: 'supports' })]),
  },
]);
const positions = (asOf: string, filter: Partial<PositionFilter> = {}) => positionsAt(slots, parseMoment(asOf), { history: 10, ...filter });

describe('the positions in a crisis', () => {
  it('are what each party stated last on any track, with what others ascribe beside it', () => {
    expect(positions('2022-01-01')).toMatchObject([
      { party: 'russia', stance: 'demands', redLine: true, track: 'talks', development: 'first' },
    ]);
    const [nato, russia] = positions('2022-01-04');
    expect(nato).toMatchObject({ party: 'nato', stance: 'supports', statedBy: 'nato' });
    expect(nato!.attributed).toBeUndefined();
    expect(russia).toMatchObject({
      stance: 'conditional',
      since: '2022-01-02',
      track: 'council',
      development: 'moved',
      attributed: { stance: 'open-to', statedBy: 'nato', since: '2022-01-03', track: 'talks', development: 'ascribed' },
    });
    expect(russia!.redLine).toBeUndefined();
  });

  it('have a history over all tracks, in order, as long as is asked for', () => {
    const history = (filter: Partial<PositionFilter>) => {
      const [position] = positions('2022-01-04', { party: ['russia'], ...filter });
      return [position!.history.map(({ development }) => development), position!.earlier];
    };
    expect(history({})).toEqual([['first', 'moved', 'ascribed'], undefined]);
    expect(history({ history: 3 })).toEqual([['first', 'moved', 'ascribed'], undefined]);
    expect(history({ history: 2 })).toEqual([['moved', 'ascribed'], true]);
    expect(history({ history: 0 })).toEqual([[], true]);
  });

  it('can be asked for by party and by issue', () => {
    expect(positions('2022-01-04', { party: ['nato'] }).map(({ party }) => party)).toEqual(['nato']);
    expect(positions('2022-01-04', { issue: ['forces'] })).toEqual([]);
  });
});
