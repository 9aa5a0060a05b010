import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCrisis, Service, statement } from './command-service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.remove());

const DEVELOPMENTS = '/crises/c/tracks/talks/developments';

function pointersOf({ body }: { body: any }): string[] {
  return body.errors.map(({ pointer, parameter }: any) => pointer ?? parameter);
}

describe('registers', () => {
  test('are opened with 201, repeated with 200 and the first position, and amended', async () => {
    const first = await service.put('/crises/registers', { title: 'One' });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ id: 'registers', crisis: 'registers', type: 'CrisisOpened', status: 'recorded', revision: '0' });
    expect(first.body.position).toMatch(/^\d+$/);
    expect(first.headers.get('parley-position')).toBe(first.body.position);
    expect(new Date(first.body.recordedAt).toISOString()).toBe(first.body.recordedAt);

    const again = await service.put('/crises/registers', { title: 'One' });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({ ...first.body, status: 'unchanged' });

    const amended = await service.put('/crises/registers', { title: 'Two' });
    expect(amended.body).toMatchObject({ status: 'recorded', revision: '1' });
  });

  test('take actors, issues, sources and tracks', async () => {
    await service.put('/crises/names', { title: 'Names' });
    const calls: [string, object][] = [
      ['actors/russia', { name: 'Russia', kind: 'state' }],
      ['actors/lavrov', { name: 'Lavrov', kind: 'person', affiliation: 'russia' }],
      ['issues/enlargement', { title: 'Enlargement' }],
      ['sources/tass', { name: 'TASS', reliability: 'C' }],
      ['tracks/talks', { title: 'Talks', parties: ['russia'] }],
    ];
    for (const [path, body] of calls) {
      const first = await service.put(`/crises/names/${path}`, body);
      expect([path, first.status, first.body.id]).toEqual([path, 201, path.split('/')[1]]);
      const again = await service.put(`/crises/names/${path}`, body);
      expect([path, again.status, again.body.status, again.body.position]).toEqual([path, 200, 'unchanged', first.body.position]);
    }
    const track = await service.put('/crises/names/tracks/talks', { title: 'The talks', parties: ['russia'] });
    expect(track.status).toBe(200);
    expect(track.headers.get('etag')).toBe('"1"');
  });

  test('close a crisis, with and without a body', async () => {
    await service.put('/crises/closed', { title: 'Closed' });
    expect((await service.post('/crises/closed/closure')).status).toBe(201);
    expect((await service.post('/crises/closed/closure', {})).status).toBe(200);
    expect((await service.post('/crises/closed/closure', { note: 'Over' })).body).toMatchObject({
      type: 'CrisisClosed',
      status: 'recorded',
    });
  });

  test('refuse unknown crises, unknown actors and fields that are none', async () => {
    const unknownCrisis = await service.put('/crises/nowhere/issues/i', { title: 'I' });
    expect([unknownCrisis.status, unknownCrisis.body.code]).toEqual([404, 'unknown-crisis']);
    await service.put('/crises/refusing', { title: 'R' });
    const unknownActor = await service.put('/crises/refusing/actors/lavrov', { name: 'Lavrov', kind: 'person', affiliation: 'russia' });
    expect([unknownActor.status, unknownActor.body.code, pointersOf(unknownActor)]).toEqual([422, 'unknown-actor', ['/affiliation']]);
    const faulty = await service.put('/crises/refusing/actors/russia', { name: '', kind: 'empire', flag: 'red' });
    expect([faulty.status, faulty.body.code, pointersOf(faulty)]).toEqual([400, 'invalid-body', ['/name', '/kind', '/flag']]);
  });

  test('take no condition', async () => {
    const answer = await service.put('/crises/registers', { title: 'One' }, { 'If-Match': '"0"' });
    expect([answer.status, answer.body.code, pointersOf(answer)]).toEqual([400, 'invalid-header', ['If-Match']]);
  });
});

describe('developments', () => {
  beforeAll(() => openCrisis(service, 'c'));

  test('are recorded with 201, their location and the revision of the track', async () => {
    const answer = await service.post(
      DEVELOPMENTS,
      statement({ id: 'first', positions: [{ party: 'russia', issue: 'enlargement', stance: 'opposes' }] }),
      { 'Parley-Recorder': 'desk', 'X-Correlation-Id': 'abc-1' },
    );
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id: 'first', crisis: 'c', track: 'talks', type: 'StatementMade', status: 'recorded' });
    expect(answer.headers.get('location')).toBe(`${DEVELOPMENTS}/first`);
    expect(answer.headers.get('etag')).toBe(`"${answer.body.revision}"`);
    expect(answer.headers.get('parley-position')).toBe(answer.body.position);
    expect(answer.headers.get('x-correlation-id')).toBe('abc-1');
  });

  test('are repeated with 200 and the first position, also after a restart; other content is a conflict', async () => {
    const first = await service.post(DEVELOPMENTS, statement({ id: 'repeated' }));
    const again = await service.post(DEVELOPMENTS, statement({ id: 'repeated', crisis: 'c', track: 'talks' }));
    expect([again.status, again.body]).toEqual([200, { ...first.body, status: 'unchanged' }]);
    await service.restart();
    const later = await service.post(DEVELOPMENTS, statement({ id: 'repeated' }));
    expect([later.status, later.body]).toEqual([200, { ...first.body, status: 'unchanged' }]);
    const other = await service.post(DEVELOPMENTS, statement({ id: 'repeated', summary: 'Something else.' }));
    expect([other.status, other.body.code]).toEqual([409, 'id-taken']);
  });

  test('sent many times at once are recorded once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => service.post(DEVELOPMENTS, statement({ id: 'at-once' }))));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.position)).size).toBe(1);
  });

  test('get an id from the Idempotency-Key, else a fresh one', async () => {
    const keyed = await service.post(DEVELOPMENTS, statement(), { 'Idempotency-Key': 'k-1' });
    const again = await service.post(DEVELOPMENTS, statement(), { 'Idempotency-Key': 'k-1' });
    expect([again.status, again.body.id, again.body.position]).toEqual([200, keyed.body.id, keyed.body.position]);
    const fresh = await service.post(DEVELOPMENTS, statement());
    const another = await service.post(DEVELOPMENTS, statement());
    expect([fresh.status, another.status]).toEqual([201, 201]);
    expect(another.body.id).not.toBe(fresh.body.id);
    const tooLong = await service.post(DEVELOPMENTS, statement(), { 'Idempotency-Key': 'k'.repeat(257) });
    expect([tooLong.status, pointersOf(tooLong)]).toEqual([400, ['Idempotency-Key']]);
  });

  test('depend on the revision that If-Match names, a repeat does not', async () => {
    const { body } = await service.post(DEVELOPMENTS, statement({ id: 'before' }));
    const stale = await service.post(DEVELOPMENTS, statement({ id: 'stale' }), { 'If-Match': '"0"' });
    expect([stale.status, stale.body.code]).toEqual([412, 'revision-mismatch']);
    const current = await service.post(DEVELOPMENTS, statement({ id: 'current' }), { 'If-Match': `"${body.revision}"` });
    expect(current.status).toBe(201);
    const bare = await service.post(DEVELOPMENTS, statement({ id: 'bare' }), { 'If-Match': current.body.revision });
    expect(bare.status).toBe(201);
    expect((await service.post(DEVELOPMENTS, statement({ id: 'any' }), { 'If-Match': '*' })).status).toBe(201);
    expect((await service.post(DEVELOPMENTS, statement({ id: 'bare' }), { 'If-Match': '"0"' })).status).toBe(200);
    const malformed = await service.post(DEVELOPMENTS, statement({ id: 'list' }), { 'If-Match': '"1", "2"' });
    expect([malformed.status, malformed.body.code, pointersOf(malformed)]).toEqual([400, 'invalid-header', ['If-Match']]);
  });

  test('name every fault of their shape by its pointer', async () => {
    const answer = await service.post(DEVELOPMENTS, {
      type: 'StatementMade',
      occurredAt: '2022-13-01',
      reports: [{ source: 'TASS', url: 'x' }],
      speaker: 'russia',
      mood: 'grim',
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-body']);
    expect(pointersOf(answer).sort()).toEqual(['/mood', '/occurredAt', '/reports/0/source', '/reports/0/url', '/summary']);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test('name every unknown name by its pointer', async () => {
    const answer = await service.post(
      DEVELOPMENTS,
      statement({ speaker: 'france', about: ['gas'], reports: [{ source: 'afp', origin: 'dpa' }] }),
    );
    expect(answer.status).toBe(422);
    expect(pointersOf(answer).sort()).toEqual(['/about/0', '/reports/0/origin', '/reports/0/source', '/speaker']);
  });

  test.each([
    ['an unknown type', { type: 'Rumour' }, 400, 'invalid-body', ['/type']],
    ['no type', { type: undefined }, 400, 'invalid-body', ['/type']],
    ['an id that is no slug', { id: 'Not a slug' }, 400, 'invalid-body', ['/id']],
    ['another crisis and track than the address', { crisis: 'd', track: 'u' }, 400, 'invalid-body', ['/crisis', '/track']],
    ['a record time without a zone', { recordedAt: '2022-01-12T10:00:00' }, 400, 'invalid-body', ['/recordedAt']],
    ['a record time in the future', { recordedAt: '2999-01-01T00:00:00Z' }, 422, 'record-time-in-future', ['/recordedAt']],
    ['a record time that has passed', { recordedAt: '2022-01-12T10:00:00Z' }, 409, 'record-time-passed', ['/recordedAt']],
    ['an occurrence in the future', { occurredAt: '2999-01-01' }, 422, 'occurrence-in-future', ['/occurredAt']],
    ['a member of the prototype', JSON.parse('{"__proto__": {"id": "x"}}'), 400, 'invalid-body', ['/__proto__']],
  ])('with %s are refused', async (_, more, status, code, pointers) => {
    const answer = await service.post(DEVELOPMENTS, statement(more as Record<string, unknown>));
    expect([answer.status, answer.body.code, pointersOf(answer)]).toEqual([status, code, pointers]);
  });

  test('of an archive keep their record time', async () => {
    await openCrisis(service, 'archive');
    const address = '/crises/archive/tracks/talks/developments';
    const first = await service.post(address, statement({ id: 'a', recordedAt: '2022-01-12T18:00:00+00:00' }));
    expect([first.status, first.body.recordedAt]).toEqual([201, '2022-01-12T18:00:00.000Z']);
    const repeat = await service.post(address, statement({ id: 'a', recordedAt: '2021-01-01T00:00:00Z' }));
    expect([repeat.status, repeat.body.recordedAt]).toEqual([200, '2022-01-12T18:00:00.000Z']);
  });

  test('go on the context track of every crisis, and on no track that was not opened', async () => {
    expect((await service.post('/crises/c/tracks/context/developments', statement())).status).toBe(201);
    const unknown = await service.post('/crises/c/tracks/nowhere/developments', statement());
    expect([unknown.status, unknown.body.code]).toEqual([404, 'unknown-track']);
  });
});

describe('what is recorded about a development', () => {
  const it = `${DEVELOPMENTS}/subject`;
  beforeAll(async () => {
    await service.post(DEVELOPMENTS, statement({ id: 'subject' }));
  });

  test('is a correction, a retraction, a reinstatement, a report and its withdrawal; each repeat is 200', async () => {
    const calls: [string, object | undefined, string][] = [
      ['corrections', { id: 'corrected', changes: { summary: 'Something else was said.' }, reason: 'translation' }, 'DevelopmentCorrected'],
      ['retractions', { id: 'retracted', reason: 'source-retracted' }, 'DevelopmentRetracted'],
      ['reinstatements', { id: 'reinstated' }, 'DevelopmentReinstated'],
      ['reports', { id: 'reported', report: { source: 'tass' }, stance: 'corroborates' }, 'ReportAdded'],
      ['reports/reported/withdrawal', { id: 'withdrawn' }, 'ReportWithdrawn'],
    ];
    for (const [path, body, type] of calls) {
      const first = await service.post(`${it}/${path}`, body);
      expect([path, first.status, first.body.type, first.body.status]).toEqual([path, 201, type, 'recorded']);
      expect(first.headers.get('etag')).toBe(`"${first.body.revision}"`);
    }
    for (const [path, body] of calls) {
      const again = await service.post(`${it}/${path}`, { ...body, development: 'subject', crisis: 'c', track: 'talks' });
      expect([path, again.status, again.body.status]).toEqual([path, 200, 'unchanged']);
    }
  });

  test('needs no body where it has nothing to say', async () => {
    await service.post(`${it}/retractions`, { reason: 'duplicate' });
    expect((await service.post(`${it}/reinstatements`)).status).toBe(201);
  });

  test('is refused where it does not fit what stands', async () => {
    const unknown = await service.post(`${DEVELOPMENTS}/nothing/corrections`, { changes: { summary: 'S' }, reason: 'duplicate' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'unknown-development']);
    const notRetracted = await service.post(`${it}/reinstatements`, {});
    expect([notRetracted.status, notRetracted.body.code]).toEqual([409, 'not-retracted']);
    const noReport = await service.post(`${it}/reports/nobody/withdrawal`);
    expect([noReport.status, noReport.body.code]).toEqual([404, 'unknown-report']);
    const faulty = await service.post(`${it}/corrections`, { changes: { speaker: 'nobody' }, reason: 'translation' });
    expect([faulty.status, pointersOf(faulty)]).toEqual([422, ['/changes/speaker']]);
  });

  test('may say again what its address says, and nothing else', async () => {
    const other = await service.post(`${it}/retractions`, { development: 'first', type: 'ReportAdded', reason: 'duplicate' });
    expect([other.status, pointersOf(other).sort()]).toEqual([400, ['/development', '/type']]);
  });
});

describe('errors', () => {
  test.each([
    ['a body that is no JSON', '{"title": "T",}', 400, 'malformed-json', ['']],
    ['a list for a body', [], 400, 'invalid-body', ['']],
    ['null for a body', 'null', 400, 'invalid-body', ['']],
    ['an empty body', '', 400, 'invalid-body', ['']],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'malformed-json', ['']],
  ])('tell %s', async (_, body, status, code, pointers) => {
    const answer = await service.put('/crises/errors', body);
    expect([answer.status, answer.body.code, pointersOf(answer)]).toEqual([status, code, pointers]);
    expect(answer.body).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
      type: expect.stringContaining(code),
    });
  });

  test('tell a body nested very deeply', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    expect((await service.put('/crises/errors', deep)).status).toBe(400);
    expect((await service.put('/crises/errors', `{"title":${deep}}`)).status).toBe(400);
    expect((await service.put('/crises/c/tracks/talks', `{"title":${deep},"parties":["russia"]}`)).status).toBe(400);
    expect((await service.post(DEVELOPMENTS, `{"type":"StatementMade","speaker":${deep}}`)).status).toBe(400);
    expect((await service.post(`${DEVELOPMENTS}/first/corrections`, `{"changes":{"summary":${deep}},"reason":"translation"}`)).status).toBe(
      400,
    );
  });

  test('say where JSON is malformed', async () => {
    const answer = await service.put('/crises/errors', '{\n"title": T}');
    expect(answer.body.detail).toMatch(/T/);
  });

  test('take a body of 64 KiB, and no byte more', async () => {
    const fits = JSON.stringify({ title: 'T' }).padEnd(65_536);
    expect((await service.put('/crises/big', fits)).status).toBe(201);
    const tooLarge = await service.put('/crises/big', `${fits} `);
    expect([tooLarge.status, tooLarge.body.code]).toEqual([413, 'body-too-large']);
    const muchTooLarge = await service.put('/crises/big', ' '.repeat(2_000_000));
    expect([muchTooLarge.status, muchTooLarge.body.code]).toEqual([413, 'body-too-large']);
  });

  test('tell a wrong content type', async () => {
    const form = await service.put('/crises/errors', 'title=T', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([form.status, form.body.code, pointersOf(form)]).toEqual([415, 'unsupported-media-type', ['Content-Type']]);
    const lines = await service.put('/crises/errors', '{"title":"T"}', { 'content-type': 'application/x-ndjson' });
    expect(lines.status).toBe(415);
    const json = await service.post('/import', '{"type":"CrisisOpened"}');
    expect(json.status).toBe(415);
  });

  test('tell every name in an address that is no slug', async () => {
    const answer = await service.post('/crises/C/tracks/us_russia/developments', statement());
    expect([answer.status, answer.body.code, pointersOf(answer)]).toEqual([400, 'invalid-slug', ['crisis', 'track']]);
    const long = await service.put(`/crises/${'c'.repeat(65)}`, { title: 'T' });
    expect([long.status, long.body.code]).toEqual([400, 'invalid-slug']);
    expect((await service.put('/crises/%zz', { title: 'T' })).body.code).toBe('invalid-address');
  });

  test('tell what there is not, and which methods there are', async () => {
    const nowhere = await service.get('/nowhere');
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'unknown-route']);
    const method = await service.call('DELETE', `${DEVELOPMENTS}/first`);
    expect([method.status, method.body.code]).toEqual([405, 'method-not-allowed']);
    expect(method.headers.get('allow')).toContain('GET');
  });

  test('tell a recorder whose name is too long', async () => {
    const answer = await service.put('/crises/errors', { title: 'T' }, { 'Parley-Recorder': 'x'.repeat(129) });
    expect([answer.status, pointersOf(answer)]).toEqual([400, ['Parley-Recorder']]);
  });
});
