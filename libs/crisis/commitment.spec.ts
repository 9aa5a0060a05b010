import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { awaitedFrom, commitmentAt, openBetween, type Commitment } from './commitment.js';
import { evolveStanding, type Standing } from './standing.js';
import { record, standingsOf, stateAt, tableOf, type History } from './testing/factories.js';
import { parseMoment } from './time.js';

const proposal: History[number] = ['ProposalTabled', 'proposal', '2022-01-01'];
const promise: History[number] = ['ResponsePromised', 'promise', '2022-01-05', { proposal: 'proposal', dueBy: '2022-01-10' }];
const delivery = (id: string, date: string, fields: object): History[number] => ['ResponseDelivered', id, date, { ...fields }];
const at = (asOf: string, history: History | Standing[], key = 'promise'): Commitment | undefined => {
  const standings = Array.isArray(history[0]) ? standingsOf(history as History) : (history as Standing[]);
  return commitmentAt(key, tableOf(standings), parseMoment(asOf));
};

describe('a promise', () => {
  it('is not there before it was made', () => {
    expect(at('2022-01-04', [promise])).toBeUndefined();
  });

  it('is open until it is answered', () => {
    expect(at('2022-01-05', [proposal, promise])).toMatchObject({
      state: 'open',
      overdue: false,
      promisedAt: '2022-01-05',
      dueBy: '2022-01-10',
      closedBy: undefined,
    });
  });

  it('is answered by the first delivery that names it, whoever gave it', () => {
    const history = [
      promise,
      delivery('later', '2022-01-08', { promise: 'promise' }),
      delivery('first', '2022-01-07', { by: 'nato', promise: 'promise' }),
    ];
    expect(at('2022-01-08', history)).toMatchObject({ state: 'delivered', closedBy: 'first', closedAt: '2022-01-07', late: false });
    expect(at('2022-01-06', history)).toMatchObject({ state: 'open' });
  });

  it('is answered by what its giver delivered on its proposal, but not before it', () => {
    expect(at('2022-01-09', [proposal, promise, delivery('a', '2022-01-04', { proposal: 'proposal' })])).toMatchObject({ state: 'open' });
    expect(at('2022-01-09', [proposal, promise, delivery('a', '2022-01-05', { proposal: 'proposal' })])).toMatchObject({
      state: 'delivered',
      closedBy: 'a',
    });
    expect(at('2022-01-09', [proposal, promise, delivery('a', '2022-01-06', { by: 'nato', proposal: 'proposal' })])).toMatchObject({
      state: 'open',
    });
  });

  it('is answered by the earlier of a delivery that names it and one on its proposal', () => {
    const named = (date: string) => delivery('named', date, { promise: 'promise' });
    const given = delivery('given', '2022-01-07', { proposal: 'proposal' });
    expect(at('2022-01-09', [promise, named('2022-01-08'), given])?.closedBy).toBe('given');
    expect(at('2022-01-09', [promise, named('2022-01-06'), given])?.closedBy).toBe('named');
  });

  it('is overdue from the first millisecond after the latest moment of dueBy', () => {
    expect(at('2022-01-10T23:59:59.999Z', [promise])?.overdue).toBe(false);
    expect(at('2022-01-11T00:00:00.000Z', [promise])?.overdue).toBe(true);
  });

  it.each([undefined, '2022-01-06/..', '2022-01-06/'])('that is due by %s is never overdue', (dueBy) => {
    expect(at('9999', [['ResponsePromised', 'promise', '2022-01-05', { dueBy }]])).toMatchObject({ state: 'open', overdue: false });
  });

  it('delivered after it was due is late, and no longer overdue', () => {
    const history = [promise, delivery('a', '2022-01-11', { promise: 'promise' })];
    expect(at('2022-01-11', history)).toMatchObject({ state: 'delivered', overdue: false, late: true });
    expect(at('2022-01-10', [promise, delivery('a', '2022-01-10', { promise: 'promise' })])).toMatchObject({ late: false });
  });

  it('that is withdrawn is closed as withdrawn', () => {
    const history: History = [promise, ['PromiseWithdrawn', 'w', '2022-01-07', { promise: 'promise' }]];
    expect(at('2022-01-06', history)).toMatchObject({ state: 'open' });
    expect(at('2022-02', history)).toMatchObject({
      state: 'withdrawn',
      overdue: false,
      closedBy: 'w',
      closedAt: '2022-01-07',
      late: undefined,
    });
  });

  it('that is delivered all the same after it was withdrawn is delivered', () => {
    const history: History = [
      promise,
      ['PromiseWithdrawn', 'w', '2022-01-07', { promise: 'promise' }],
      delivery('a', '2022-01-08', { promise: 'promise' }),
    ];
    expect([at('2022-01-07', history)?.state, at('2022-01-08', history)?.state]).toEqual(['withdrawn', 'delivered']);
  });

  const renewal: History[number] = [
    'ResponsePromised',
    'renewal',
    '2022-01-09',
    { proposal: 'proposal', renews: 'promise', dueBy: '2022-01-20' },
  ];

  it('that is renewed is closed as renewed, and the new one is open', () => {
    const history = [proposal, promise, renewal];
    expect(at('2022-01-08', history)).toMatchObject({ state: 'open' });
    expect(at('2022-01-15', history)).toMatchObject({ state: 'renewed', overdue: false, closedBy: 'renewal' });
    expect(at('2022-01-15', history, 'renewal')).toMatchObject({ state: 'open', overdue: false });
  });

  it('stays renewed when the one in its place is kept: it was not delivered late', () => {
    const history = [proposal, promise, renewal, delivery('a', '2022-01-18', { proposal: 'proposal' })];
    expect(at('2022-01-18', history)).toMatchObject({ state: 'renewed', closedBy: 'renewal', late: undefined });
    expect(at('2022-01-18', history, 'renewal')).toMatchObject({ state: 'delivered', closedBy: 'a', late: false });
  });

  it('is still owed on a proposal that was withdrawn, and a delivery may still name either', () => {
    const history: History = [proposal, promise, ['ProposalWithdrawn', 'w', '2022-01-06', { proposal: 'proposal' }]];
    expect(at('2022-01-11', history)).toMatchObject({ state: 'open', overdue: true, dangling: undefined });
    expect(at('2022-01-12', [...history, delivery('a', '2022-01-12', { proposal: 'proposal' })])).toMatchObject({ state: 'delivered' });
  });

  it('is still owed on a proposal that was retracted, and shown as dangling', () => {
    const [tabled, promised, delivered] = standingsOf([proposal, promise, delivery('a', '2022-01-12', { proposal: 'proposal' })]);
    const retracted = evolveStanding(tabled!, record('DevelopmentRetracted'));
    expect(at('2022-01-11', [retracted, promised!])).toMatchObject({ state: 'open', overdue: true, dangling: true });
    expect(at('2022-01-12', [retracted, promised!, delivered!])).toMatchObject({ state: 'delivered', dangling: true });
  });

  it('is open again when its delivery is retracted', () => {
    const [promised, delivered] = standingsOf([promise, delivery('a', '2022-01-07', { promise: 'promise' })]);
    expect(at('2022-01-09', [promised!, evolveStanding(delivered!, record('DevelopmentRetracted'))])).toMatchObject({ state: 'open' });
  });
});

describe('the index of what is open', () => {
  it('has every matter at every moment at which it is open', () => {
    const day = fc.integer({ min: 1, max: 9 }).map((n) => `2022-01-0${n}`);
    const drawn = fc.oneof(
      fc.tuple(fc.constant('ProposalTabled'), day, fc.record({ to: fc.constantFrom(['united-states'], ['united-states', 'nato']) })),
      fc.tuple(
        fc.constant('ResponsePromised'),
        day,
        fc.record({ proposal: fc.constantFrom(undefined, 'd-0', 'd-1'), renews: fc.constantFrom(undefined, 'd-2') }),
      ),
      fc.tuple(
        fc.constant('ResponseDelivered'),
        day,
        fc.record({
          promise: fc.constantFrom(undefined, 'd-1', 'd-2'),
          proposal: fc.constantFrom(undefined, 'd-0', 'd-1'),
          by: fc.constantFrom('united-states', 'nato'),
        }),
      ),
      fc.tuple(fc.constant('ProposalWithdrawn'), day, fc.record({ proposal: fc.constantFrom('d-0', 'd-1') })),
      fc.tuple(fc.constant('PromiseWithdrawn'), day, fc.record({ promise: fc.constantFrom('d-1', 'd-2') })),
      fc.tuple(fc.constant('MeetingAnnounced'), day, fc.record({ scheduledFor: day })),
      fc.tuple(fc.constant('MeetingRescheduled'), day, fc.record({ announcement: fc.constantFrom('d-0', 'd-3'), scheduledFor: day })),
      fc.tuple(fc.constant('MeetingCancelled'), day, fc.record({ announcement: fc.constantFrom('d-0', 'd-3') })),
      fc.tuple(fc.constant('MeetingHeld'), day, fc.record({ announcement: fc.constantFrom(undefined, 'd-0', 'd-3') })),
    );
    fc.assert(
      fc.property(fc.array(drawn, { minLength: 1, maxLength: 10 }), day, (events, asOf) => {
        const history = events.map(([type, date, fields], index) => [type, `d-${index}`, date, fields]) as unknown as History;
        const slots = tableOf(standingsOf(history));
        const moment = parseMoment(asOf);
        const said = (matter: 'promise' | 'proposal' | 'announced', key: string): boolean => {
          const between = openBetween(matter, key, slots);
          return between !== undefined && between.from <= moment && moment < between.to;
        };
        const state = stateAt(asOf, history);
        for (const { promise } of state.openCommitments) expect(said('promise', promise)).toBe(true);
        for (const { proposal } of state.openProposals) expect(said('proposal', proposal)).toBe(true);
        if (state.nextMeeting !== null) expect(said('announced', state.nextMeeting.announcement)).toBe(true);
        for (const [, id] of history) {
          const row = slots.last('proposal', id, moment);
          if (row !== undefined) expect(said('proposal', id)).toBe(awaitedFrom(id, row, slots, moment).length > 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('knows no matter that never began', () => {
    expect(openBetween('promise', 'nothing', tableOf([]))).toBeUndefined();
  });
});
