import { describe, expect, it } from '@jest/globals';
import { CrisisSlots, lastFirst } from './crisis-slots.js';
import { standing, tableOf } from './testing/factories.js';
import { parseMoment } from './time.js';

const said = (id: string, occurredAt: string, position: bigint) =>
  standing('StatementMade', id, { occurredAt, speaker: 'russia' }, {}, position);
const slots = new CrisisSlots([
  { track: 'talks', slots: tableOf([said('a', '2022-01-10', 1n), said('d', '2022-01-13', 4n)]) },
  { track: 'council', slots: tableOf([said('b', '2022-01-11', 2n), said('c', '2022-01-12', 3n), said('e', '2022-01-13', 5n)]) },
]);
const last = (asOf: string) => slots.last('statement', 'russia', parseMoment(asOf));

describe('the slots of a crisis', () => {
  it('hold what was set last on any track', () => {
    expect(last('2022-01-09')).toBeUndefined();
    expect(last('2022-01-10')).toMatchObject({ track: 'talks', development: 'a' });
    expect(last('2022-01-12')).toMatchObject({ track: 'council', development: 'c' });
    expect(last('2022-01-13')).toMatchObject({ track: 'council', development: 'e' });
  });

  it('tell what was last set under each key on all tracks, no more than is asked for', () => {
    const latest = (most: number, keys?: string[]) =>
      [...slots.latest('statement', parseMoment('2022-01-13'), most, keys)].map(([key, rows]) => [
        key,
        rows.map(({ track, development }) => `${track}/${development}`),
      ]);
    expect(latest(9)).toEqual([['russia', ['council/e', 'talks/d', 'council/c', 'council/b', 'talks/a']]]);
    expect(latest(3, ['russia', 'nato'])).toEqual([['russia', ['council/e', 'talks/d', 'council/c']]]);
    expect(latest(3, ['nato'])).toEqual([]);
  });

  it('have the keys of all tracks, each once', () => {
    expect(slots.keys('statement')).toEqual(['russia']);
    expect(slots.keys('position')).toEqual([]);
  });

  it('are read no further than is asked for', () => {
    let read = 0;
    function* list(earliest: number) {
      for (; ; earliest--) {
        read++;
        yield { order: { earliest, latest: earliest, sequence: 0, position: 1n } };
      }
    }
    const merged = lastFirst([list(10), list(5)]);
    for (let count = 0; count < 3; count++) merged.next();
    expect(read).toBe(4);
  });
});
