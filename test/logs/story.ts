// A small crisis in which every type of event is recorded, with nearly every field that there is: what kept logs are made of.
// Lines as `/import` takes them, each with the time at which it was recorded.

export interface Told {
  /** ISO 8601. */
  readonly at: string;
  readonly line: Readonly<Record<string, unknown>>;
}

const crisis = 'lake';
const by = (source: string, more: object = {}): object[] => [{ source, ...more }];

export const STORY: readonly Told[] = [
  ...[
    { type: 'CrisisOpened', title: 'The lake' },
    { type: 'ActorRegistered', id: 'lake-council', name: 'The Lake Council', kind: 'organisation' },
    { type: 'ActorRegistered', id: 'north', name: 'North', kind: 'state', memberOf: ['lake-council'] },
    { type: 'ActorRegistered', id: 'south', name: 'South', kind: 'state' },
    { type: 'ActorRegistered', id: 'minister', name: 'The minister', kind: 'person', affiliation: 'north' },
    { type: 'IssueRaised', id: 'fishing', title: 'Fishing rights' },
    { type: 'SourceRegistered', id: 'gazette', name: 'The Gazette', reliability: 'B', url: 'https://example.org/', language: 'en' },
    { type: 'SourceRegistered', id: 'wire', name: 'The Wire', reliability: 'C' },
    { type: 'SourceRegistered', id: 'wire', name: 'The Wire', reliability: 'D' },
    { type: 'TrackOpened', track: 'talks', title: 'Talks', parties: ['north', 'south'] },
    { type: 'TrackOpened', track: 'council', title: 'In the Lake Council', parties: ['north', 'south', 'lake-council'] },
  ].map((line) => ({ at: '2021-03-01T08:00:00.000Z', line: { crisis, ...line } })),
  ...onTracks(),
  { at: '2021-04-30T08:00:00.000Z', line: { crisis, type: 'CrisisClosed', note: 'A treaty holds.' } },
];

function onTracks(): Told[] {
  const talks: [string, object][] = [
    ['2021-03-02T09:00:00.000Z', { type: 'MeetingAnnounced', id: 'announced', occurredAt: '2021-03-02', summary: 'A meeting is announced.', reports: by('gazette'), scheduledFor: '2021-03-05', participants: ['north', 'south'], format: 'in-person', round: 1 }],
    ['2021-03-03T09:00:00.000Z', { type: 'MeetingRescheduled', id: 'moved', occurredAt: '2021-03-03', summary: 'It is put off.', reports: by('gazette'), announcement: 'announced', scheduledFor: '2021-03-08' }],
    ['2021-03-03T10:00:00.000Z', { type: 'MeetingAnnounced', id: 'another', occurredAt: '2021-03-03', summary: 'Another one is announced.', reports: by('wire'), scheduledFor: '2021-03-20', participants: ['north', 'south'] }],
    ['2021-03-04T10:00:00.000Z', { type: 'MeetingCancelled', id: 'called-off', occurredAt: '2021-03-04', summary: 'The other is called off.', reports: by('wire'), announcement: 'another' }],
    ['2021-03-08T18:00:00.000Z', { type: 'MeetingHeld', id: 'met', occurredAt: '2021-03-08T10:00:00+02:00', sequence: 1, summary: 'They meet at the lake.', reports: by('gazette', { id: 'own', url: 'https://example.org/1', publishedAt: '2021-03-08', quote: 'They met.', language: 'en', credibility: 2 }), participants: ['north', 'south'], format: 'in-person', durationMinutes: 90, durationQualifier: 'about', round: 1, announcement: 'announced', outcome: 'progress', about: ['fishing'], place: { name: 'The pier', point: { type: 'Point', coordinates: [8.5, 47.4] } }, tags: ['first-round'] }],
    ['2021-03-09T09:00:00.000Z', { type: 'StatementMade', id: 'said', occurredAt: '2021-03-09', summary: 'The minister demands.', reports: by('wire', { origin: 'gazette' }), speaker: 'minister', to: ['south'], setting: 'a radio', quote: 'All the fish.', assessment: 'neutral', positions: [{ party: 'north', issue: 'fishing', stance: 'demands', redLine: true }, { party: 'south', issue: 'fishing', stance: 'silent' }], relatesTo: [{ development: 'met', relation: 'follows' }] }],
    ['2021-03-09T11:00:00.000Z', { type: 'PositionTaken', id: 'took', occurredAt: '2021-03-09~', summary: 'South opposes.', reports: by('gazette'), party: 'south', issue: 'fishing', stance: 'opposes', redLine: false, statedBy: 'south', cameo: '112' }],
    ['2021-03-10T09:00:00.000Z', { type: 'ProposalTabled', id: 'draft', occurredAt: '2021-03-10', summary: 'North tables a draft.', reports: by('gazette'), by: 'north', to: ['south'], title: 'Draft treaty', alsoOn: ['council'] }],
    ['2021-03-10T10:00:00.000Z', { type: 'ProposalTabled', id: 'counter-draft', occurredAt: '2021-03-10', summary: 'South tables another.', reports: by('gazette'), by: 'south', to: ['north'], title: 'Another draft' }],
    ['2021-03-11T09:00:00.000Z', { type: 'ProposalWithdrawn', id: 'draft-withdrawn', occurredAt: '2021-03-11', summary: 'South takes its own back.', reports: by('gazette'), proposal: 'counter-draft' }],
    ['2021-03-12T09:00:00.000Z', { type: 'ResponsePromised', id: 'promise', occurredAt: '2021-03-12', summary: 'South will answer.', reports: by('gazette'), by: 'south', to: 'north', proposal: 'draft', undertaking: 'To answer in writing', dueBy: '2021-03-15/2021-03-19' }],
    ['2021-03-13T09:00:00.000Z', { type: 'ResponsePromised', id: 'renewed', occurredAt: '2021-03-13', summary: 'It needs longer.', reports: by('gazette'), by: 'south', to: 'north', proposal: 'draft', undertaking: 'To answer in writing', dueBy: '2021-03-26', renews: 'promise' }],
    ['2021-03-13T10:00:00.000Z', { type: 'ResponsePromised', id: 'second-promise', occurredAt: '2021-03-13', summary: 'North will explain.', reports: by('gazette'), by: 'north', to: 'south', undertaking: 'To explain' }],
    ['2021-03-14T09:00:00.000Z', { type: 'PromiseWithdrawn', id: 'promise-withdrawn', occurredAt: '2021-03-14', summary: 'North will not.', reports: by('gazette'), promise: 'second-promise' }],
    ['2021-03-20T09:00:00.000Z', { type: 'ResponseDelivered', id: 'answer', occurredAt: '2021-03-19', summary: 'South answers.', reports: by('gazette'), by: 'south', to: 'north', proposal: 'draft', promise: 'renewed', form: 'written', deliveredBy: 'south', receivedBy: 'minister', answer: 'partly-accepts' }],
    ['2021-03-21T09:00:00.000Z', { type: 'TrackSuspended', id: 'suspended', occurredAt: '2021-03-21', summary: 'The talks pause.', reports: by('wire') }],
    ['2021-03-22T09:00:00.000Z', { type: 'TrackResumed', id: 'resumed', occurredAt: '2021-03-22', summary: 'They go on.', reports: by('wire') }],
    ['2021-04-01T09:00:00.000Z', { type: 'AgreementReached', id: 'treaty', occurredAt: '2021-04-01', summary: 'They sign.', reports: by('gazette'), parties: ['north', 'south'], title: 'Treaty of the Lake' }],
  ]; // prettier-ignore
  const elsewhere: Told[] = [
    { at: '2021-04-02T09:00:00.000Z', line: { track: 'context', type: 'ActionReported', id: 'boats', occurredAt: '2021-03-30/2021-04-01', summary: 'Boats are seen.', reports: by('wire', { credibility: 4 }), category: 'military', by: 'north', target: 'south', claim: 'alleged', claimedBy: 'south' } },
    { at: '2021-04-03T09:00:00.000Z', line: { track: 'council', type: 'TrackConcluded', id: 'over', occurredAt: '2021-04-03', summary: 'The council is done.', reports: by('gazette') } },
    { at: '2021-04-04T09:00:00.000Z', line: { track: 'talks', type: 'DevelopmentCorrected', id: 'correction', development: 'met', changes: { durationMinutes: 95, tags: null }, reason: 'factual-error', note: 'By the minutes.' } },
    { at: '2021-04-05T09:00:00.000Z', line: { track: 'talks', type: 'ReportAdded', id: 'second-report', development: 'met', report: { source: 'wire', quote: 'We saw it.' }, stance: 'corroborates' } },
    { at: '2021-04-06T09:00:00.000Z', line: { track: 'talks', type: 'ReportAdded', id: 'third-report', development: 'treaty', report: { source: 'wire' }, stance: 'disputes' } },
    { at: '2021-04-07T09:00:00.000Z', line: { track: 'talks', type: 'ReportWithdrawn', id: 'third-withdrawn', development: 'treaty', report: 'third-report' } },
    { at: '2021-04-08T09:00:00.000Z', line: { track: 'talks', type: 'DevelopmentRetracted', id: 'retraction', development: 'suspended', reason: 'misattribution', note: 'It was a rumour.' } },
    { at: '2021-04-09T09:00:00.000Z', line: { track: 'talks', type: 'DevelopmentRetracted', id: 'second-retraction', development: 'took', reason: 'duplicate', replacedBy: 'said' } },
    { at: '2021-04-10T09:00:00.000Z', line: { track: 'talks', type: 'DevelopmentReinstated', id: 'reinstated', development: 'took', note: 'It was right.' } },
    { at: '2021-04-12T09:00:00.000Z', line: { track: 'council', type: 'StatementMade', id: 'from-the-archive', recordedAt: '2021-04-11T09:00:00.000Z', occurredAt: '2021-03', summary: 'North spoke in the council.', reports: by('gazette'), speaker: 'lake-council', onBehalfOf: 'north' } },
  ]; // prettier-ignore
  return [...talks.map(([at, line]) => ({ at, line: { track: 'talks', ...line } })), ...elsewhere].map(({ at, line }) => ({
    at,
    line: { crisis, ...line },
  }));
}
