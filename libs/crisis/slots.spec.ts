import { describe, expect, it } from '@jest/globals';
import { sets, type SlotSetting } from './slots.js';
import { development } from './testing/factories.js';
import type { Resolved } from './standing.js';
import type { DevelopmentType } from './vocabulary/types.js';

const set = (type: DevelopmentType, fields: Record<string, unknown> = {}, resolved: Resolved = {}): SlotSetting[] =>
  sets(development(type, 'd', fields), resolved);
const places = (settings: readonly SlotSetting[]): string[] => settings.map(({ slot, key }) => `${slot} ${key}`.trim());
const statusBy = (type: DevelopmentType, fields: Record<string, unknown> = {}): unknown =>
  set(type, fields).find(({ slot }) => slot === 'status')?.value;

describe('the status', () => {
  // The table of design section 4, row by row
  it.each<[string, DevelopmentType, Record<string, unknown>]>([
    ['agreement-reached', 'MeetingHeld', { outcome: 'agreement' }],
    ['agreement-reached', 'AgreementReached', {}],
    ['stalled', 'MeetingHeld', { outcome: 'no-breakthrough' }],
    ['stalled', 'MeetingHeld', { outcome: 'breakdown' }],
    ['stalled', 'StatementMade', { assessment: 'deadlock' }],
    ['active', 'MeetingHeld', {}],
    ['active', 'MeetingHeld', { outcome: 'progress' }],
    ['active', 'MeetingHeld', { outcome: 'inconclusive' }],
    ['active', 'StatementMade', { assessment: 'progress' }],
    ['active', 'ResponseDelivered', { proposal: 'p' }],
    ['active', 'TrackResumed', {}],
    ['awaiting-response', 'ProposalTabled', {}],
    ['awaiting-response', 'ResponsePromised', {}],
    ['suspended', 'TrackSuspended', {}],
    ['concluded', 'TrackConcluded', {}],
  ])('becomes %s by %s %j', (status, type, fields) => {
    expect(statusBy(type, fields)).toBe(status);
    expect(places(set(type, { ...fields, track: 'context' }))).not.toContain('status');
  });

  it.each<[DevelopmentType, Record<string, unknown>]>([
    ['StatementMade', {}],
    ['StatementMade', { assessment: 'neutral' }],
    ['PositionTaken', {}],
    ['MeetingAnnounced', {}],
    ['MeetingRescheduled', {}],
    ['MeetingCancelled', {}],
    ['ProposalWithdrawn', {}],
    ['PromiseWithdrawn', {}],
    ['ActionReported', {}],
  ])('is left alone by %s %j', (type, fields) => {
    expect(statusBy(type, fields)).toBeUndefined();
  });
});

describe('what a development sets', () => {
  it.each<[DevelopmentType, Record<string, unknown>, string[]]>([
    ['MeetingAnnounced', {}, ['announced d', 'schedule d', 'convened']],
    ['MeetingRescheduled', { announcement: 'a' }, ['schedule a']],
    ['MeetingCancelled', { announcement: 'a' }, ['schedule a']],
    ['MeetingHeld', {}, ['status', 'meeting']],
    ['MeetingHeld', { announcement: 'a' }, ['status', 'meeting', 'held a']],
    ['ProposalTabled', {}, ['status', 'proposal d']],
    ['ProposalWithdrawn', { proposal: 'p' }, ['withdrawal p', 'withdrawn']],
    ['ResponsePromised', {}, ['status', 'promise d', 'promised']],
    ['ResponsePromised', { renews: 'r' }, ['status', 'promise d', 'promised', 'withdrawal r']],
    ['PromiseWithdrawn', { promise: 'r' }, ['withdrawal r', 'withdrawn']],
    ['ResponseDelivered', { promise: 'r' }, ['status', 'response', 'delivery promise:r']],
    ['ResponseDelivered', { proposal: 'p' }, ['status', 'response', 'delivery proposal:p/united-states']],
    [
      'ResponseDelivered',
      { promise: 'r', proposal: 'p' },
      ['status', 'response', 'delivery promise:r', 'delivery proposal:p/united-states'],
    ],
    ['ActionReported', {}, []],
  ])('by %s %j is %j', (type, fields, expected) => {
    expect(places(set(type, fields))).toEqual(expected);
  });

  it('answers the proposal of the promise that it names', () => {
    expect(places(set('ResponseDelivered', { promise: 'r' }, { proposal: 'p' }))).toContain('delivery proposal:p/united-states');
  });
});

describe('a position', () => {
  it.each<[string, Record<string, unknown>, Resolved]>([
    ['position', {}, {}],
    ['position', { statedBy: 'russia' }, {}],
    ['position', { statedBy: 'sergey-lavrov' }, { onBehalfOf: 'russia' }],
    ['attributed', { statedBy: 'sergey-lavrov' }, {}],
    ['attributed', { statedBy: 'ned-price' }, { onBehalfOf: 'united-states' }],
  ])('is the slot %s when it was stated so: %j %j', (slot, fields, resolved) => {
    expect(places(set('PositionTaken', fields, resolved))).toEqual([`${slot} russia/nato-enlargement`]);
  });

  const positions = [
    { party: 'russia', issue: 'nato-enlargement', stance: 'demands', redLine: true },
    { party: 'nato', issue: 'nato-enlargement', stance: 'silent' },
  ];

  it('in a statement is the party’s own where its speaker speaks for it, else attributed', () => {
    expect(places(set('StatementMade', { positions }, { onBehalfOf: 'russia' }))).toEqual([
      'statement russia',
      'said sergey-lavrov',
      'position russia/nato-enlargement',
      'attributed nato/nato-enlargement',
    ]);
    expect(places(set('StatementMade', { positions }))[1]).toBe('attributed russia/nato-enlargement');
    expect(places(set('StatementMade', { positions, speaker: 'russia' }))[1]).toBe('position russia/nato-enlargement');
  });

  it('said twice in one statement stands as it was said last', () => {
    const settings = set('StatementMade', { speaker: 'russia', positions: [positions[0], { ...positions[0], stance: 'open-to' }] });
    expect(settings.filter(({ slot }) => slot === 'position')).toEqual([
      { slot: 'position', key: 'russia/nato-enlargement', value: { stance: 'open-to', redLine: true, statedBy: 'russia' } },
    ]);
  });
});

describe('a statement', () => {
  it('is of the party that its speaker names, else of the affiliation, else of the speaker', () => {
    expect(places(set('StatementMade', { onBehalfOf: 'nato' }, { onBehalfOf: 'russia' }))).toEqual([
      'statement nato',
      'said sergey-lavrov',
    ]);
    expect(places(set('StatementMade', {}, { onBehalfOf: 'russia' }))).toEqual(['statement russia', 'said sergey-lavrov']);
    expect(places(set('StatementMade'))).toEqual(['statement sergey-lavrov']);
  });
});
