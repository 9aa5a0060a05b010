import { describe, expect, it } from '@jest/globals';
import { commitmentsAt, type CommitmentFilter } from './commitments.js';
import { CrisisSlots } from './crisis-slots.js';
import { standing, tableOf } from './testing/factories.js';
import { parseMoment } from './time.js';

const promise = (id: string, day: number, fields: Record<string, unknown> = {}) =>
  standing('ResponsePromised', id, { occurredAt: `2022-01-0${day}`, ...fields }, {}, BigInt(day));
const answer = (to: string, day: number) =>
  standing('ResponseDelivered', `${to}-answered`, { occurredAt: `2022-01-0${day}`, promise: to }, {}, BigInt(day));

const slots = new CrisisSlots([
  {
    track: 'talks',
    slots: tableOf([promise('kept', 1), promise('late', 2, { dueBy: '2022-01-03' }), answer('kept', 4), answer('late', 5)]),
  },
  { track: 'council', slots: tableOf([promise('owed', 3, { dueBy: '2022-01-06' }), promise('open', 6, { by: 'russia', to: 'nato' })]) },
]);

function promises(asOf: string, filter: CommitmentFilter = {}): string[] {
  return [...commitmentsAt(slots, parseMoment(asOf), filter)].flatMap(({ shown }) =>
    shown === undefined ? [] : `${shown.track}/${shown.promise}`,
  );
}

describe('the promises of a crisis', () => {
  it('come from all tracks, the last made first, as far as they were made', () => {
    expect(promises('2022-01-06')).toEqual(['council/open', 'council/owed', 'talks/late', 'talks/kept']);
    expect(promises('2022-01-02')).toEqual(['talks/late', 'talks/kept']);
  });

  it.each<[string, CommitmentFilter, string[]]>([
    ['2022-01-07', { state: ['open'] }, ['council/open', 'council/owed']],
    ['2022-01-07', { state: ['overdue'] }, ['council/owed']],
    ['2022-01-06', { state: ['overdue'] }, []],
    ['2022-01-07', { state: ['delivered'] }, ['talks/late', 'talks/kept']],
    ['2022-01-07', { state: ['late', 'overdue'] }, ['council/owed', 'talks/late']],
    ['2022-01-04', { state: ['late', 'overdue'] }, ['talks/late']],
    ['2022-01-07', { by: ['russia'] }, ['council/open']],
    ['2022-01-07', { to: ['nato', 'russia'], state: ['open'] }, ['council/open', 'council/owed']],
    ['2022-01-07', { state: ['withdrawn', 'renewed'] }, []],
  ])('at %s are found by %j', (asOf, filter, expected) => {
    expect(promises(asOf, filter)).toEqual(expected);
  });
});
