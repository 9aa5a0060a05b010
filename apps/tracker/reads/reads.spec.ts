// The calls that read, over HTTP, on a read side that says what it was asked.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { refusal } from '#crisis/refusal.js';
import type { Position } from '#event-store/port.js';
import { ReadRefused, type Advance, type ReadPoint, type ReadSide } from '#projections/read-side.js';
import { PROJECTION_VERSION } from '#projections/version.js';
import { serve } from '../http/testing/served-module.js';
import { LiveModule } from '../live/live.module.js';
import { ReplayModule } from '../replay/replay.module.js';
import { EVENT_STORE, READ_SIDE } from '../tokens.js';
import { ReadsModule } from './reads.module.js';

const BODY =
  '{"asOf":"2022-01-21T23:59:59.999Z","knownAt":"2022-01-21T23:59:59.999Z","position":"57","settledUntil":null,"track":{"id":"t","title":"A \\"revision\\":\\"1\\"","revision":"19"}}';

const readSide = {
  asked: [] as unknown[],
  progress: {
    position: 57n as Position,
    caughtUp: true,
    parked: 1,
    parkedStreams: [{ stream: 'track-c.parked', position: 40n as Position }],
  },
  refused: undefined as ReadRefused | undefined,
  reached: async (position: bigint) => position <= 58n,
  ask: async (question: string, params: unknown) => {
    readSide.asked.push([question, params]);
    if (readSide.refused !== undefined) throw readSide.refused;
    return (params as ReadPoint).projection === undefined ? { body: BODY } : { body: BODY, cited: { digest: 'abc', position: '9' } };
  },
  async *stream(name: string, params: unknown) {
    readSide.asked.push([name, params]);
    if (readSide.refused !== undefined) throw readSide.refused;
    yield '{"frame":1,"at":"2022-01-10"}\n';
    yield '{"frame":2,"at":"2022-01-11"}\n';
  },
  onAdvance: (_listener: (advance: Advance) => void) => () => undefined,
};

const parts = [
  { provide: READ_SIDE, useValue: readSide as unknown as ReadSide },
  { provide: EVENT_STORE, useValue: { id: 's1' } },
];

let app: NestFastifyApplication;
let url: string;
beforeAll(async () => {
  ({ app, url } = await serve({ imports: [ReadsModule, LiveModule, ReplayModule] }, parts));
});
afterAll(() => app.close());
beforeEach(() => {
  readSide.asked = [];
  readSide.refused = undefined;
});

describe('a read', () => {
  it('goes out as the read side wrote it, with its position, and with a revision as the tag that commands take', async () => {
    const answer = await fetch(`${url}/crises/c/tracks/t?asOf=2022-01-21`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('parley-position')).toBe('57');
    expect(answer.headers.get('etag')).toBe('"19"');
    expect(await answer.text()).toBe(BODY);
  });

  it.each([
    ['/crises', 'crises', {}],
    ['/crises/c', 'crisis', { crisis: 'c' }],
    ['/crises/c/tracks', 'tracks', { crisis: 'c' }],
    ['/crises/c/tracks/t', 'track', { crisis: 'c', track: 't' }],
    ['/crises/c/timeline', 'timeline', { crisis: 'c', order: 'newest', limit: 50, filter: {} }],
    [
      '/crises/c/timeline?order=oldest&limit=500&cursor=x&from=2022-01-10&to=2022-01-10&type=MeetingHeld,StatementMade&track=t&track=u&actor=a&issue=i&source=s&verification=disputed&q=written%20answer',
      'timeline',
      {
        crisis: 'c',
        order: 'oldest',
        limit: 500,
        cursor: 'x',
        filter: {
          from: Date.parse('2022-01-10T00:00:00Z'),
          to: Date.parse('2022-01-10T23:59:59.999Z'),
          type: ['MeetingHeld', 'StatementMade'],
          track: ['t', 'u'],
          actor: ['a'],
          issue: ['i'],
          source: ['s'],
          verification: ['disputed'],
          q: 'written answer',
        },
      },
    ],
    ['/crises/c/tracks/t/developments/d', 'development', { crisis: 'c', track: 't', id: 'd' }],
    ['/crises/c/positions', 'positions', { crisis: 'c', history: 5 }],
    [
      '/crises/c/positions?party=a&issue=i,j&track=t&history=0',
      'positions',
      { crisis: 'c', party: ['a'], issue: ['i', 'j'], track: ['t'], history: 0 },
    ],
    ['/crises/c/commitments', 'commitments', { crisis: 'c', limit: 50 }],
    [
      '/crises/c/commitments?state=overdue,late&by=a&to=b&track=t&limit=5&cursor=x',
      'commitments',
      { crisis: 'c', state: ['overdue', 'late'], by: ['a'], to: ['b'], track: ['t'], limit: 5, cursor: 'x' },
    ],
    ['/crises/c/meetings?state=held&actor=a&track=t', 'meetings', { crisis: 'c', state: ['held'], actor: ['a'], track: ['t'], limit: 50 }],
    ['/crises/c/tension', 'tension', { crisis: 'c', days: 28 }],
    ['/crises/c/tension?track=t&days=3', 'tension', { crisis: 'c', track: 't', days: 3 }],
    ['/crises/c/tension?actor=b&actor=a', 'tension', { crisis: 'c', actor: ['b', 'a'], days: 28 }],
    ['/crises/c/actors?actor=a&limit=5&cursor=x', 'actors', { crisis: 'c', actor: ['a'], limit: 5, cursor: 'x' }],
    [
      '/crises/c/changes?from=2022-01-12&to=2022-01-13',
      'changes',
      {
        crisis: 'c',
        from: Date.parse('2022-01-12T23:59:59.999Z'),
        fromKnownAt: Date.parse('2022-01-12T23:59:59.999Z'),
        asOf: Date.parse('2022-01-13T23:59:59.999Z'),
        knownAt: Date.parse('2022-01-13T23:59:59.999Z'),
        limit: 20,
      },
    ],
    [
      '/crises/c/changes?from=2022-01-12&to=2022-01-12&fromKnownAt=2022-01-13&toKnownAt=2022-02&track=t&limit=3&position=9&excludeSource=tass&minReliability=B',
      'changes',
      {
        from: Date.parse('2022-01-12T23:59:59.999Z'),
        fromKnownAt: Date.parse('2022-01-13T23:59:59.999Z'),
        asOf: Date.parse('2022-01-12T23:59:59.999Z'),
        knownAt: Date.parse('2022-02-28T23:59:59.999Z'),
        track: ['t'],
        limit: 3,
        position: 9n,
        excludeSource: ['tass'],
        minReliability: 'B',
      },
    ],
    ['/crises/c/changes?from=2022-01-12', 'changes', { knownAt: undefined }],
    ['/projections/parked', 'parked', {}],
    ['/crises/c/replay?until=2022-01-13', 'replay', { crisis: 'c', by: 'occurred', until: Date.parse('2022-01-13T23:59:59.999Z') }],
    ['/crises/c/export.ndjson', 'export', { crisis: 'c' }],
  ])('asks %s', async (path, question, params) => {
    expect((await fetch(url + path)).status).toBe(200);
    expect(readSide.asked).toEqual([[question, expect.objectContaining(params)]]);
  });

  it.each([
    '/crises',
    '/crises/c',
    '/crises/c/tracks',
    '/crises/c/tracks/t',
    '/crises/c/timeline',
    '/crises/c/tracks/t/developments/d',
    '/crises/c/positions',
    '/crises/c/commitments',
    '/crises/c/meetings',
    '/crises/c/tension',
    '/crises/c/actors',
    '/crises/c/replay',
  ])('takes both clocks and the sources that count: %s', async (path) => {
    const answer = await fetch(`${url}${path}?asOf=2022-01-12&knownAt=2022-01-21&position=9&excludeSource=tass&minReliability=B`);
    expect(answer.status).toBe(200);
    const point = {
      asOf: Date.parse('2022-01-12T23:59:59.999Z'),
      knownAt: Date.parse('2022-01-21T23:59:59.999Z'),
      position: 9n,
      excludeSource: ['tass'],
      minReliability: 'B',
    };
    expect(readSide.asked).toEqual([[expect.any(String), expect.objectContaining(point)]]);
  });

  it.each(['/crises', '/crises/c/timeline', '/projections/parked', '/crises/c/replay', '/crises/c/export.ndjson', '/crises/c/live'])(
    'waits for a position, and says 503 rather than something stale: %s',
    async (path) => {
      const answer = await fetch(`${url}${path}?minPosition=59`);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(await answer.json()).toMatchObject({ code: 'not-caught-up' });
      expect(readSide.asked).toEqual([]);
    },
  );

  it('waits no longer than it takes', async () => {
    expect((await fetch(`${url}/crises/c/tracks?minPosition=58`)).status).toBe(200);
    expect((await fetch(`${url}/crises/c/tracks`, { headers: { 'parley-position': '59' } })).status).toBe(503);
  });

  it('of a track of which something is parked is refused from there on, and no other', async () => {
    const statusOf = async (path: string) => (await fetch(url + path)).status;
    expect(await statusOf('/crises/c/tracks/parked?minPosition=40')).toBe(503);
    expect(await statusOf('/crises/c/tracks/parked/developments/d?minPosition=41')).toBe(503);
    expect(await statusOf('/crises/c/tracks/parked?minPosition=39')).toBe(200);
    expect(await statusOf('/crises/c/tracks/parked')).toBe(200);
    expect(await statusOf('/crises/c/tracks/t?minPosition=57')).toBe(200);
    expect(await statusOf('/crises/c/tracks?minPosition=57')).toBe(200);
    expect(await statusOf('/crises/c/positions?track=parked&minPosition=57')).toBe(503);
    expect(await statusOf('/crises/c/timeline?track=parked&minPosition=57')).toBe(503);
    expect(await statusOf('/crises/c/timeline?track=t&minPosition=57')).toBe(200);
    expect(await statusOf('/crises/c/positions?track=parked&track=t&minPosition=57')).toBe(200);
    expect(await statusOf('/crises/c/positions?minPosition=57')).toBe(200);
  });

  it.each([
    '/crises',
    '/crises/c/tracks/t',
    '/crises/c/timeline',
    '/projections/parked',
    '/crises/c/replay',
    '/crises/c/export.ndjson',
    '/crises/c/live',
  ])('refuses what it does not know: %s', async (path) => {
    const answer = await fetch(`${url}${path}?asof=2022-01-12`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'unknown-parameter', errors: [{ parameter: 'asof' }] });
  });

  it.each([
    ['/crises/c/timeline?from=2022-01-14&to=2022-01-13', 'from'],
    ['/crises/c/timeline?type=Meeting', 'type'],
    ['/crises/c/timeline?verification=true', 'verification'],
    ['/crises/c/timeline?q=%20', 'q'],
    ['/crises/c/replay?from=2022-01-14&until=2022-01-13', 'from'],
    ['/crises/c/positions?history=501', 'history'],
    ['/crises/c/commitments?state=late,lost', 'state'],
    ['/crises/c/meetings?state=open', 'state'],
    ['/crises/c/tension?days=0', 'days'],
    ['/crises/c/tension?actor=a,b,c', 'actor'],
    ['/crises/c/tension?actor=a&track=t', 'actor'],
    ['/crises/c/timeline?q=%20%21%3F', 'q'],
    ['/crises/c/timeline?order=relevance', 'order'],
    ['/crises/c/changes', 'from'],
    ['/crises/c/changes?from=2022-01-12&to=then', 'to'],
    ['/crises/c/changes?from=2022-01-12&to=2022-01-13&asOf=2022-01-13', 'to'],
    ['/crises/c/changes?from=2022-01-12&toKnownAt=2022-01-13&knownAt=2022-01-13', 'toKnownAt'],
    ['/crises/c/changes?from=2022-01-14&to=2022-01-13', 'from'],
    ['/crises/c/changes?from=2022-01-12&to=2022-01-13&fromKnownAt=2022-01-14', 'fromKnownAt'],
    ['/crises/c/changes?from=2022-01-12&to=2022-01-13&toKnownAt=2022-01-11', 'fromKnownAt'],
    ['/crises/c/replay?by=name', 'by'],
    ['/crises/c/replay?pace=1', 'pace'],
    ['/crises/c/live?projections=tracks,weather', 'projections'],
    ['/crises/c/live?minPosition=x', 'minPosition'],
  ])('refuses what it cannot mean: %s', async (path, parameter) => {
    const answer = await fetch(url + path);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid-parameter', errors: [{ parameter }] });
  });

  it.each(['/crises/c', '/crises/c/replay', '/crises/c/export.ndjson', '/crises/c/live'])(
    'says what the read side refuses: %s',
    async (path) => {
      readSide.refused = new ReadRefused(refusal('not-found', 'unknown-crisis', 'There is no crisis c'));
      const answer = await fetch(url + path);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toMatch('application/problem+json');
      expect(answer.headers.get('content-disposition')).toBeNull();
      expect(await answer.json()).toMatchObject({ code: 'unknown-crisis' });
    },
  );

  it.each(['/crises', '/crises/c/replay', '/crises/c/export.ndjson', '/crises/c/live'])('answers HEAD, and ends: %s', async (path) => {
    const answer = await fetch(url + path, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });
});

const READS = ['/crises', '/crises/c', '/crises/c/tracks', '/crises/c/tracks/t', '/crises/c/timeline', '/crises/c/tracks/t/developments/d'];

describe('what a permalink names', () => {
  const cited = `asOf=2022-01-12&knownAt=2022-01-12&position=9&log=s1&projection=${PROJECTION_VERSION}`;

  it.each(READS)('is for caches to keep, with a digest, and is not sent to who has it: %s', async (path) => {
    const answer = await fetch(`${url}${path}?${cited}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"abc"');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('parley-position')).toBe('9');
    expect(await answer.text()).toBe(BODY);
    for (const [tag, status] of [
      ['"abc"', 304],
      ['"x", W/"abc"', 304],
      ['*', 304],
      ['"x"', 200],
    ] as const)
      // prettier-ignore
      expect([tag, (await fetch(`${url}${path}?${cited}`, { headers: { 'if-none-match': tag } })).status]).toEqual([tag, status]);
    const kept = await fetch(`${url}${path}?${cited}`, { headers: { 'if-none-match': '"abc"' } });
    expect(await kept.text()).toBe('');
    expect(kept.headers.get('etag')).toBe('"abc"');
    expect(kept.headers.get('cache-control')).toContain('immutable');
  });

  it.each(READS)('says where it can be read today, once its version is gone: %s', async (path) => {
    const answer = await fetch(`${url}${path}?${cited.replace(/\d+$/, String(PROJECTION_VERSION - 1))}`);
    const today = `${path}?asOf=2022-01-12T23:59:59.999Z&knownAt=2022-01-12T23:59:59.999Z&position=9&projection=${PROJECTION_VERSION}&log=s1`;
    expect(answer.status).toBe(410);
    expect(answer.headers.get('link')).toBe(`<${today}>; rel="latest-version"`);
    expect(await answer.json()).toMatchObject({ code: 'projection-gone', today });
    expect(readSide.asked).toEqual([]);
  });

  it.each(READS)('is of one log: %s', async (path) => {
    const answer = await fetch(`${url}${path}?${cited.replace('log=s1', 'log=s2')}`);
    const today = `${path}?asOf=2022-01-12T23:59:59.999Z&knownAt=2022-01-12T23:59:59.999Z`;
    expect([answer.status, await answer.json()]).toEqual([410, expect.objectContaining({ code: 'log-gone', today })]);
  });

  it('is not kept by caches where it was not cited in full', async () => {
    const answer = await fetch(`${url}/crises/c?asOf=2022-01-12&knownAt=2022-01-12&position=9`);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('etag')).toBeNull();
  });
});

describe('a replay', () => {
  it('is lines of JSON', async () => {
    const answer = await fetch(`${url}/crises/c/replay`);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(await answer.text()).toBe('{"frame":1,"at":"2022-01-10"}\n{"frame":2,"at":"2022-01-11"}\n');
  });

  it('is a film for who asks for events, and ends once', async () => {
    const headers = { accept: 'text/event-stream' };
    const answer = await fetch(`${url}/crises/c/replay?pace=0.1`, { headers });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toMatch(
      /^retry: 1000\n\nevent: frame\ndata: \{"frame":1,"at":"2022-01-10"\}\n\nevent: frame\ndata: \{"frame":2,"at":"2022-01-11"\}\n\nid: end\nevent: end\ndata: \{\}\n\nretry: \d+\n\n$/,
    );
    expect((await fetch(`${url}/crises/c/replay`, { headers: { ...headers, 'last-event-id': 'end' } })).status).toBe(204);
  });

  it('is a file to keep as an export', async () => {
    const answer = await fetch(`${url}/crises/c/export.ndjson`);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="c.ndjson"');
  });
});
