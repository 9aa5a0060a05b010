// The calls about projections, on a read side that says what it was asked.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Position } from '#event-store/port.js';
import type { ProjectionStatus } from '#projections/read-side.js';
import { serve } from '../http/testing/served-module.js';
import { LOG_WATCH, READ_SIDE } from '../tokens.js';
import { ProjectionsController, projectionView } from './projections.controller.js';

const NOW = Date.parse('2022-02-01T00:00:00Z');
const STATUS: ProjectionStatus = {
  name: 'read-side',
  version: 3,
  state: 'live',
  position: 57n as Position,
  parked: 0,
  applied: 57,
  eventsPerSecond: 3.4,
  fileSize: 4096,
  rebuild: null,
  lastRebuild: null,
};

const readSide = {
  asked: [] as unknown[],
  begins: true,
  progress: { parked: 0 },
  status: STATUS,
  rebuild: (...asked: unknown[]) => {
    readSide.asked.push(asked);
    return readSide.begins;
  },
};

const parts = [
  { provide: READ_SIDE, useValue: readSide },
  { provide: LOG_WATCH, useValue: { head: async () => 60n, lag: 2.5 } },
];

let app: NestFastifyApplication;
let url: string;
beforeAll(async () => {
  ({ app, url } = await serve({ controllers: [ProjectionsController] }, parts));
});
afterAll(() => app.close());
beforeEach(() => {
  readSide.asked = [];
  readSide.begins = true;
  readSide.progress.parked = 0;
});

describe('a rebuild', () => {
  it.each([
    ['/projections/read-side/rebuild', ['asked', { strict: false }]],
    ['/projections/read-side/rebuild?strict=true', ['asked', { strict: true }]],
  ])('is begun: %s', async (path, asked) => {
    const answer = await fetch(url + path, { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ name: 'read-side', position: '57' })]);
    expect(readSide.asked).toEqual([asked]);
  });

  it('is refused while another one goes on', async () => {
    readSide.begins = false;
    const answer = await fetch(`${url}/projections/read-side/rebuild`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([409, expect.objectContaining({ code: 'rebuild-under-way' })]);
  });

  it.each([
    ['/projections/tracks/rebuild', 404, 'unknown-projection'],
    ['/projections/read-side/rebuild?strict=perhaps', 400, 'invalid-parameter'],
    ['/projections/read-side/rebuild?force=true', 400, 'unknown-parameter'],
  ])('is not begun by what cannot be meant: %s', async (path, status, code) => {
    const answer = await fetch(url + path, { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })]);
    expect(readSide.asked).toEqual([]);
  });
});

describe('a retry of what is parked', () => {
  it('is a rebuild', async () => {
    readSide.progress.parked = 2;
    expect((await fetch(`${url}/projections/parked/retry`, { method: 'POST' })).status).toBe(202);
    expect(readSide.asked).toEqual([['retry', { strict: false }]]);
  });

  it('is nothing where nothing is parked', async () => {
    expect((await fetch(`${url}/projections/parked/retry`, { method: 'POST' })).status).toBe(200);
    expect(readSide.asked).toEqual([]);
  });
});

describe('the list of projections', () => {
  it('is not kept by anybody', async () => {
    const answer = await fetch(`${url}/projections`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({ projections: [{ name: 'read-side', lag: { positions: '3' } }] });
  });

  it('tells how far it is behind, as far as that is known', () => {
    const lag = (head: bigint | undefined, staleFor: number | undefined): unknown =>
      (projectionView(STATUS, head, staleFor) as { lag: unknown }).lag;
    expect(lag(57n, 0)).toEqual({ positions: '0', seconds: 0 });
    expect(lag(60n, 2.5)).toEqual({ positions: '3', seconds: 2.5 });
    expect(lag(56n, 0)).toEqual({ positions: '0', seconds: 0 });
    expect(lag(undefined, undefined)).toEqual({ positions: null, seconds: null });
  });

  it('tells of the rebuild that goes on, and how the last one went', () => {
    const obstacle = { position: 9n as Position, stream: 'track-c.t', revision: 4, type: 'X', reason: 'it is not known' };
    const view = projectionView(
      {
        ...STATUS,
        rebuild: { why: 'retry', strict: false, startedAt: NOW, position: 12n as Position },
        lastRebuild: { why: 'asked', strict: true, startedAt: NOW - 2000, endedAt: NOW - 1000, outcome: 'stopped', obstacle },
      },
      60n,
      2.5,
    );
    expect(JSON.parse(JSON.stringify(view))).toEqual({
      name: 'read-side',
      version: 3,
      state: 'live',
      position: '57',
      lag: { positions: '3', seconds: 2.5 },
      parked: 0,
      fileSize: 4096,
      eventsPerSecond: 3,
      rebuild: { why: 'retry', strict: false, startedAt: '2022-02-01T00:00:00.000Z', position: '12' },
      lastRebuild: {
        why: 'asked',
        strict: true,
        startedAt: '2022-01-31T23:59:58.000Z',
        endedAt: '2022-01-31T23:59:59.000Z',
        outcome: 'stopped',
        obstacle: { position: '9', stream: 'track-c.t', revision: '4', type: 'X', reason: 'it is not known' },
      },
    });
  });
});
