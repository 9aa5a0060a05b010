import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Draft } from './draft.js';
import { refusal } from './refusal.js';
import { sets } from './slots.js';
import { body, deepFreeze, Desk, desk, NOW, said, type Body } from './testing/factories.js';
import { decideTrack, evolveTrack, newTrack, otherTracksIn, type TrackCommand } from './track-decider.js';
import { DEVELOPMENT_TYPES, type DevelopmentType } from './vocabulary/types.js';

const correction = (development: string, changes: object): Body => ({
  type: 'DevelopmentCorrected',
  development,
  changes,
  reason: 'factual-error',
});
const retraction = (development: string, more: object = {}): Body => ({
  type: 'DevelopmentRetracted',
  development,
  reason: 'duplicate',
  ...more,
});
const reinstatement = (development: string): Body => ({ type: 'DevelopmentReinstated', development });
const report = (development: string, fields: object, stance = 'corroborates'): Body => ({
  type: 'ReportAdded',
  development,
  report: fields,
  stance,
});
const withdrawal = (development: string, id: string): Body => ({ type: 'ReportWithdrawn', development, report: id });

/** A desk on whose track stand an announcement, a proposal, a promise on it, a meeting and a statement. */
function busyDesk(): Desk {
  const made = desk();
  made.send('announcement', body('MeetingAnnounced'));
  made.send('proposal', body('ProposalTabled'));
  made.send('promise', body('ResponsePromised', { proposal: 'proposal' }));
  made.send('meeting', body('MeetingHeld', { durationMinutes: 60 }));
  made.send('statement', body('StatementMade'));
  return made;
}

const draftOf = (made: Desk, id: string, content: Body): Draft => {
  const decision = made.send(id, content);
  if (decision.kind !== 'record') throw new Error(said(decision));
  return decision.draft;
};

describe('a development', () => {
  it.each(DEVELOPMENT_TYPES)('of type %s is recorded as it was sent, with its place', (type) => {
    const content = body(type, type === 'ResponseDelivered' ? { proposal: 'proposal' } : {});
    const { draft } = busyDesk().decide('new', content) as { draft: Draft };
    expect(draft).toMatchObject({ type, recordedAt: NOW });
    expect(draft.data).toEqual({ ...content, id: 'new', crisis: 'crisis', track: 'us-russia' });
  });

  it('keeps the id of its command, whatever id its body has', () => {
    const { draft } = busyDesk().decide('new', body('MeetingHeld', { id: 'other' })) as { draft: Draft };
    expect(draft.data['id']).toBe('new');
  });

  it.each<[string, string, Body]>([
    ['not-found unknown-crisis', 'nowhere', body('MeetingHeld')],
    ['not-found unknown-track', 'unopened', body('MeetingHeld')],
    ['invalid invalid-body /type', 'us-russia', { ...body('MeetingHeld'), type: 'MeetingHold' }],
    ['invalid invalid-body /type', 'us-russia', { ...body('MeetingHeld'), type: 'CrisisOpened' }],
    ['invalid invalid-body /type', 'us-russia', { ...body('MeetingHeld'), type: 'toString' }],
    ['invalid invalid-body /type', 'us-russia', {} as Body],
    ['invalid invalid-body /occurredAt', 'us-russia', body('MeetingHeld', { occurredAt: 'soon' })],
    ['invalid invalid-body /participants/0 /colour', 'us-russia', body('MeetingHeld', { participants: ['Russia'], colour: 'red' })],
    ['invalid invalid-body /crisis /track', 'us-russia', body('MeetingHeld', { crisis: 'crisis', track: 'us-russia' })],
    ['rule occurrence-in-future /occurredAt', 'us-russia', body('MeetingHeld', { occurredAt: '2022-02-02T02:00:00.001Z' })],
    ['record', 'us-russia', body('MeetingHeld', { occurredAt: '2022-02-02T02:00:00.000Z' })],
    ['record', 'us-russia', body('MeetingHeld', { occurredAt: '2022-02-02' })],
    [
      'rule report-exists /reports/2/id',
      'us-russia',
      body('MeetingHeld', { reports: [{ source: 'dw', id: 'a' }, { source: 'dw' }, { source: 'tass', id: 'a' }] }),
    ],
    ['rule qualifier-without-duration /durationQualifier', 'us-russia', body('MeetingHeld', { durationQualifier: 'about' })],
    ['rule response-to-nothing /proposal', 'us-russia', body('ResponseDelivered')],
    ['rule same-party /to', 'us-russia', body('ResponsePromised', { to: 'united-states' })],
    ['rule context-has-no-life /type', 'context', body('TrackConcluded')],
    ['record', 'context', body('ActionReported')],
    ['rule unknown-actor /participants/1', 'us-russia', body('MeetingHeld', { participants: ['russia', 'mars'] })],
    ['rule unknown-issue /issue', 'us-russia', body('PositionTaken', { issue: 'gas' })],
    [
      'rule unknown-actor /positions/0/party /positions/0/issue',
      'us-russia',
      body('StatementMade', { positions: [{ party: 'mars', issue: 'gas', stance: 'silent' }] }),
    ],
    [
      'rule unknown-issue /about/0 /reports/0/source /reports/0/origin',
      'us-russia',
      body('TrackResumed', { about: ['gas'], reports: [{ source: 'x', origin: 'y' }] }),
    ],
    ['rule unknown-track /alsoOn/1', 'us-russia', body('TrackResumed', { alsoOn: ['osce', 'unopened'] })],
    ['record', 'us-russia', body('TrackResumed', { alsoOn: ['context'] })],
    ['rule own-track /alsoOn/1', 'us-russia', body('TrackResumed', { alsoOn: ['osce', 'us-russia'] })],
    [
      'rule self-reference /relatesTo/0/development',
      'us-russia',
      body('TrackResumed', { relatesTo: [{ development: 'new', relation: 'follows' }] }),
    ],
    ['rule self-reference /renews', 'us-russia', body('ResponsePromised', { renews: 'new' })],
    [
      'rule unknown-development /relatesTo/0/development',
      'us-russia',
      body('TrackResumed', { relatesTo: [{ development: 'gone', relation: 'follows' }] }),
    ],
    [
      'rule unknown-development /relatesTo/0/development',
      'us-russia',
      body('TrackResumed', { relatesTo: [{ development: 'osce/meeting', relation: 'follows' }] }),
    ],
    ['record', 'us-russia', body('TrackResumed', { relatesTo: [{ development: 'us-russia/meeting', relation: 'follows' }] })],
    ['rule unknown-development /announcement', 'us-russia', body('MeetingCancelled', { announcement: 'gone' })],
    ['rule unknown-development /proposal', 'osce', body('ProposalWithdrawn')],
    ['rule wrong-type /announcement', 'us-russia', body('MeetingHeld', { announcement: 'meeting' })],
    ['rule wrong-type /proposal', 'us-russia', body('ResponseDelivered', { proposal: 'promise' })],
    ['rule wrong-type /promise', 'us-russia', body('PromiseWithdrawn', { promise: 'proposal' })],
    ['rule wrong-type /renews', 'us-russia', body('ResponsePromised', { renews: 'proposal' })],
  ])('is answered with: %s, on %s', (expected, track, content) => {
    const made = track === 'nowhere' ? new Desk() : busyDesk();
    expect(said(made.decide('new', content, { track }))).toBe(expected);
  });

  it('may refer to what another track knows', () => {
    const made = busyDesk();
    made.send('vienna', body('MeetingHeld'), { track: 'osce' });
    expect(said(made.decide('new', body('TrackResumed', { relatesTo: [{ development: 'osce/vienna', relation: 'follows' }] })))).toBe(
      'record',
    );
  });

  it('is not a record event, however much somebody refers to it', () => {
    const made = busyDesk();
    made.send('correction', correction('meeting', { summary: 'Another.' }));
    const relatesTo = [{ development: 'correction', relation: 'follows' }];
    expect(said(made.decide('new', body('TrackResumed', { relatesTo })))).toBe('rule unknown-development /relatesTo/0/development');
    expect(said(made.decide('new', retraction('correction')))).toBe('not-found unknown-development /development');
  });

  it('nested without end is told so, known id or not', () => {
    const made = busyDesk();
    const deep: unknown = JSON.parse('['.repeat(30_000) + ']'.repeat(30_000));
    expect(said(made.decide('new', body('MeetingHeld', { tags: deep })))).toBe('invalid invalid-body /tags/0');
    expect(said(made.decide('new', { ...body('MeetingHeld'), type: deep as string }))).toBe('invalid invalid-body /type');
    expect(said(made.decide('new', correction('meeting', { place: deep })))).toBe('invalid invalid-body /changes');
    expect(said(made.decide('meeting', body('MeetingHeld', { tags: deep })))).toBe('conflict id-taken');
  });
});

describe('a known id', () => {
  it('is answered before anything else: If-Match, record time, rules, shape', () => {
    const made = busyDesk();
    made.now = refusal('unavailable', 'clock-behind', 'The clock is behind');
    const first = body('MeetingHeld', { durationMinutes: 60 });
    expect(made.decide('meeting', first, { ifMatch: '99' })).toMatchObject({ kind: 'repeat', known: { revision: 4n, recordedAt: NOW } });
    expect(said(made.decide('meeting', { ...first, durationMinutes: 61 }, { ifMatch: '99' }))).toBe('conflict id-taken');
    expect(said(made.decide('meeting', { type: 'nonsense' }))).toBe('conflict id-taken');
    expect(said(made.decide('other', first))).toBe('unavailable clock-behind');
  });

  it('is a repeat by its content as it was first sent, corrected and retracted since or not, in any order of members', () => {
    const made = busyDesk();
    made.send('c', correction('meeting', { durationMinutes: 90 }));
    made.send('r', retraction('meeting'));
    const first = body('MeetingHeld', { durationMinutes: 60 });
    expect(said(made.decide('meeting', Object.fromEntries(Object.entries(first).toReversed()) as Body))).toBe('repeat');
    expect(said(made.decide('c', correction('meeting', { durationMinutes: 90 })))).toBe('repeat');
    expect(said(made.decide('r', retraction('meeting')))).toBe('repeat');
    expect(said(made.decide('meeting', body('MeetingHeld', { durationMinutes: 90 })))).toBe('conflict id-taken');
  });

  it('is unique in its track, not in its crisis', () => {
    const made = busyDesk();
    expect(said(made.send('meeting', body('MeetingHeld'), { track: 'osce' }))).toBe('record');
  });
});

describe('If-Match', () => {
  it('asks for the revision of the track', () => {
    const made = busyDesk();
    expect(made.track().revision).toBe(5n);
    expect(said(made.decide('new', body('MeetingHeld'), { ifMatch: '4' }))).toBe('precondition revision-mismatch');
    expect(said(made.decide('new', body('MeetingHeld'), { ifMatch: '5' }))).toBe('record');
  });
});

describe('the life of a track', () => {
  const concluded = (fields: object = {}): Desk => {
    const made = busyDesk();
    made.send('end', body('TrackConcluded', { occurredAt: '2022-01-20', ...fields }));
    return made;
  };
  const CLOSED: DevelopmentType[] = ['MeetingAnnounced', 'MeetingRescheduled', 'MeetingHeld', 'TrackSuspended', 'TrackConcluded'];

  it.each(CLOSED)('takes no %s after its conclusion, and late information of before', (type) => {
    const send = (occurredAt: string, more: object = {}) => said(concluded().decide('new', body(type, { occurredAt, ...more })));
    expect(send('2022-01-21')).toBe('rule track-concluded /occurredAt');
    expect(send('2022-01-20')).toBe('rule track-concluded /occurredAt');
    expect(send('2022-01-20', { sequence: -1 })).toBe('record');
    expect(send('2022-01-19')).toBe('record');
    expect(send('2022-01')).toBe('record');
  });

  it.each(DEVELOPMENT_TYPES.filter((type) => !CLOSED.includes(type)))('takes %s after its conclusion', (type) => {
    const more = type === 'ResponseDelivered' ? { promise: 'promise' } : {};
    expect(said(concluded().decide('new', body(type, { occurredAt: '2022-01-21', ...more })))).toBe('record');
  });

  it('goes on where it was resumed', () => {
    const made = concluded();
    made.send('resumed', body('TrackResumed', { occurredAt: '2022-01-25' }));
    expect(said(made.decide('new', body('MeetingHeld', { occurredAt: '2022-01-26' })))).toBe('record');
    expect(said(made.decide('new', body('MeetingHeld', { occurredAt: '2022-01-24' })))).toBe('rule track-concluded /occurredAt');
  });

  it('has no end while its conclusion is retracted', () => {
    const made = concluded();
    const late = body('MeetingHeld', { occurredAt: '2022-01-21' });
    made.send('r', retraction('end'));
    expect(said(made.decide('new', late))).toBe('record');
    made.send('i', reinstatement('end'));
    expect(said(made.decide('new', late))).toBe('rule track-concluded /occurredAt');
  });

  it('ends where its conclusion is corrected to', () => {
    const made = concluded();
    made.send('c', correction('end', { occurredAt: '2022-01-25' }));
    expect(said(made.decide('new', body('MeetingHeld', { occurredAt: '2022-01-24' })))).toBe('record');
    made.send('c2', correction('end', { occurredAt: '2022-01-20', sequence: 5 }));
    expect(said(made.decide('new', body('MeetingHeld', { occurredAt: '2022-01-20' })))).toBe('record');
    made.send('c3', correction('end', { sequence: null }));
    expect(said(made.decide('new', body('MeetingHeld', { occurredAt: '2022-01-20' })))).toBe('rule track-concluded /occurredAt');
  });

  it('does not bind corrections', () => {
    const made = concluded();
    expect(said(made.decide('c', correction('meeting', { occurredAt: '2022-01-25' })))).toBe('record');
  });
});

describe('a correction', () => {
  it.each<[string, object]>([
    ['invalid invalid-body /changes/id', { id: 'other' }],
    ['invalid invalid-body /changes/type /changes/crisis /changes/track', { track: 'osce', type: 'TrackResumed', crisis: null }],
    ['invalid invalid-body /changes/summary', { summary: null }],
    ['invalid invalid-body /changes/participants', { participants: [] }],
    ['invalid invalid-body /changes/reports/0/source', { reports: [{}] }],
    ['invalid invalid-body /changes/colour', { colour: 'red' }],
    ['invalid invalid-body /changes/__proto__', JSON.parse('{"__proto__":{"a":1}}') as object],
    ['invalid invalid-body /changes/place/name', { place: { point: { type: 'Point', coordinates: [0, 0] } } }],
    ['rule nothing-changes /changes', {}],
    ['rule nothing-changes /changes', { durationMinutes: 60, round: null }],
    ['rule occurrence-in-future /changes/occurredAt', { occurredAt: '2023' }],
    ['rule qualifier-without-duration /changes/durationQualifier', { durationMinutes: null, durationQualifier: 'about' }],
    ['rule unknown-actor /changes/participants/0', { participants: ['mars'] }],
    ['rule wrong-type /changes/announcement', { announcement: 'proposal' }],
    ['rule self-reference /changes/relatesTo/0/development', { relatesTo: [{ development: 'meeting', relation: 'follows' }] }],
    ['rule own-track /changes/alsoOn/0', { alsoOn: ['us-russia'] }],
    ['rule unknown-track /changes/alsoOn/0', { alsoOn: ['unopened'] }],
    [
      'rule report-exists /changes/reports/1/id',
      {
        reports: [
          { source: 'dw', id: 'a' },
          { source: 'dw', id: 'a' },
        ],
      },
    ],
    ['record', { durationMinutes: null }],
    ['record', { occurredAt: '2022-01-06', announcement: 'announcement' }],
  ])('is answered with %s for %j', (expected, changes) => {
    expect(said(busyDesk().decide('c', correction('meeting', changes)))).toBe(expected);
  });

  it('names a development of its track', () => {
    expect(said(busyDesk().decide('c', correction('gone', { summary: 'x' })))).toBe('not-found unknown-development /development');
    expect(said(busyDesk().decide('c', { ...correction('meeting', {}), changes: [] }))).toBe('invalid invalid-body /changes');
    expect(said(busyDesk().decide('c', correction('Meeting', {})))).toBe('invalid invalid-body /development');
  });

  it('is measured on what the corrections before it made', () => {
    const made = busyDesk();
    made.send('c', correction('meeting', { durationMinutes: 90 }));
    expect(said(made.decide('d', correction('meeting', { durationMinutes: 90 })))).toBe('rule nothing-changes /changes');
    expect(said(made.decide('d', correction('meeting', { durationMinutes: 60 })))).toBe('record');
  });

  it('is not taken by a retracted development until it is reinstated', () => {
    const made = busyDesk();
    made.send('r', retraction('meeting'));
    expect(said(made.decide('c', correction('meeting', { round: 2 })))).toBe('conflict development-retracted');
    made.send('i', reinstatement('meeting'));
    expect(said(made.decide('c', correction('meeting', { round: 2 })))).toBe('record');
  });

  it('asks nothing about what it leaves as it stands', () => {
    const made = busyDesk();
    made.send('vienna', body('MeetingHeld'), { track: 'osce' });
    const relatesTo = [{ development: 'osce/vienna', relation: 'follows' }];
    made.send('wide', body('TrackResumed', { alsoOn: ['osce'], relatesTo }));
    const command: TrackCommand = { crisis: 'crisis', track: 'us-russia', id: 'c', content: correction('wide', { summary: 'Another.' }) };
    expect(otherTracksIn(command)).toEqual([]); // so nobody has read the other track
    const surroundings = { ...made.surroundings('us-russia', 'wide'), otherTrack: () => undefined };
    expect(said(decideTrack(command, made.track(), surroundings))).toBe('record');
  });

  it('gives no original report the id of an added one, nor one made of its source', () => {
    const made = busyDesk();
    made.send('reuters-2', report('meeting', { source: 'tass' }));
    const reports = [{ source: 'reuters' }, { source: 'reuters' }];
    expect(said(made.decide('c', correction('meeting', { reports })))).toBe('rule report-exists /changes/reports/1/id');
    expect(said(made.decide('c', correction('meeting', { reports: [reports[0], { source: 'reuters', id: 'own' }] })))).toBe('record');
  });
});

describe('retraction and reinstatement', () => {
  it('take turns', () => {
    const made = busyDesk();
    expect(said(made.decide('i', reinstatement('meeting')))).toBe('conflict not-retracted');
    expect(said(made.send('r', retraction('meeting')))).toBe('record');
    expect(said(made.decide('r2', retraction('meeting')))).toBe('conflict development-retracted');
    expect(said(made.send('i', reinstatement('meeting')))).toBe('record');
    expect(said(made.decide('r2', retraction('meeting')))).toBe('record');
  });

  it.each([
    ['meeting', 'rule self-reference /replacedBy'],
    ['us-russia/meeting', 'rule self-reference /replacedBy'],
    ['gone', 'rule unknown-development /replacedBy'],
    ['osce/gone', 'rule unknown-development /replacedBy'],
    ['nowhere/gone', 'rule unknown-development /replacedBy'],
    ['proposal', 'record'],
    ['osce/vienna', 'record'],
  ])('replaced by %s is answered with %s', (replacedBy, expected) => {
    const made = busyDesk();
    made.send('vienna', body('MeetingHeld'), { track: 'osce' });
    expect(said(made.decide('r', retraction('meeting', { replacedBy })))).toBe(expected);
  });

  it('do not keep others from referring to a retracted development', () => {
    const made = busyDesk();
    made.send('r', retraction('proposal'));
    expect(said(made.decide('new', body('ResponseDelivered', { proposal: 'proposal' })))).toBe('record');
    expect(said(made.decide('new', body('ResponsePromised', { proposal: 'proposal' })))).toBe('record');
  });
});

describe('a further report', () => {
  it.each<[string, string, Body]>([
    ['record', 'second', report('meeting', { source: 'tass', origin: 'dw' }, 'disputes')],
    ['record', 'second', report('meeting', { source: 'tass', id: 'second' })],
    ['invalid invalid-body /report/id', 'second', report('meeting', { source: 'tass', id: 'third' })],
    ['invalid invalid-body /report/source', 'second', report('meeting', {})],
    ['invalid invalid-body /stance', 'second', report('meeting', { source: 'tass' }, 'doubts')],
    ['rule unknown-source /report/source /report/origin', 'second', report('meeting', { source: 'x', origin: 'y' })],
    ['conflict report-exists /id', 'reuters', report('meeting', { source: 'tass' })],
    ['not-found unknown-development /development', 'second', report('gone', { source: 'tass' })],
  ])('is answered with %s as %s', (expected, id, content) => {
    expect(said(busyDesk().decide(id, content))).toBe(expected);
  });

  it('is withdrawn once, and its id is not given again', () => {
    const made = busyDesk();
    expect(said(made.decide('w', withdrawal('meeting', 'gone')))).toBe('not-found unknown-report');
    expect(said(made.send('w', withdrawal('meeting', 'reuters')))).toBe('record');
    expect(said(made.decide('w2', withdrawal('meeting', 'reuters')))).toBe('conflict report-withdrawn');
    expect(said(made.decide('reuters', report('meeting', { source: 'tass' })))).toBe('conflict report-exists /id');
  });

  it('may be added to a retracted development', () => {
    const made = busyDesk();
    made.send('r', retraction('meeting'));
    expect(said(made.decide('second', report('meeting', { source: 'tass' })))).toBe('record');
  });
});

describe('what the decider finds out', () => {
  it('is for whom a speaker spoke when the statement was recorded', () => {
    const made = desk();
    expect(draftOf(made, 'a', body('StatementMade')).resolved).toEqual({ onBehalfOf: 'russia' });
    expect(draftOf(made, 'b', body('StatementMade', { onBehalfOf: 'nato' })).resolved).toBeUndefined();
    expect(draftOf(made, 'c', body('StatementMade', { speaker: 'russia' })).resolved).toBeUndefined();
    expect(draftOf(made, 'd', body('PositionTaken', { statedBy: 'sergey-lavrov' })).resolved).toEqual({ onBehalfOf: 'russia' });
    expect(draftOf(made, 'e', body('PositionTaken')).resolved).toBeUndefined();
  });

  it('stays when a later correction mends the wording, whom the speaker serves by then', () => {
    const made = busyDesk();
    made.now = NOW + 1000;
    made.register('ActorRegistered', 'sergey-lavrov', { name: 'Sergey Lavrov', kind: 'person', affiliation: 'nato' });
    expect(draftOf(made, 'c', correction('statement', { summary: 'Mended.' })).resolved).toEqual({ onBehalfOf: 'russia' });
    expect(draftOf(made, 'new', body('StatementMade')).resolved).toEqual({ onBehalfOf: 'nato' });
    expect(draftOf(made, 'c2', correction('statement', { speaker: 'russia' })).resolved).toBeUndefined();
  });

  it('is the proposal of the promise that a delivery names, as it stands', () => {
    const made = busyDesk();
    expect(draftOf(made, 'a', body('ResponseDelivered', { promise: 'promise' })).resolved).toEqual({ proposal: 'proposal' });
    made.send('other', body('ProposalTabled'));
    expect(draftOf(made, 'b', body('ResponseDelivered', { promise: 'promise', proposal: 'other' })).resolved).toBeUndefined();
    made.send('c', correction('promise', { proposal: 'other' }));
    expect(draftOf(made, 'd', body('ResponseDelivered', { promise: 'promise' })).resolved).toEqual({ proposal: 'other' });
    made.send('c2', correction('promise', { proposal: null }));
    expect(draftOf(made, 'e', body('ResponseDelivered', { promise: 'promise' })).resolved).toBeUndefined();
  });
});

describe('the tracks that a command names', () => {
  it('are those of its fields and of its changes, not its own', () => {
    const content = {
      ...correction('d', { alsoOn: ['a', 'own'], relatesTo: [{ development: 'b/x' }] }),
      alsoOn: ['c'],
      relatesTo: [{ development: 'own/x' }, { development: 'd/x' }, { development: 'x' }],
      replacedBy: 'e/x',
    };
    expect(otherTracksIn({ crisis: 'crisis', track: 'own', id: 'x', content })).toEqual(['c', 'd', 'e', 'a', 'b']);
  });

  it('are found in any JSON without an error', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('alsoOn', 'relatesTo', 'replacedBy', 'changes'), fc.jsonValue()), (content) => {
        expect(otherTracksIn({ crisis: 'c', track: 't', id: 'i', content })).not.toContain('t');
      }),
    );
  });
});

describe('the track’s decider', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const id = fc.constantFrom(...ids);
  const occurredAt = fc.constantFrom('2022-01-05', '2022-01-06', '2022-01', '2022-01-05/2022-01-07');
  const drawnDevelopment = fc
    .record(
      {
        type: fc.constantFrom(...DEVELOPMENT_TYPES),
        occurredAt,
        sequence: fc.integer({ min: -1, max: 1 }),
        announcement: id,
        proposal: id,
        promise: id,
        renews: id,
        relatesTo: id.map((development) => [{ development, relation: 'follows' }]),
      },
      { requiredKeys: ['type', 'occurredAt'] },
    )
    .map(({ type, ...fields }) => body(type, fields));
  const fitting = fc
    .constantFrom(...DEVELOPMENT_TYPES)
    .chain((type) => occurredAt.map((at) => body(type, { occurredAt: at, ...(type === 'ResponseDelivered' ? { proposal: 'a' } : {}) })));
  const drawnRecord = fc.oneof(
    fc
      .tuple(
        id,
        fc.constantFrom<object>(
          { summary: 'Another.' },
          { occurredAt: '2022-01-09' },
          { sequence: null },
          { reports: [{ source: 'dw' }, { source: 'dw' }] },
        ),
      )
      .map((drawn) => correction(...drawn)),
    id.map((named) => retraction(named)),
    id.map((named) => reinstatement(named)),
    fc.tuple(id, fc.constantFrom('tass', 'dw')).map(([named, source]) => report(named, { source }, 'disputes')),
    fc.tuple(id, fc.constantFrom('reuters', 'dw', 'dw-2', 'e')).map((drawn) => withdrawal(...drawn)),
  );
  const command = fc.record({
    id: fc.constantFrom(...ids, 'e', 'f', 'g', 'h', 'i', 'j'),
    content: fc.oneof(fitting, drawnDevelopment, drawnRecord),
  });

  it('takes what it recorded for a repeat, whatever comes after', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const made = desk();
        const recorded: { id: string; content: Body }[] = [];
        for (const { id, content } of commands) {
          if (made.send(id, content).kind === 'record') recorded.push({ id, content });
          for (const each of recorded) expect(said(made.decide(each.id, each.content, { ifMatch: 'never' }))).toBe('repeat');
        }
        expect(made.track().known.size).toBe(recorded.length);
      }),
      { numRuns: 100 },
    );
  });

  it('is pure, and total: any JSON is recorded, repeated or refused with a code and a sentence', () => {
    const made = busyDesk();
    const state = made.track();
    const odd = fc.dictionary(
      fc.constantFrom('type', 'occurredAt', 'reports', 'summary', 'development', 'changes', 'relatesTo', 'by', 'to', '__proto__'),
      fc.oneof(fc.jsonValue(), fc.constantFrom('meeting', 'russia', ...DEVELOPMENT_TYPES)),
    );
    const mixed = fc
      .tuple(fc.oneof(drawnDevelopment, drawnRecord, fc.constant(correction('meeting', {}))), odd)
      .map(([content, changes]) => ({ ...content, ...changes }));
    const changes = odd.map((drawn) => correction('meeting', drawn));
    fc.assert(
      fc.property(fc.oneof(odd, mixed, changes), fc.constantFrom('new', 'meeting'), (content, id) => {
        const surroundings = { ...made.surroundings('us-russia', 'meeting') };
        deepFreeze([content, state, surroundings.registers, surroundings.standing]);
        const decision = decideTrack(deepFreeze({ crisis: 'crisis', track: 'us-russia', id, content }), state, surroundings);
        if (decision.kind === 'refuse') {
          expect(decision.refusal.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
          expect(decision.refusal.detail).not.toBe('');
        }
        if (decision.kind !== 'record') return;
        const kind = decision.draft.type.startsWith('Development') || decision.draft.type.startsWith('Report') ? 'record' : 'development';
        const event = deepFreeze({ kind, data: decision.draft.data, metadata: { digest: decision.draft.digest } }) as never;
        const after = evolveTrack(state, event, { revision: state.revision + 1n, position: 99n, recordedAt: NOW });
        expect(after.known.get(id)).toBeDefined();
        expect(state.known.get(id)).toBeUndefined();
        if (kind === 'development') sets(decision.draft.data as never);
      }),
      { numRuns: 1000 },
    );
  });

  it('starts from nothing', () => {
    expect(newTrack('crisis', 'osce')).toMatchObject({ entries: [], life: [], revision: -1n });
  });
});
