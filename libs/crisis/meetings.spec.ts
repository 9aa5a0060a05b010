import { describe, expect, it } from '@jest/globals';
import { CrisisSlots } from './crisis-slots.js';
import { meetingsAt, type Meeting, type MeetingFilter } from './meetings.js';
import { standingsOf, tableOf, type History } from './testing/factories.js';
import { parseMoment } from './time.js';

const announced: History[number] = [
  'MeetingAnnounced',
  'announcement',
  '2022-01-01',
  { scheduledFor: '2022-01-10', format: 'video', round: 2 },
];
const moved: History[number] = ['MeetingRescheduled', 'moved', '2022-01-05', { scheduledFor: '2022-01-12' }];
const cancelled: History[number] = ['MeetingCancelled', 'cancelled', '2022-01-06'];
const held = (id: string, date: string, fields: Record<string, unknown> = {}): History[number] => ['MeetingHeld', id, date, fields];

function meetings(asOf: string, history: History, filter: MeetingFilter = {}): Meeting[] {
  const slots = new CrisisSlots([{ track: 'talks', slots: tableOf(standingsOf(history)) }]);
  return [...meetingsAt(slots, parseMoment(asOf), filter)].flatMap(({ shown }) => shown ?? []);
}
const states = (asOf: string, history: History): string[] => meetings(asOf, history).map(({ state }) => state);

describe('an announced meeting', () => {
  it('is announced, then rescheduled while it lies ahead, and lapses once its schedule is past', () => {
    expect(states('2022-01-04', [announced, moved])).toEqual(['announced']);
    expect(states('2022-01-05', [announced, moved])).toEqual(['rescheduled']);
    expect(states('2022-01-12', [announced, moved])).toEqual(['rescheduled']);
    expect(states('2022-01-13', [announced, moved])).toEqual(['lapsed']);
    expect(states('2022-01-11', [announced])).toEqual(['lapsed']);
  });

  it('is cancelled until it is given another schedule, and has the whole history of it', () => {
    expect(states('2022-01-20', [announced, cancelled])).toEqual(['cancelled']);
    const again: History[number] = ['MeetingRescheduled', 'again', '2022-01-07', { scheduledFor: '2022-02' }];
    const [meeting] = meetings('2022-01-20', [announced, moved, cancelled, again]);
    expect(meeting).toMatchObject({ state: 'rescheduled', scheduledFor: '2022-02', announcedAt: '2022-01-01' });
    const verification = 'single-source';
    expect(meeting!.schedule).toEqual([
      { development: 'announcement', occurredAt: '2022-01-01', scheduledFor: '2022-01-10', verification },
      { development: 'moved', occurredAt: '2022-01-05', scheduledFor: '2022-01-12', verification },
      { development: 'cancelled', occurredAt: '2022-01-06', cancelled: true, verification },
      { development: 'again', occurredAt: '2022-01-07', scheduledFor: '2022-02', verification },
    ]);
  });

  it('that is held is one meeting, whatever its schedule said; what was not reported of it is as announced', () => {
    const history = [announced, cancelled, held('held', '2022-01-10', { announcement: 'announcement', round: 3, outcome: 'progress' })];
    expect(meetings('2022-01-10', history)).toMatchObject([
      { state: 'held', announcement: 'announcement', format: 'video', round: 3, outcome: 'progress', held: { development: 'held' } },
    ]);
    expect(meetings('2022-01-10', history)[0]!.scheduledFor).toBeUndefined();
  });

  it('with a list of its schedule that would be too long says that there is more', () => {
    const many: History = [
      announced,
      ...Array.from({ length: 50 }, (_, n): History[number] => ['MeetingRescheduled', `m-${n}`, '2022-01-05', { scheduledFor: '2022-02' }]),
    ];
    const [meeting] = meetings('2022-01-05', many);
    expect([meeting!.schedule.length, meeting!.schedule[0]!.development, meeting!.earlier]).toEqual([50, 'm-0', true]);
  });
});

describe('a meeting that was held', () => {
  it('stands alone without an announcement, or where that is not on record', () => {
    const history = [held('alone', '2022-01-10'), held('other', '2022-01-11', { announcement: 'gone' })];
    expect(meetings('2022-01-11', history)).toMatchObject([
      { state: 'held', schedule: [], held: { development: 'other', announcement: 'gone' } },
      { state: 'held', schedule: [], held: { development: 'alone' } },
    ]);
    expect(meetings('2022-01-11', history).map(({ announcement }) => announcement)).toEqual([undefined, undefined]);
  });

  it('stands alone as the second that names one announcement', () => {
    const [first, second] = ['first', 'second'].map((id, n) => held(id, `2022-01-1${n}`, { announcement: 'announcement' }));
    expect(meetings('2022-01-11', [announced, first!, second!])).toMatchObject([
      { held: { development: 'second' } },
      { announcement: 'announcement', held: { development: 'first' } },
    ]);
  });
});

describe('meetings', () => {
  const history = [announced, held('held', '2022-01-03', { participants: ['nato', 'russia'] }), moved];

  it('come with the last beginning first, and can be asked for by state and by who takes part', () => {
    const ids = (filter: MeetingFilter): (string | undefined)[] =>
      meetings('2022-01-06', history, filter).map((meeting) => meeting.announcement ?? meeting.held?.development);
    expect(ids({})).toEqual(['held', 'announcement']);
    expect(ids({ state: ['rescheduled', 'announced'] })).toEqual(['announcement']);
    expect(ids({ state: ['held'] })).toEqual(['held']);
    expect(ids({ actor: ['nato'] })).toEqual(['held']);
    expect(ids({ actor: ['russia'], state: ['announced', 'lapsed'] })).toEqual([]);
  });
});
