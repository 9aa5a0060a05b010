import { describe, expect, it } from '@jest/globals';
import { evolveStanding } from './standing.js';
import { record, stateAt, standingsOf, type History } from './testing/factories.js';

const US = 'united-states';
const proposal: History[number] = ['ProposalTabled', 'proposal', '2022-01-01'];
const promise: History[number] = ['ResponsePromised', 'promise', '2022-01-05', { proposal: 'proposal', dueBy: '2022-01-10' }];
const answer: History[number] = ['ResponseDelivered', 'answer', '2022-01-08', { promise: 'promise' }, { proposal: 'proposal' }];
const announcement: History[number] = ['MeetingAnnounced', 'announcement', '2022-01-01', { scheduledFor: '2022-01-10' }];
const twoSided: History[number] = ['ProposalTabled', 'proposal', '2022-01-01', { to: [US, 'nato'] }];
const by = (party: string, id: string, date: string): History[number] => [
  'ResponseDelivered',
  id,
  date,
  { by: party, proposal: 'proposal' },
];

describe('the status of a track', () => {
  it('reads proposed while nothing has set it', () => {
    expect(stateAt('2022-01-12', [])).toMatchObject({ status: 'proposed', since: null, because: {} });
    expect(stateAt('2022-01-12', [['ActionReported', 'd', '2022-01-01']]).status).toBe('proposed');
  });

  it('reads scheduled while an announced meeting lies ahead, and names the announcement', () => {
    const state = stateAt('2022-01-05', [announcement]);
    expect(state).toMatchObject({ status: 'scheduled', since: '2022-01-01', because: { status: 'announcement', since: 'announcement' } });
    expect(stateAt('2022-01-11', [announcement]).status).toBe('proposed');
  });

  it('is what the last development in order of occurrence set, and names it', () => {
    const history: History = [
      ['MeetingHeld', 'late', '2022-01-12', { outcome: 'breakdown' }],
      ['MeetingHeld', 'early', '2022-01-10', { outcome: 'progress' }],
    ];
    expect(stateAt('2022-01-12', history)).toMatchObject({ status: 'stalled', since: '2022-01-12', because: { status: 'late' } });
    expect(stateAt('2022-01-11', history)).toMatchObject({ status: 'active', since: '2022-01-10', because: { status: 'early' } });
    expect(stateAt('2022-01-09', history)).toMatchObject({ status: 'proposed' });
  });

  it('reads active, not awaiting-response, once nothing is open, since the answer', () => {
    const statement: History[number] = ['ResponsePromised', 'promise', '2022-01-05'];
    const delivered: History = [statement, ['ResponseDelivered', 'answer', '2022-01-04', { promise: 'promise' }]];
    expect(stateAt('2022-01-05', [statement]).status).toBe('awaiting-response');
    expect(stateAt('2022-01-05', delivered)).toMatchObject({ status: 'active', since: '2022-01-05', because: { status: 'promise' } });
  });

  it('reads active once all that was open is withdrawn, since the withdrawal', () => {
    const history: History = [proposal, ['ProposalWithdrawn', 'withdrawal', '2022-01-03', { proposal: 'proposal' }]];
    expect(stateAt('2022-01-02', history)).toMatchObject({ status: 'awaiting-response', because: { status: 'proposal' } });
    expect(stateAt('2022-01-03', history)).toMatchObject({ status: 'active', since: '2022-01-03', because: { status: 'withdrawal' } });
  });

  it('is none on the context track', () => {
    const held = standingsOf([['MeetingHeld', 'd', '2022-01-01', { track: 'context' }]]);
    expect(stateAt('2022-01-02', held, { id: 'context', title: 'ignored', parties: [] })).toMatchObject({
      status: null,
      since: null,
      title: 'Context',
      meetingsHeld: 1,
    });
    expect(stateAt('2022-01-02', [], { id: 'context' }).status).toBeNull();
  });
});

describe('whose move it is', () => {
  const move = (asOf: string, history: History) => {
    const { whoseMove, because } = stateAt(asOf, history);
    return [whoseMove, because['whoseMove']];
  };

  it('is nobody’s while nothing was proposed, promised or delivered', () => {
    expect(move('2022-01-12', [['MeetingHeld', 'm', '2022-01-10']])).toEqual([[], undefined]);
  });

  it('is theirs who owe an open proposal an answer', () => {
    expect(move('2022-01-12', [twoSided])).toEqual([['nato', US], 'proposal']);
    expect(move('2022-01-12', [twoSided, by('nato', 'a', '2022-01-03')])).toEqual([[US], 'proposal']);
  });

  it('is theirs who promised, beside those who owe a proposal an answer', () => {
    const promised: History[number] = ['ResponsePromised', 'promise', '2022-01-05', { by: 'russia', to: US }];
    expect(move('2022-01-12', [proposal, promised])).toEqual([['russia', US], 'promise']);
  });

  it('is the receiver’s of the last delivery when nothing is open', () => {
    expect(move('2022-01-12', [proposal, promise, answer])).toEqual([['russia'], 'answer']);
  });

  it('is nobody’s when a meeting began after that delivery’s span', () => {
    const met = (occurredAt: string): History => [proposal, promise, answer, ['MeetingHeld', 'm', occurredAt]];
    expect(move('2022-01-12', met('2022-01-09'))).toEqual([[], 'm']);
    expect(move('2022-01-12', met('2022-01-08'))).toEqual([['russia'], 'answer']);
    expect(move('2022-01-08', met('2022-01-09'))).toEqual([['russia'], 'answer']);
    const vague: History = [
      ['ResponseDelivered', 'answer', '2022-01', { proposal: 'p' }],
      ['MeetingHeld', 'm', '2022-01-20'],
    ];
    expect(move('2022-02-12', vague)).toEqual([['russia'], 'answer']);
  });

  it.each<[string, History[number]]>([
    ['an agreement is reached', ['AgreementReached', 'end', '2022-01-09']],
    ['a meeting ends in agreement', ['MeetingHeld', 'end', '2022-01-09', { outcome: 'agreement' }]],
    ['the track is concluded', ['TrackConcluded', 'end', '2022-01-09']],
  ])('is nobody’s when %s, though what was promised stays owed', (_, end) => {
    const history: History = [proposal, promise, end];
    expect(move('2022-01-09', history)).toEqual([[], 'end']);
    const { openCommitments, openProposals } = stateAt('2022-01-11', history);
    expect(openCommitments).toMatchObject([{ promise: 'promise', state: 'open', overdue: true }]);
    expect(openProposals).toMatchObject([{ proposal: 'proposal' }]);
  });
});

describe('open proposals', () => {
  it('close one addressee at a time', () => {
    const history = [twoSided, by('nato', 'a', '2022-01-03'), by(US, 'b', '2022-01-05')];
    const awaiting = (asOf: string) => stateAt(asOf, history).openProposals.map((open) => open.awaiting);
    expect(['2022-01-02', '2022-01-03', '2022-01-05'].map(awaiting)).toEqual([[[US, 'nato']], [[US]], []]);
  });

  it('close when they are withdrawn, and are gone when they are retracted', () => {
    const history: History = [proposal, ['ProposalWithdrawn', 'w', '2022-01-03', { proposal: 'proposal' }]];
    expect(stateAt('2022-01-03', history).openProposals).toEqual([]);
    const [tabled] = standingsOf([proposal]);
    expect(stateAt('2022-01-03', [evolveStanding(tabled!, record('DevelopmentRetracted'))]).openProposals).toEqual([]);
  });

  it('stand in the order in which they were tabled', () => {
    const history: History = [
      ['ProposalTabled', 'b', '2022-01-03'],
      ['ProposalTabled', 'a', '2022-01-02'],
    ];
    const state = stateAt('2022-01-03', history);
    expect(state.openProposals.map((open) => open.proposal)).toEqual(['a', 'b']);
    expect(state.because['openProposals']).toBe('b');
  });
});

describe('the next meeting', () => {
  const next = (asOf: string, history: History) => {
    const { nextMeeting, because } = stateAt(asOf, history);
    return nextMeeting === null ? null : [nextMeeting.announcement, nextMeeting.scheduledFor, because['nextMeeting']];
  };
  const rescheduled: History[number] = [
    'MeetingRescheduled',
    'moved',
    '2022-01-04',
    { announcement: 'announcement', scheduledFor: '2022-01-20' },
  ];
  const cancelled: History[number] = ['MeetingCancelled', 'off', '2022-01-06', { announcement: 'announcement' }];

  it('is the earliest that is announced', () => {
    const second: History[number] = ['MeetingAnnounced', 'sooner', '2022-01-02', { scheduledFor: '2022-01-08' }];
    expect(next('2022-01-05', [announcement, second])).toEqual(['sooner', '2022-01-08', 'sooner']);
    expect(next('2022-01-01', [announcement, second])).toEqual(['announcement', '2022-01-10', 'announcement']);
    expect(next('2022-01-09', [announcement, second])).toEqual(['announcement', '2022-01-10', 'announcement']);
  });

  it('is of several for one day the one that was announced first, moved to it or not', () => {
    const second: History[number] = ['MeetingAnnounced', 'second', '2022-01-02', { scheduledFor: '2022-01-20' }];
    const third: History[number] = ['MeetingAnnounced', 'third', '2022-01-05', { scheduledFor: '2022-01-20' }];
    expect(next('2022-01-15', [third, second])).toEqual(['second', '2022-01-20', 'second']);
    expect(next('2022-01-15', [announcement, rescheduled, second, third])).toEqual(['announcement', '2022-01-20', 'moved']);
    const held: History[number] = ['MeetingHeld', 'held', '2022-01-14', { announcement: 'second' }];
    expect(next('2022-01-15', [third, second, held])).toEqual(['third', '2022-01-20', 'third']);
  });

  it('lapses after the latest moment of its schedule, not at it', () => {
    expect(next('2022-01-10T23:59:59.999Z', [announcement])).toEqual(['announcement', '2022-01-10', 'announcement']);
    expect(next('2022-01-11T00:00:00.000Z', [announcement])).toBeNull();
  });

  it('is moved by rescheduling, and named by it', () => {
    expect(next('2022-01-03', [announcement, rescheduled])).toEqual(['announcement', '2022-01-10', 'announcement']);
    expect(next('2022-01-15', [announcement, rescheduled])).toEqual(['announcement', '2022-01-20', 'moved']);
  });

  it('is none once it is cancelled, and is there again when it is rescheduled after that', () => {
    expect(next('2022-01-06', [announcement, rescheduled, cancelled])).toBeNull();
    const again: History[number] = [
      'MeetingRescheduled',
      'again',
      '2022-01-07',
      { announcement: 'announcement', scheduledFor: '2022-01-25' },
    ];
    expect(next('2022-01-08', [announcement, rescheduled, cancelled, again])).toEqual(['announcement', '2022-01-25', 'again']);
  });

  it('is none once it is held, whatever its schedule says before or after', () => {
    const held: History[number] = ['MeetingHeld', 'held', '2022-01-09', { announcement: 'announcement' }];
    expect(next('2022-01-08', [announcement, held])).toEqual(['announcement', '2022-01-10', 'announcement']);
    expect(next('2022-01-09', [announcement, held])).toBeNull();
    expect(
      next('2022-01-12', [
        announcement,
        held,
        ['MeetingRescheduled', 'odd', '2022-01-11', { announcement: 'announcement', scheduledFor: '2022-03' }],
      ]),
    ).toBeNull();
  });

  it('is none when its announcement is retracted', () => {
    const [announced, moved] = standingsOf([announcement, rescheduled]);
    expect(stateAt('2022-01-05', [evolveStanding(announced!, record('DevelopmentRetracted')), moved!]).nextMeeting).toBeNull();
  });
});

describe('positions', () => {
  const cell = { party: 'russia', issue: 'nato-enlargement' };

  it('are the party’s own, with what others ascribe to it beside', () => {
    const own: History[number] = ['PositionTaken', 'own', '2022-01-02', { ...cell, stance: 'demands', redLine: true }];
    const ascribed: History[number] = ['PositionTaken', 'ascribed', '2022-01-03', { ...cell, stance: 'open-to', statedBy: 'ned-price' }];
    const state = stateAt('2022-01-04', [own, ascribed]);
    expect(state.positions).toMatchObject([
      {
        ...cell,
        stance: 'demands',
        redLine: true,
        since: '2022-01-02',
        development: 'own',
        attributed: { stance: 'open-to', statedBy: 'ned-price', since: '2022-01-03', development: 'ascribed' },
      },
    ]);
    expect(state.because['positions']).toBe('ascribed');
    expect(stateAt('2022-01-04', [ascribed]).positions).toMatchObject([{ ...cell, stance: null, attributed: { stance: 'open-to' } }]);
  });
});

describe('a track’s state', () => {
  it('has the latest statement of each party, each with its own development', () => {
    const history: History = [
      ['StatementMade', 'a', '2022-01-02', { speaker: 'sergey-lavrov' }, { onBehalfOf: 'russia' }],
      ['StatementMade', 'b', '2022-01-03', { speaker: 'sergei-ryabkov' }, { onBehalfOf: 'russia' }],
      ['StatementMade', 'c', '2022-01-01', { speaker: 'ned-price' }, { onBehalfOf: US }],
    ];
    const { latestStatements, because } = stateAt('2022-01-04', history);
    expect(latestStatements).toMatchObject([
      { party: 'russia', speaker: 'sergei-ryabkov', development: 'b' },
      { party: US, development: 'c' },
    ]);
    expect(because['latestStatements']).toBe('b');
  });

  it('names the development that set each of its fields', () => {
    const history: History = [
      proposal,
      promise,
      announcement,
      ['MeetingHeld', 'm', '2022-01-06', { durationMinutes: 420, durationQualifier: 'at-least' }],
    ];
    const state = stateAt('2022-01-06', history);
    expect(state.because).toEqual({
      status: 'm',
      since: 'm',
      whoseMove: 'promise',
      lastMeeting: 'm',
      meetingsHeld: 'm',
      nextMeeting: 'announcement',
      openProposals: 'proposal',
      openCommitments: 'promise',
      lastDevelopmentAt: 'm',
    });
    expect(state.lastMeeting).toMatchObject({
      development: 'm',
      occurredAt: '2022-01-06',
      durationMinutes: 420,
      durationQualifier: 'at-least',
    });
  });

  it('knows the exchange of January 2022', () => {
    const history: History = [
      ['ProposalTabled', 'draft', '2021-12-17', { by: 'russia', to: [US] }],
      ['ResponsePromised', 'promise', '2022-01-21', { proposal: 'draft', dueBy: '2022-01-24/2022-01-30' }],
      ['ResponseDelivered', 'answer', '2022-01-26', { promise: 'promise' }, { proposal: 'draft' }],
    ];
    expect(stateAt('2022-01-21', history)).toMatchObject({
      status: 'awaiting-response',
      whoseMove: [US],
      openCommitments: [{ dueBy: '2022-01-24/2022-01-30', overdue: false }],
    });
    expect(stateAt('2022-01-31', history.slice(0, 2)).openCommitments).toMatchObject([{ overdue: true }]);
    expect(stateAt('2022-01-26', history)).toMatchObject({
      status: 'active',
      whoseMove: ['russia'],
      openCommitments: [],
      openProposals: [],
    });
  });
});
