import { describe, expect, it } from '@jest/globals';
import { evolveStanding, type Standing } from './standing.js';
import { record, stateAt, standingsOf, tableOf, type History } from './testing/factories.js';
import { parseMoment } from './time.js';
import { movesBetween, type Move, type TrackAt } from './track-moves.js';

const proposal: History[number] = ['ProposalTabled', 'proposal', '2022-01-01', { to: ['united-states', 'nato'] }];
const promise: History[number] = ['ResponsePromised', 'promise', '2022-01-05', { proposal: 'proposal', dueBy: '2022-01-10' }];
const answer: History[number] = ['ResponseDelivered', 'answer', '2022-01-08', { promise: 'promise' }, { proposal: 'proposal' }];
const taken = (id: string, date: string, fields: Record<string, unknown>): History[number] => ['PositionTaken', id, date, fields];

function at(asOf: string, history: History | Standing[]): TrackAt {
  const standings = history.length > 0 && Array.isArray(history[0]) ? standingsOf(history as History) : (history as Standing[]);
  return { state: stateAt(asOf, standings), slots: tableOf(standings), asOf: parseMoment(asOf) };
}

/** `field of: from -> to because (wasBecause)` of the moves in some fields. */
function told(moves: readonly Move[], fields: readonly string[]): string[] {
  const short = (value: any): string =>
    value === null ? 'none' : typeof value === 'object' ? (value.state ?? value.stance ?? value.awaiting ?? value) : value;
  return moves
    .filter(({ field }) => fields.includes(field))
    .map(({ field, of = '', from, to, because, wasBecause = '' }) =>
      `${field} ${of}: ${short(from)} -> ${short(to)} ${because} ${wasBecause}`.replace(' :', ':').trim(),
    );
}

describe('what moved in a track', () => {
  it('is nothing between a point and itself', () => {
    expect(movesBetween(at('2022-01-08', [proposal, promise, answer]), at('2022-01-08', [proposal, promise, answer]))).toEqual([]);
  });

  it('has each field with what it was, what it is, and the development that set it', () => {
    const history = [proposal, promise, answer];
    expect(
      told(movesBetween(at('2022-01-06', history), at('2022-01-08', history)), ['status', 'whoseMove', 'openProposals', 'openCommitments']),
    ).toEqual([
      'status: awaiting-response -> active answer promise',
      'whoseMove: nato,united-states -> nato proposal promise',
      'openProposals proposal: united-states,nato -> nato answer proposal',
      'openCommitments promise: open -> delivered answer promise',
    ]);
  });

  it('says because of which development a field stands again as before, and what had set it', () => {
    const history = standingsOf([
      ['MeetingHeld', 'talks', '2022-01-01', { outcome: 'progress' }],
      ['TrackSuspended', 'suspended', '2022-01-02'],
    ]);
    const retracted = [history[0]!, evolveStanding(history[1]!, record('DevelopmentRetracted'))];
    expect(told(movesBetween(at('2022-01-03', history), at('2022-01-03', retracted)), ['status'])).toEqual([
      'status: suspended -> active talks suspended',
    ]);
  });

  it('lists a promise that fell due by the clock alone', () => {
    const moves = movesBetween(at('2022-01-10', [promise]), at('2022-01-11', [promise]));
    expect(moves).toMatchObject([
      { field: 'openCommitments', of: 'promise', from: { overdue: false }, to: { overdue: true }, because: 'promise' },
    ]);
    expect(moves[0]!.wasBecause).toBeUndefined();
  });

  it('tells a party’s own stance from what is ascribed to it', () => {
    const own = taken('own', '2022-01-01', { stance: 'demands' });
    const ascribed = taken('ascribed', '2022-01-02', { stance: 'open-to', statedBy: 'nato' });
    const moved = taken('moved', '2022-01-03', { stance: 'conditional' });
    const all = [own, ascribed, moved];
    const between = (from: string, to: string, history: History = all) =>
      told(movesBetween(at(from, history), at(to, history)), ['positions']);
    expect(between('2021-12-31', '2022-01-01')).toEqual(['positions russia/nato-enlargement: none -> demands own']);
    expect(between('2022-01-01', '2022-01-02')).toEqual(['positions russia/nato-enlargement: demands -> demands ascribed own']);
    expect(between('2022-01-02', '2022-01-03')).toEqual(['positions russia/nato-enlargement: demands -> conditional moved own']);
  });

  it('leaves out what moves with every day', () => {
    const history: History = [['MeetingHeld', 'm', '2022-01-01/2022-01-09']];
    expect(movesBetween(at('2022-01-05', history), at('2022-01-20', history))).toEqual([]);
  });
});
