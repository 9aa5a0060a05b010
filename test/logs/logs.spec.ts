// Logs that each version of the event types wrote are read as they were meant, for ever. docs/decisions/old-events.md tells how one is added.
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { decodeEvent, digestOf, type Decode } from '#crisis/event.js';
import { SCHEMA_VERSION, type Upcasting } from '#crisis/upcast.js';
import { DEVELOPMENTS, RECORDS, REGISTERS } from '#crisis/vocabulary/types.js';
import type { RecordedEvent } from '#event-store/port.js';
import { MemoryReadSide } from '#projections/testing/memory-read-side.js';
import { keptLogFile, keptText, readKept, ScratchLog } from './kept-log.js';

const VERSIONS = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);
const now = Date.parse('2021-05-01T00:00:00Z');
const LAKE = { crisis: 'lake', now };

/** What the story tells, whichever version wrote it down. */
function expectMeaning(events: readonly RecordedEvent[], decode?: Decode): void {
  using readSide = new MemoryReadSide(events, Infinity, { strict: true, decode });
  const { crisis } = readSide.ask('crisis', LAKE);
  expect(crisis).toMatchObject({ title: 'The lake', closed: { note: 'A treaty holds.' }, developments: 20 });
  expect(crisis.actors.map(({ id }: any) => id)).toEqual(['lake-council', 'north', 'south', 'minister']);
  expect(crisis.sources).toMatchObject([
    { id: 'gazette', reliability: 'B', language: 'en' },
    { id: 'wire', reliability: 'D' },
  ]);
  const { tracks } = readSide.ask('tracks', LAKE);
  expect(tracks.map(({ id, status, since }: any) => [id, status, since])).toEqual([
    ['talks', 'agreement-reached', '2021-04-01'],
    ['council', 'concluded', '2021-04-03'],
    ['context', null, null],
  ]);
  expect(tracks[0]).toMatchObject({
    meetingsHeld: 1,
    lastMeeting: { development: 'met', durationMinutes: 95, durationQualifier: 'about', outcome: 'progress' },
    nextMeeting: null,
    openCommitments: [],
    openProposals: [],
    positions: [
      { party: 'north', issue: 'fishing', stance: 'demands', redLine: true },
      { party: 'south', issue: 'fishing', stance: 'opposes' },
    ],
  });
  const then = (asOf: string): any =>
    readSide.ask('track', { ...LAKE, track: 'talks', asOf: Date.parse(asOf), knownAt: Date.parse(asOf) }).track;
  expect(then('2021-03-04T00:00:00Z').nextMeeting).toMatchObject({ announcement: 'announced', scheduledFor: '2021-03-08' });
  expect(then('2021-03-13T12:00:00Z').openCommitments.map(({ promise }: any) => promise)).toEqual(['renewed', 'second-promise']);
  expect(then('2021-03-27T00:00:00Z')).toMatchObject({ openCommitments: [], openProposals: [], whoseMove: ['north'] });
  expect(then('2021-03-21T12:00:00Z').status).toBe('suspended');
  const development = (track: string, id: string): any => readSide.ask('development', { ...LAKE, track, id }).development;
  expect(development('talks', 'met')).toMatchObject({
    verification: 'corroborated',
    corrected: true,
    place: { name: 'The pier' },
    reports: [
      { id: 'own', quote: 'They met.' },
      { id: 'second-report', stance: 'corroborates' },
    ],
  });
  expect(development('talks', 'met').versions).toMatchObject([
    { by: 'MeetingHeld', content: { durationMinutes: 90, tags: ['first-round'] } },
    { by: 'DevelopmentCorrected', note: 'By the minutes.', content: { durationMinutes: 95 } },
    { by: 'ReportAdded' },
  ]);
  expect(development('talks', 'suspended')).toMatchObject({ retracted: true });
  expect(development('talks', 'took')).not.toHaveProperty('retracted');
  expect(development('talks', 'treaty').verification).toBe('single-source');
  expect(development('context', 'boats')).toMatchObject({ claim: 'alleged', goldstein: null });
  expect(development('council', 'from-the-archive')).toMatchObject({ recordedAt: '2021-04-11T09:00:00.000Z', onBehalfOf: 'north' });
}

describe.each(VERSIONS)('the log that version %i wrote', (version) => {
  const events = readKept(version);

  it('has every type of event, each of that version', () => {
    const types = new Set(events.map(({ type }) => type));
    if (version === SCHEMA_VERSION) expect([...types].sort()).toEqual(Object.keys({ ...DEVELOPMENTS, ...RECORDS, ...REGISTERS }).sort());
    expect(new Set(events.map(({ metadata }) => JSON.parse(metadata).schemaVersion))).toEqual(new Set([version]));
  });

  it('is read by the read side as it was meant', () => {
    expectMeaning(events);
  });

  it('is known to whoever records: the same again is nothing new', async () => {
    await using log = await ScratchLog.open(events);
    const statuses = (await log.tell()).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'unchanged')).toHaveLength(events.length);
    expect(statuses).not.toContain('rejected');
  });
});

it('the digest of what was sent follows from what was written', () => {
  // Of a grade the whole entry was sent, and nobody asks for its digest.
  for (const { type, data, metadata } of readKept(SCHEMA_VERSION).filter((event) => event.type !== 'SourceRegraded'))
    expect([type, digestOf(type, JSON.parse(data))]).toEqual([type, JSON.parse(metadata).digest]);
});

it('what this release writes is the log of its version, byte for byte', async () => {
  await using log = await ScratchLog.open();
  expect(new Set((await log.tell()).map(({ status }) => status))).toEqual(new Set(['recorded']));
  expect(keptText(await log.events())).toBe(readFileSync(keptLogFile(SCHEMA_VERSION), 'utf8'));
});

describe('a version before this one, as if there had been', () => {
  /** It called a meeting otherwise, and how long it lasted. */
  const old = readKept(SCHEMA_VERSION).map((event): RecordedEvent => {
    if (event.type !== 'MeetingHeld') return event;
    const { durationMinutes, ...data } = JSON.parse(event.data);
    return { ...event, type: 'TalksHeld', data: JSON.stringify({ ...data, type: 'TalksHeld', minutes: durationMinutes }) };
  });
  const upcasting: Upcasting = {
    version: SCHEMA_VERSION + 1,
    steps: {
      TalksHeld: {
        [SCHEMA_VERSION]: ({ data: { minutes, ...data }, metadata }) => ({
          type: 'MeetingHeld',
          data: { ...data, type: 'MeetingHeld', durationMinutes: minutes },
          metadata,
        }),
      },
    },
  };
  const decode: Decode = (event) => decodeEvent(event, upcasting);

  it('is read by the read side in the shape of today, and told in it', () => {
    expectMeaning(old, decode);
    using readSide = new MemoryReadSide(old, Infinity, { decode });
    const met = readSide.lines('export', { crisis: 'lake' }).find(({ id }) => id === 'met');
    expect(met).toMatchObject({ type: 'MeetingHeld', durationMinutes: 90 });
    expect(met).not.toHaveProperty('minutes');
    const shown = readSide.lines('replay', { ...LAKE, until: now, by: 'recorded' }).find(({ development }) => development?.id === 'met');
    expect(shown.event).toBe('MeetingHeld');
  });

  it('is known to whoever records', async () => {
    await using log = await ScratchLog.open(old);
    expect(new Set((await log.tell(decode)).map(({ status }) => status))).toEqual(new Set(['unchanged']));
  });

  it('stops a strict read side that has no step for it, and only its stream where it is not strict', () => {
    expect(() => new MemoryReadSide(old, Infinity, { strict: true })).toThrow('its type "TalksHeld" is not known to this release');
    using readSide = new MemoryReadSide(old);
    expect(readSide.ask('parked', {}).parked[0]).toMatchObject({ type: 'TalksHeld', first: true });
    expect(readSide.ask('track', { ...LAKE, track: 'council' }).track.status).toBe('concluded');
  });
});
