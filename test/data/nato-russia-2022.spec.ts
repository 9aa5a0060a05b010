// The first crisis that ships with Parley: its lines are valid, say no more than was reported, and tell the right story.
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { faultsOf } from '#crisis/check.js';
import { cameoOf } from '#crisis/tension.js';
import { isCameoCode } from '#crisis/cameo.js';
import { developmentsIn, namesIn } from '#crisis/references.js';
import { SlotTable } from '#crisis/slot-table.js';
import { firstStanding, verificationOf } from '#crisis/standing.js';
import { MAX_AHEAD_MS, parseInstant, parseMoment, parseOccurrence } from '#crisis/time.js';
import { trackState, type TrackState } from '#crisis/track-state.js';
import { CONTEXT_TRACK, DEVELOPMENTS, isDevelopmentType, isRegisterType, REGISTERS, type Development } from '#crisis/vocabulary/types.js';

interface Line {
  type: string;
  crisis: string;
  track?: string;
  id?: string;
  recordedAt: string;
  [field: string]: unknown;
}

const text = readFileSync(join(projectRoot(), 'data', 'nato-russia-2022.ndjson'), 'utf8');
const lines = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);
const registers = lines.filter(({ type }) => isRegisterType(type));
const recorded = lines.filter(({ type }) => isDevelopmentType(type)).map((line) => ({ line, development: line as unknown as Development }));
const developments = recorded.map(({ development }) => development);

/** By kind, the names that the lines register. */
const registered = {
  actor: namesOf('ActorRegistered'),
  issue: namesOf('IssueRaised'),
  source: namesOf('SourceRegistered'),
  track: [CONTEXT_TRACK, ...registers.flatMap(({ type, track }) => (type === 'TrackOpened' ? track! : []))],
};

describe('each line of the January 2022 crisis', () => {
  it('is of a type of the vocabulary and of this crisis', () => {
    expect(registers.length + developments.length).toBe(lines.length);
    expect(new Set(lines.map(({ crisis }) => crisis))).toEqual(new Set(['nato-russia-2022']));
    expect(text.endsWith('}\n')).toBe(true);
  });

  it.each(recorded)('is a valid development: $line.track/$line.id', ({ line, development }) => {
    const { crisis: _crisis, track: _track, recordedAt: _recordedAt, ...body } = line;
    expect(faultsOf(DEVELOPMENTS[development.type], body)).toEqual([]);
  });

  it.each(registers)('is a valid entry of a register: $type $id$track', (line) => {
    const { type, crisis: _crisis, track: _track, id: _id, recordedAt: _recordedAt, ...entry } = line;
    expect(isRegisterType(type) && faultsOf(REGISTERS[type], entry)).toEqual([]);
  });

  it('is recorded on the day of an update, none before the line above it', () => {
    const days = new Set(lines.map(({ recordedAt }) => recordedAt.slice(0, 10)));
    expect([...days]).toEqual(['12', '13', '14', '18', '21', '26', '27'].map((day) => `2022-01-${day}`));
    const moments = lines.map(({ recordedAt }) => parseInstant(recordedAt));
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  });

  it('happened not after it was recorded, but for the hours of the day', () => {
    for (const { line, development } of recorded) {
      expect(parseOccurrence(development.occurredAt).earliest).toBeLessThanOrEqual(parseInstant(line.recordedAt) + MAX_AHEAD_MS);
    }
  });
});

describe('the lines of the January 2022 crisis together', () => {
  it('give every development an id that is unique in its track', () => {
    const ids = developments.map(({ track, id }) => `${track}/${id}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => !id.endsWith('/undefined'))).toBe(true);
  });

  it('invent no hour: what happened, or is to happen, is known to the day at best', () => {
    for (const { line } of recorded) {
      for (const field of ['occurredAt', 'scheduledFor', 'dueBy']) expect(String(line[field] ?? '')).not.toContain('T');
    }
    for (const { reports } of developments) for (const { publishedAt } of reports) expect(publishedAt ?? '2022-01-12').toMatch(/^2022-01-\d\d$/);
  });

  it('register every actor, issue, source and track before it is named, once', () => {
    const firstDevelopment = lines.findIndex(({ type }) => isDevelopmentType(type));
    expect(lines.slice(firstDevelopment).filter(({ type }) => isRegisterType(type))).toEqual([]);
    for (const names of Object.values(registered)) expect(new Set(names).size).toBe(names.length);
    for (const development of developments) {
      expect(registered.track).toContain(development.track);
      for (const { kind, name } of namesIn(development)) expect(registered[kind]).toContain(name);
    }
  });

  it('affiliate an actor only to actors of earlier lines', () => {
    const known = new Set<string>();
    for (const { type, id, affiliation, memberOf = [] } of registers) {
      if (type !== 'ActorRegistered') continue;
      for (const name of [affiliation ?? [], memberOf].flat() as string[]) expect(known).toContain(name);
      known.add(id!);
    }
    for (const { type, parties } of registers) if (type === 'TrackOpened') for (const party of parties as string[]) expect(known).toContain(party);
  });

  it('refer only to developments of earlier lines, of the right type', () => {
    const known = new Map<string, string>();
    for (const development of developments) {
      for (const { track, id, type } of developmentsIn(development)) {
        const referred = known.get(`${track}/${id}`);
        expect({ reference: `${track}/${id}`, type: referred }).toEqual({ reference: `${track}/${id}`, type: type ?? expect.any(String) });
      }
      known.set(`${development.track}/${development.id}`, development.type);
    }
  });

  it('have a CAMEO code each', () => {
    for (const development of developments) expect(isCameoCode(cameoOf(development))).toBe(true);
  });

  it('are single-source throughout: two reports of one origin corroborate nothing', () => {
    expect(new Set(developments.map((development) => verificationOf(firstStanding(development, {}, 0n))))).toEqual(new Set(['single-source']));
  });
});

describe('what the January 2022 crisis tells', () => {
  it('knows of Geneva, on 12 January, at least 420 minutes and no outcome', () => {
    const { lastMeeting, meetingsHeld } = stateOf('us-russia', '2022-01-10', '2022-01-12');
    expect(meetingsHeld).toBe(1);
    expect(lastMeeting).toMatchObject({ occurredAt: '2022-01-10', place: { name: 'Geneva' }, durationMinutes: 420, durationQualifier: 'at-least' });
    expect(lastMeeting?.outcome).toBeUndefined();
  });

  it('leaves the NATO-Russia Council stalled after some four hours in Brussels', () => {
    const { status, because, lastMeeting, meetingsHeld } = stateOf('nato-russia-council', '2022-01-12', '2022-01-12');
    expect([status, because['status'], meetingsHeld]).toEqual(['stalled', 'nrc-meeting-12-january', 1]);
    expect(lastMeeting).toMatchObject({
      occurredAt: '2022-01-12',
      place: { name: 'Brussels' },
      durationMinutes: 240,
      durationQualifier: 'about',
      outcome: 'no-breakthrough',
    });
  });

  it('has the OSCE meeting announced on 12 January and held the day after', () => {
    expect(stateOf('osce', '2022-01-12', '2022-01-12')).toMatchObject({
      status: 'scheduled',
      meetingsHeld: 0,
      nextMeeting: { announcement: 'osce-meeting-announced', scheduledFor: '2022-01-13', place: { name: 'Vienna' } },
    });
    expect(stateOf('osce', '2022-01-13', '2022-01-13')).toMatchObject({
      status: 'active',
      meetingsHeld: 1,
      nextMeeting: null,
      lastMeeting: { development: 'osce-meeting-13-january', announcement: 'osce-meeting-announced' },
    });
  });

  it('tells on the OSCE track, on 13 January, of that meeting alone, in Vienna', () => {
    const ofThatDay = developments.filter(({ track, occurredAt }) => track === 'osce' && occurredAt.startsWith('2022-01-13'));
    expect(ofThatDay.map(({ id }) => id)).toEqual([
      'osce-meeting-13-january',
      'rau-closest-to-war-in-30-years',
      'lukashevich-disappointing',
      'lukashevich-warns-of-measures',
      'carpenter-drumbeat-of-war',
    ]);
    for (const { id, place, relatesTo = [] } of ofThatDay) {
      expect(place?.name).toBe('Vienna');
      if (id !== 'osce-meeting-13-january') expect(relatesTo.map(({ development }) => development)).toContain('osce-meeting-13-january');
    }
  });

  it('learns of the draft of 17 December on 21 January', () => {
    expect(stateOf('us-russia', '2022-01-12', '2022-01-12').openProposals).toEqual([]);
    expect(stateOf('us-russia', '2022-01-12', '2022-01-21').openProposals).toMatchObject([{ proposal: 'draft-treaty-tabled', tabledAt: '2021-12-17' }]);
  });

  it('awaits, on 21 January, the written answer that the United States promised for the next week', () => {
    const state = stateOf('us-russia', '2022-01-21', '2022-01-21');
    expect(state).toMatchObject({
      status: 'awaiting-response',
      since: '2022-01-21',
      whoseMove: ['united-states'],
      meetingsHeld: 3,
      because: { status: 'written-answer-promised' },
      nextMeeting: { announcement: 'february-meetings-announced', scheduledFor: '2022-02' },
      openCommitments: [
        {
          promise: 'written-answer-promised',
          by: 'united-states',
          to: 'russia',
          proposal: 'draft-treaty-tabled',
          dueBy: '2022-01-24/2022-01-30',
          overdue: false,
        },
      ],
    });
  });

  it('has that answer overdue at the end of the month for who knows nothing after 25 January', () => {
    expect(stateOf('us-russia', '2022-01-31', '2022-01-25').openCommitments).toMatchObject([{ promise: 'written-answer-promised', overdue: true }]);
  });

  it('has it delivered on 26 January, and it is for Russia to move', () => {
    for (const asOf of ['2022-01-26', '2022-01-27']) {
      expect(stateOf('us-russia', asOf, '2022-01-27')).toMatchObject({
        status: 'active',
        whoseMove: ['russia'],
        openCommitments: [],
        openProposals: [],
        because: { whoseMove: 'written-answer-delivered' },
      });
    }
  });

  it('sets the demands of Russia against the open door of NATO', () => {
    const demands = developments.filter((development) => development.type === 'PositionTaken' && development.stance === 'demands');
    expect(demands.map((development) => development.type === 'PositionTaken' && development.issue)).toEqual([
      'us-nuclear-weapons-in-europe',
      'forces-near-russia',
      'nato-enlargement',
    ]);
    const cells = stateOf('nato-russia-council', '2022-01-12', '2022-01-12').positions.filter(({ issue }) => issue === 'nato-enlargement');
    expect(cells.map(({ party, stance }) => `${party} ${stance}`).toSorted()).toEqual(['nato supports', 'russia demands']);
  });
});

function namesOf(type: string): string[] {
  return registers.flatMap((line) => (line.type === type ? line.id! : []));
}

/** The fields of a track's state that come from its slots, and the number of its meetings. */
function stateOf(track: string, asOf: string, knownAt: string): TrackState {
  const at = parseMoment(asOf);
  const slots = new SlotTable();
  let meetingsHeld = 0;
  recorded.forEach(({ line, development }, index) => {
    if (development.track !== track || parseInstant(line.recordedAt) > parseMoment(knownAt)) return;
    const speaker = development.type === 'StatementMade' ? development.speaker : undefined;
    const onBehalfOf = registers.find(({ type, id }) => type === 'ActorRegistered' && id === speaker)?.['affiliation'] as string | undefined;
    const standing = firstStanding(development, { onBehalfOf }, BigInt(index + 1));
    slots.put(standing);
    if (development.type === 'MeetingHeld' && standing.order.earliest <= at) meetingsHeld++;
  });
  const tallies = {
    developments: 0,
    meetingsHeld,
    verification: { retracted: 0, disputed: 0, corroborated: 0, 'single-source': 0 },
    tension: { score: null, trend: null },
    lastDevelopment: undefined,
    uncertain: [],
  };
  return trackState({ id: track, title: '', parties: [], revision: null }, slots, tallies, at);
}

/** The folder that holds package-lock.json: specs run from the build, the data lie beside the sources. */
function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package-lock.json'))) {
    if (dirname(folder) === folder) throw new Error('no folder above holds package-lock.json');
    folder = dirname(folder);
  }
  return folder;
}
