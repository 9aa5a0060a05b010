import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comesTrue, dueMomentsOf, type DueMoment } from './due.js';
import { standingsOf, stateAt, tableOf, type History } from './testing/factories.js';
import { formatMoment } from './time.js';

const momentsOf = (...history: History): string[] =>
  standingsOf(history)
    .flatMap((each) => dueMomentsOf(each))
    .map(({ kind, key, at }) => `${kind} ${key} ${formatMoment(at)}`);

const announcement: History[number] = ['MeetingAnnounced', 'announcement', '2022-01-01T10:00:00Z', { scheduledFor: '2022-01-10' }];
const promise: History[number] = ['ResponsePromised', 'promise', '2022-01-05T10:00:00Z', { dueBy: '2022-01-10' }];

describe('what falls due by the clock alone', () => {
  it('is the first moment at which the answer is another', () => {
    expect(momentsOf(announcement)).toEqual(['meeting-lapsed announcement 2022-01-11T00:00:00.000Z']);
    expect(momentsOf(promise)).toEqual(['commitment-overdue promise 2022-01-11T00:00:00.000Z']);
    expect(momentsOf(['TrackResumed', 'd', '2022-01-10'])).toEqual(['span-ended d 2022-01-10T23:59:59.999Z']);
    expect(momentsOf(['TrackResumed', 'd', '2022-01-10T10:00:00Z'])).toEqual([]);
  });

  it('is nothing where the end is open or no date was given', () => {
    for (const dueBy of [undefined, '2022-01-10/..'])
      expect(momentsOf(['ResponsePromised', 'p', '2022-01-05T10:00:00Z', { dueBy }])).toEqual([]);
  });

  it('of a rescheduling is its announcement’s', () => {
    expect(momentsOf(['MeetingRescheduled', 'm', '2022-01-05T10:00:00Z', { announcement: 'a', scheduledFor: '2022-02' }])).toEqual([
      'meeting-lapsed a 2022-03-01T00:00:00.000Z',
    ]);
  });

  const trueOf = (...history: History): string[] => {
    const standings = standingsOf(history);
    const slots = tableOf(standings);
    return standings
      .flatMap((each) => dueMomentsOf(each))
      .filter((moment) => moment.kind !== 'span-ended' && comesTrue(moment, slots))
      .map(({ key, at }) => `${key} ${formatMoment(at).slice(0, 10)}`);
  };

  it('does not come true for what was answered, held, cancelled or moved by then', () => {
    expect(trueOf(promise, announcement)).toEqual(['promise 2022-01-11', 'announcement 2022-01-11']);
    expect(trueOf(promise, ['ResponseDelivered', 'a', '2022-01-10', { promise: 'promise' }])).toEqual([]);
    expect(trueOf(promise, ['ResponseDelivered', 'a', '2022-01-12', { promise: 'promise' }])).toEqual(['promise 2022-01-11']);
    expect(trueOf(announcement, ['MeetingHeld', 'h', '2022-01-10', { announcement: 'announcement' }])).toEqual([]);
    expect(trueOf(announcement, ['MeetingCancelled', 'c', '2022-01-03', { announcement: 'announcement' }])).toEqual([]);
    expect(
      trueOf(announcement, ['MeetingRescheduled', 'm', '2022-01-03', { announcement: 'announcement', scheduledFor: '2022-02-01' }]),
    ).toEqual(['announcement 2022-02-02']);
  });

  it('is all that changes a state between two developments', () => {
    const day = fc.integer({ min: 10, max: 19 }).map((n) => `2022-01-${n}`);
    const drawn = fc.oneof(
      fc.tuple(fc.constant('MeetingAnnounced'), day, fc.record({ scheduledFor: day })),
      fc.tuple(fc.constant('MeetingRescheduled'), day, fc.record({ scheduledFor: day, announcement: fc.constantFrom('d-0', 'd-1') })),
      fc.tuple(fc.constant('ResponsePromised'), day, fc.record({ dueBy: day, renews: fc.constantFrom(undefined, 'd-0') })),
      fc.tuple(fc.constant('MeetingHeld'), day, fc.record({ announcement: fc.constantFrom(undefined, 'd-0') })),
    );
    fc.assert(
      fc.property(fc.array(drawn, { minLength: 1, maxLength: 6 }), fc.nat(11 * 24), (events, hours) => {
        const history = events.map(([type, date, fields], index) => [type, `d-${index}`, date, fields]) as unknown as History;
        const standings = standingsOf(history);
        const slots = tableOf(standings);
        const moment = Date.parse('2022-01-10T00:00:00Z') + hours * 3_600_000;
        const changed =
          JSON.stringify(stateAt(formatMoment(moment - 1), history)) !== JSON.stringify(stateAt(formatMoment(moment), history));
        const began = standings.some(({ order }) => order.earliest === moment);
        const due = standings.flatMap((each): DueMoment[] => dueMomentsOf(each)).filter((each) => each.at === moment);
        if (changed && !began) expect(due.some((each) => comesTrue(each, slots))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
