// The January 2022 crisis, as anyone can read it once the service has started.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCrisis, Service, statement } from './command-service.js';

const CRISIS = '/crises/nato-russia-2022';

let service: Service;
beforeAll(async () => {
  service = await Service.start({ PARLEY_DEMO: 'on' });
  while ((await service.get('/health/ready')).status !== 200) await sleep(50);
});
afterAll(() => service.remove());

describe('the talks between the United States and Russia', () => {
  it('await the written answer on 21 January, as it was known that day', async () => {
    const { track } = await read(`${CRISIS}/tracks/us-russia?asOf=2022-01-21&knownAt=2022-01-21`);
    expect(track).toMatchObject({
      id: 'us-russia',
      status: 'awaiting-response',
      since: '2022-01-21',
      whoseMove: ['united-states'],
      openCommitments: [
        { promise: 'written-answer-promised', by: 'united-states', to: 'russia', dueBy: '2022-01-24/2022-01-30', overdue: false },
      ],
      because: { status: 'written-answer-promised', openCommitments: 'written-answer-promised' },
    });
  });

  it('have an answer overdue on 31 January, as it was known on 25 January', async () => {
    const { track } = await read(`${CRISIS}/tracks/us-russia?asOf=2022-01-31&knownAt=2022-01-25`);
    expect(track.openCommitments).toMatchObject([{ promise: 'written-answer-promised', overdue: true }]);
  });

  it("have it delivered on 26 January, and it is Russia's move", async () => {
    const { track } = await read(`${CRISIS}/tracks/us-russia?asOf=2022-01-26&knownAt=2022-01-26`);
    expect(track).toMatchObject({ status: 'active', openCommitments: [], whoseMove: ['russia'] });
  });

  it('lasted at least 420 minutes on 10 January, with no outcome reported', async () => {
    const { track } = await read(`${CRISIS}/tracks/us-russia?asOf=2022-01-10&knownAt=2022-01-12`);
    expect(track.lastMeeting).toMatchObject({ durationMinutes: 420, durationQualifier: 'at-least' });
    expect(track.lastMeeting).not.toHaveProperty('outcome');
  });

  it('have no draft of 17 December as it was known on 12 January, and have it as it was known on 21 January', async () => {
    const path = `${CRISIS}/tracks/us-russia/developments/draft-treaty-tabled?asOf=2022-01-12`;
    expect((await service.get(`${path}&knownAt=2022-01-12`)).status).toBe(404);
    expect((await service.get(`${path}&knownAt=2022-01-21`)).status).toBe(200);
    const proposals = async (knownAt: string) =>
      (await read(`${CRISIS}/tracks/us-russia?asOf=2022-01-12&knownAt=${knownAt}`)).track.openProposals.map(
        ({ proposal }: any) => proposal,
      );
    expect(await proposals('2022-01-12')).toEqual([]);
    expect(await proposals('2022-01-21')).toEqual(['draft-treaty-tabled']);
    const listed = async (knownAt: string) =>
      (await read(`${CRISIS}/timeline?asOf=2022-01-12&knownAt=${knownAt}&type=ProposalTabled`)).developments.map(({ id }: any) => id);
    expect(await listed('2022-01-12')).toEqual([]);
    expect(await listed('2022-01-21')).toEqual(['draft-treaty-tabled']);
  });
});

it('the NATO-Russia Council met once by 12 January, for about four hours, without a breakthrough', async () => {
  const { track } = await read(`${CRISIS}/tracks/nato-russia-council?asOf=2022-01-12&knownAt=2022-01-12`);
  expect(track).toMatchObject({
    status: 'stalled',
    meetingsHeld: 1,
    lastMeeting: {
      occurredAt: '2022-01-12',
      durationMinutes: 240,
      durationQualifier: 'about',
      outcome: 'no-breakthrough',
      place: { name: 'Brussels' },
    },
  });
});

describe('where the parties stand', () => {
  it('is that Russia demands no enlargement and NATO keeps its door open, each with the development that said so', async () => {
    const { positions } = await read(`${CRISIS}/positions?issue=nato-enlargement&asOf=2022-01-31&knownAt=2022-01-31`);
    expect(positions).toMatchObject([
      { party: 'nato', stance: 'supports', track: 'nato-russia-council', development: 'nato-open-door' },
      {
        party: 'russia',
        stance: 'demands',
        since: '/2022-01-12',
        track: 'nato-russia-council',
        development: 'demand-no-enlargement',
        statedBy: 'russia',
        verification: 'single-source',
        history: [{ stance: 'demands', development: 'demand-no-enlargement', since: '/2022-01-12' }],
      },
    ]);
  });

  it('was not stated by the United States before 18 January, and then by its spokesperson', async () => {
    const stated = async (asOf: string) => (await read(`${CRISIS}/positions?party=united-states&asOf=${asOf}`)).positions;
    expect(await stated('2022-01-17')).toEqual([]);
    expect(await stated('2022-01-18')).toMatchObject([
      { issue: 'allied-participation', stance: 'demands', statedBy: 'ned-price', development: 'price-on-the-talks-18-january' },
      { issue: 'ukraine-sovereignty', stance: 'supports', statedBy: 'ned-price' },
    ]);
  });

  it('moves by what was recorded since: an ascription stands beside, a new stance takes the place of the old one', async () => {
    await openCrisis(service, 'matrix');
    const take = async (id: string, day: string, fields: object): Promise<string> => {
      const taken = { type: 'PositionTaken', id, occurredAt: day, summary: id, party: 'russia', issue: 'enlargement', ...fields };
      const { status, body } = await service.post('/crises/matrix/tracks/talks/developments', { ...taken, reports: [{ source: 'tass' }] });
      expect(status).toBe(201);
      return body.position;
    };
    await take('first', '2022-01-10', { stance: 'demands', redLine: true });
    await take('ascribed', '2022-01-11', { stance: 'open-to', statedBy: 'united-states' });
    const position = await take('second', '2022-01-12', { stance: 'conditional' });
    const { positions } = await read(`/crises/matrix/positions?minPosition=${position}`);
    expect(positions).toMatchObject([
      {
        stance: 'conditional',
        development: 'second',
        attributed: { stance: 'open-to', statedBy: 'united-states', development: 'ascribed', track: 'talks' },
        history: [
          { stance: 'demands', redLine: true, statedBy: 'russia' },
          { stance: 'open-to', attributed: true, statedBy: 'united-states' },
          { stance: 'conditional' },
        ],
      },
    ]);
    const shortened = await read(`/crises/matrix/positions?history=1&asOf=2022-01-11`);
    expect(shortened.positions).toMatchObject([{ stance: 'demands', redLine: true, history: [{ stance: 'open-to' }], earlier: true }]);
  });
});

describe('the promises', () => {
  const PROMISED = {
    track: 'us-russia',
    promise: 'written-answer-promised',
    by: 'united-states',
    to: 'russia',
    dueBy: '2022-01-24/2022-01-30',
  };

  it('are one, open on 21 January and delivered in time on 26 January', async () => {
    const { commitments } = await read(`${CRISIS}/commitments?asOf=2022-01-21&knownAt=2022-01-21`);
    expect(commitments).toEqual([expect.objectContaining({ ...PROMISED, state: 'open', overdue: false, verification: 'single-source' })]);
    const after = await read(`${CRISIS}/commitments?asOf=2022-01-26&knownAt=2022-01-26`);
    expect(after.commitments).toMatchObject([
      { ...PROMISED, state: 'delivered', late: false, closedBy: 'written-answer-delivered', closedAt: '2022-01-26' },
    ]);
    expect(after.next).toBeNull();
  });

  it('are overdue on 31 January as it was known on 25 January, and can be asked for so', async () => {
    const promises = async (query: string) =>
      (await read(`${CRISIS}/commitments?asOf=2022-01-31&${query}`)).commitments.map(({ promise }: any) => promise);
    expect(await promises('knownAt=2022-01-25&state=overdue')).toEqual(['written-answer-promised']);
    expect(await promises('knownAt=2022-01-25&state=delivered')).toEqual([]);
    expect(await promises('knownAt=2022-01-26&state=overdue')).toEqual([]);
    expect(await promises('by=united-states&to=russia')).toEqual(['written-answer-promised']);
    expect(await promises('by=russia')).toEqual([]);
    expect(await promises('track=osce')).toEqual([]);
  });
});

describe('the meetings', () => {
  it('of the OSCE was announced on 12 January and held on 13 January, and is one meeting', async () => {
    const osce = async (asOf: string) => (await read(`${CRISIS}/meetings?track=osce&asOf=${asOf}`)).meetings;
    expect(await osce('2022-01-12')).toMatchObject([
      { state: 'announced', announcement: 'osce-meeting-announced', scheduledFor: '2022-01-13' },
    ]);
    expect(await osce('2022-01-13')).toMatchObject([
      {
        state: 'held',
        announcement: 'osce-meeting-announced',
        held: { development: 'osce-meeting-13-january', occurredAt: '2022-01-13' },
        schedule: [{ development: 'osce-meeting-announced', scheduledFor: '2022-01-13' }],
      },
    ]);
  });

  it('would have lapsed, had nobody told that it was held', async () => {
    const { meetings } = await read(`${CRISIS}/meetings?track=osce&asOf=2022-01-14&knownAt=2022-01-12`);
    expect(meetings).toMatchObject([{ state: 'lapsed', scheduledFor: '2022-01-13' }]);
    expect(meetings[0]).not.toHaveProperty('held');
  });

  it('that were held are six, five of them without an announcement, and the one of February lies ahead', async () => {
    const of = async (query: string) => (await read(`${CRISIS}/meetings?asOf=2022-01-31&${query}`)).meetings;
    const held = await of('state=held');
    expect(held.map(({ held: { development } }: any) => development)).toEqual([
      'sullivan-received-by-grushko',
      'geneva-meeting-21-january',
      'blinken-lavrov-talks-18-january',
      'nrc-meeting-12-january',
      'osce-meeting-13-january',
      'geneva-talks-10-january',
    ]);
    expect(held.filter(({ announcement }: any) => announcement === undefined)).toHaveLength(5);
    expect(await of('state=announced')).toMatchObject([{ announcement: 'february-meetings-announced', scheduledFor: '2022-02' }]);
    expect((await of('actor=john-sullivan')).map(({ track }: any) => track)).toEqual(['us-russia']);
  });
});

describe('the tension', () => {
  const tension = async (query: string) => (await read(`${CRISIS}/tension?${query}`)).tension;

  it('is conflict on 12 January, and eases by 27 January', async () => {
    const { days } = await tension('asOf=2022-01-12&days=1');
    expect(days).toMatchObject([{ day: '2022-01-12', count: 13, verbalCooperation: 8, verbalConflict: 5, materialConflict: 0 }]);
    expect(days[0].mean).toBeLessThan(-1);
    expect(days[0].conflict.verbal).toBe(0.385);
    const { score, trend, last, before } = await tension('asOf=2022-01-27');
    expect(score).toBeGreaterThan(0);
    expect([last.from, last.to, last.count, before.count]).toEqual(['2022-01-14', '2022-01-27', 19, 24]);
    expect(before.mean).toBeLessThan(0);
    expect(trend).toBeGreaterThan(1);
  });

  it('of a day is the mean of the scores that the timeline shows of it', async () => {
    const { developments } = await read(`${CRISIS}/timeline?from=2022-01-21&to=2022-01-21&limit=500`);
    const scores = developments.flatMap(({ goldstein }: any) => goldstein ?? []);
    const { days } = await tension('asOf=2022-01-21&days=1');
    expect([scores.length, days[0].count]).toEqual([8, 8]);
    expect(days[0].mean).toBeCloseTo(scores.reduce((sum: number, score: number) => sum + score, 0) / 8, 3);
  });

  it('of a track is that of its state', async () => {
    const { score, trend } = await tension('track=us-russia&asOf=2022-01-21&knownAt=2022-01-21');
    expect((await read(`${CRISIS}/tracks/us-russia?asOf=2022-01-21&knownAt=2022-01-21`)).track.tension).toEqual({ score, trend });
  });

  it('between two is of what they did and said to each other; what is alleged or denied does not count', async () => {
    const two = await tension('actor=united-states,russia&asOf=2022-01-27');
    expect(two.last).toMatchObject({ count: 6, verbalCooperation: 6 });
    expect(await tension('actor=russia&actor=ukraine&asOf=2022-01-27')).toMatchObject({
      actors: ['russia', 'ukraine'],
      score: null,
      trend: null,
    });
  });
});

describe('the actors', () => {
  it('are there with what they said, did and owe on 21 January', async () => {
    const { actors } = await read(`${CRISIS}/actors?asOf=2022-01-21&knownAt=2022-01-21&actor=united-states,russia,sergey-lavrov`);
    const [russia, us, lavrov] = actors;
    expect(us).toMatchObject({
      id: 'united-states',
      kind: 'state',
      latestStatement: { development: 'further-discussions-agreed', speaker: 'antony-blinken', verification: 'single-source' },
      owes: [{ promise: 'written-answer-promised', to: 'russia', overdue: false }],
      isOwed: [],
      counts: { met: 4 },
      lastDevelopment: { development: 'february-meetings-announced', type: 'MeetingAnnounced' },
    });
    expect(us.positions.map(({ issue, stance }: any) => [issue, stance])).toEqual([
      ['allied-participation', 'demands'],
      ['ukraine-sovereignty', 'supports'],
    ]);
    expect(russia).toMatchObject({ id: 'russia', owes: [], isOwed: [{ promise: 'written-answer-promised' }] });
    expect(lavrov).toMatchObject({
      latestStatement: { development: 'lavrov-putin-always-ready-to-talk', party: 'russia' },
      counts: { said: 6, met: 2, did: 0 },
    });
  });

  it('come in pages, in the order of their registration', async () => {
    const { crisis } = await read(CRISIS);
    const first = await read(`${CRISIS}/actors?limit=20`);
    const second = await read(`${CRISIS}/actors?limit=20&cursor=${first.next}`);
    expect([...first.actors, ...second.actors].map(({ id }: any) => id)).toEqual(crisis.actors.map(({ id }: any) => id));
    expect([first.actors.length, second.next]).toEqual([20, null]);
  });
});

describe('the changes', () => {
  const ids = (developments: any[]): string[] => developments.map(({ id }) => id);
  const moved = ({ tracks }: any, track: string, field: string): any[] =>
    tracks.find(({ id }: any) => id === track)?.moved.filter((move: any) => move.field === field) ?? [];

  it('from 18 to 21 January are the day in Geneva, and the draft of December, of which one learned only then', async () => {
    const changes = await read(`${CRISIS}/changes?from=2022-01-18&to=2022-01-21`);
    expect(ids(changes.happened)).toEqual([
      'geneva-meeting-21-january',
      'lavrov-anti-russia-hysteria',
      'lavrov-never-threatened-ukrainians',
      'lavrov-putin-always-ready-to-talk',
      'blinken-frank-and-substantive',
      'written-answer-promised',
      'further-discussions-agreed',
      'february-meetings-announced',
    ]);
    expect(changes.learnedLate).toMatchObject([{ id: 'draft-treaty-tabled', occurredAt: '2021-12-17', verification: 'single-source' }]);
    expect([changes.corrected, changes.fellDue, changes.more]).toEqual([[], [], []]);
    expect(changes.from).toEqual({ asOf: '2022-01-18T23:59:59.999Z', knownAt: '2022-01-18T23:59:59.999Z' });
    expect(changes.tracks.map(({ id }: any) => id)).toEqual(['us-russia']);
    expect(moved(changes, 'us-russia', 'status')).toEqual([
      {
        field: 'status',
        from: 'active',
        to: 'awaiting-response',
        because: 'written-answer-promised',
        wasBecause: 'blinken-lavrov-talks-18-january',
      },
    ]);
    expect(moved(changes, 'us-russia', 'whoseMove')).toMatchObject([
      { from: [], to: ['united-states'], because: 'written-answer-promised' },
    ]);
    expect(moved(changes, 'us-russia', 'meetingsHeld')).toMatchObject([{ from: 2, to: 3 }]);
  });

  it('of what was known on 25 January are one promise that fell due', async () => {
    const changes = await read(`${CRISIS}/changes?from=2022-01-30&to=2022-01-31&fromKnownAt=2022-01-25&toKnownAt=2022-01-25`);
    expect(changes.fellDue).toMatchObject([
      { at: '2022-01-31T00:00:00.000Z', kind: 'commitment-overdue', promise: 'written-answer-promised', commitment: { overdue: true } },
    ]);
    expect([changes.happened, changes.learnedLate, changes.corrected]).toEqual([[], [], []]);
    expect(moved(changes, 'us-russia', 'openCommitments')).toMatchObject([{ from: { overdue: false }, to: { overdue: true } }]);
  });

  it('in the picture of one day, by what was learned since, are the draft and nothing that happened', async () => {
    const changes = await read(`${CRISIS}/changes?from=2022-01-12&to=2022-01-12&toKnownAt=2022-01-21&track=us-russia`);
    expect([ids(changes.happened), ids(changes.learnedLate)]).toEqual([[], ['draft-treaty-tabled']]);
    expect(moved(changes, 'us-russia', 'openProposals')).toMatchObject([{ of: 'draft-treaty-tabled', from: null }]);
  });

  it('name what was corrected and what was retracted, with the events that did it', async () => {
    await openCrisis(service, 'mended');
    const track = '/crises/mended/tracks/talks/developments';
    const send = async (path: string, body: object): Promise<any> => {
      const answer = await service.post(track + path, body);
      expect(answer.status).toBe(201);
      return answer.body;
    };
    await send('', statement({ id: 'kept', summary: 'As first told.' }));
    const { recordedAt } = await send('', {
      type: 'TrackSuspended',
      id: 'false',
      occurredAt: '2022-01-13',
      summary: 'No.',
      reports: [{ source: 'tass' }],
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await send('/kept/corrections', { id: 'c', changes: { summary: 'As told better.' }, reason: 'translation' });
    const { position } = await send('/false/retractions', { id: 'r', reason: 'factual-error', note: 'It never was.' });
    const query = `from=2022-01-20&to=2022-01-20&fromKnownAt=${recordedAt}&toKnownAt=2999&minPosition=${position}`;
    const changes = await read(`/crises/mended/changes?${query}`);
    expect(changes.corrected).toMatchObject([
      { id: 'kept', summary: 'As told better.', record: [{ by: 'DevelopmentCorrected', reason: 'translation' }] },
      { id: 'false', retracted: true, record: [{ by: 'DevelopmentRetracted', note: 'It never was.' }] },
    ]);
    expect([changes.happened, changes.learnedLate]).toEqual([[], []]);
    expect(moved(changes, 'talks', 'status')).toEqual([{ field: 'status', from: 'suspended', to: 'proposed', wasBecause: 'false' }]);
  });
});

describe('a replay', () => {
  it('until 13 January holds nothing of 14 January, and ends with the states of that day', async () => {
    const frames = await replay('until=2022-01-13');
    const shown = frames.filter(({ development }) => development !== null).map(({ development }) => development);
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter(({ occurredAt }: any) => /^2022-01-(1[4-9]|2|3)/.test(occurredAt))).toEqual([]);
    const osce = shown.filter(({ track }: any) => track === 'osce');
    expect(osce.every(({ occurredAt }: any) => occurredAt <= '2022-01-13~')).toBe(true);
    expect(osce.map(({ id }: any) => id)).toContain('osce-meeting-13-january');
    const last = frames.at(-1)!;
    expect(last).toMatchObject({ development: null, at: '2022-01-13T23:59:59.999Z' });
    expect(last.tracks).toEqual((await read(`${CRISIS}/tracks?asOf=2022-01-13`)).tracks);
  });

  it('has a frame for the answer that fell due, as it was known on 25 January', async () => {
    const frames = await replay('until=2022-01-31&knownAt=2022-01-25');
    const due = frames.filter(
      ({ development, tracks }) =>
        development === null &&
        tracks.some(({ id, openCommitments }: any) => id === 'us-russia' && openCommitments.some(({ overdue }: any) => overdue)),
    );
    expect(due[0]).toMatchObject({ at: '2022-01-31T00:00:00.000Z' });
  });

  it('by record shows the draft of 17 December among what was recorded on 21 January', async () => {
    const frames = await replay('until=2022-01-31&by=recorded');
    const ids = frames.flatMap(({ development }) => (development === null ? [] : [development.id]));
    expect(ids.indexOf('draft-treaty-tabled')).toBeGreaterThan(ids.indexOf('osce-meeting-13-january'));
  });

  it('is a film as Server-Sent Events', async () => {
    const response = await fetch(`${service.url}${CRISIS}/replay?until=2022-01-13`, { headers: { accept: 'text/event-stream' } });
    const text = await response.text();
    expect(text.match(/^event: frame$/gm)?.length).toBe((await replay('until=2022-01-13')).length);
    expect(text).toMatch(/^event: end$/m);
  });
});

describe('the timeline', () => {
  it('comes in pages that leave nothing out and repeat nothing', async () => {
    for (const order of ['newest', 'oldest']) {
      const whole = (await read(`${CRISIS}/timeline?limit=500&order=${order}`)).developments.map(nameOf);
      const paged: string[] = [];
      for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
        const answer = await read(
          `${CRISIS}/timeline?limit=7&order=${order}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        paged.push(...answer.developments.map(nameOf));
        cursor = answer.next ?? undefined;
      }
      expect(paged).toEqual(whole);
    }
  });

  it('finds what is asked for', async () => {
    const { developments } = await read(`${CRISIS}/timeline?actor=sergey-lavrov&from=2022-01-21&to=2022-01-21&type=StatementMade`);
    expect(developments.length).toBeGreaterThan(2);
    expect(developments.every(({ type, occurredAt }: any) => type === 'StatementMade' && occurredAt.startsWith('2022-01-21'))).toBe(true);
  });

  it('refuses a cursor that it did not give', async () => {
    expect((await service.get(`${CRISIS}/timeline?cursor=nonsense`)).status).toBe(400);
  });
});

describe('a read', () => {
  it('sees what its reader has just recorded', async () => {
    await openCrisis(service, 'own-writes');
    for (let n = 0; n < 50; n++) {
      const { body } = await service.post('/crises/own-writes/tracks/talks/developments', statement({ id: `s-${n}` }));
      const answer = await read(`/crises/own-writes/tracks/talks?minPosition=${body.position}`);
      expect(answer.track.developments).toBe(n + 1);
      expect(BigInt(answer.position)).toBeGreaterThanOrEqual(BigInt(body.position));
    }
  });

  it('of a position that is far ahead is refused in time', async () => {
    const before = performance.now();
    const answer = await service.get(`${CRISIS}/tracks?minPosition=1000000000`);
    expect(answer.status).toBe(503);
    expect(answer.body.code).toBe('not-caught-up');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(performance.now() - before).toBeLessThan(8000);
  });

  it('of what is not there is answered as such', async () => {
    for (const path of [
      '/crises/none',
      '/crises/none/tracks',
      '/crises/none/timeline',
      '/crises/none/positions',
      '/crises/none/commitments',
      '/crises/none/meetings',
      '/crises/none/tension',
      '/crises/none/changes?from=2022-01-12',
      '/crises/none/actors',
      `${CRISIS}/tension?track=none`,
      `${CRISIS}/tension?actor=none`,
      '/crises/none/replay',
      '/crises/none/export.ndjson',
      '/crises/none/live',
      `${CRISIS}/tracks/none`,
      `${CRISIS}/tracks/osce/developments/none`,
    ]) {
      const { status, body } = await service.get(path);
      expect([path, status, body.status]).toEqual([path, 404, 404]);
    }
  });

  it('names its moments, its position, and until when it is settled', async () => {
    const answer = await service.get(`${CRISIS}/tracks?asOf=2022-01-21&knownAt=2022-01-21`);
    expect(answer.headers.get('parley-position')).toBe(answer.body.position);
    expect(answer.body).toMatchObject({
      asOf: '2022-01-21T23:59:59.999Z',
      knownAt: '2022-01-21T23:59:59.999Z',
      position: expect.stringMatching(/^\d+$/),
      settledUntil: expect.anything(),
    });
    expect(answer.body.tracks.map(({ id }: any) => id).sort()).toEqual(['context', 'nato-russia-council', 'osce', 'us-russia']);
  });

  it('leaves out a source', async () => {
    const all = await read(`${CRISIS}/timeline?limit=500`);
    const without = await read(`${CRISIS}/timeline?limit=500&excludeSource=tass`);
    expect(without.developments.length).toBeLessThan(all.developments.length);
  });

  it('takes a revision from one answer to the next command', async () => {
    const { headers } = await service.get('/crises/own-writes/tracks/talks');
    const match = { 'if-match': headers.get('etag')! };
    expect((await service.post('/crises/own-writes/tracks/talks/developments', statement({ id: 'matched' }), match)).status).toBe(201);
    expect((await service.post('/crises/own-writes/tracks/talks/developments', statement({ id: 'unmatched' }), match)).status).toBe(412);
  });
});

it('an export is what an import takes, and nothing happens', async () => {
  const text = await (await fetch(`${service.url}${CRISIS}/export.ndjson`)).text();
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(96);
  const results = await service.import(lines);
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['unchanged']));
});

async function read(path: string): Promise<any> {
  const { status, body } = await service.get(path);
  expect([path, status]).toEqual([path, 200]);
  return body;
}

async function replay(query: string): Promise<any[]> {
  const response = await fetch(`${service.url}${CRISIS}/replay?${query}`);
  expect(response.status).toBe(200);
  return (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function nameOf({ track, id }: { track: string; id: string }): string {
  return `${track}/${id}`;
}
