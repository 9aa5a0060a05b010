// The read side as it is opened: on a real log, with its threads and its file.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import type { EventStore, ExpectedRevision, Position, RecordedEvent } from '#event-store/port.js';
import { openReadSide } from './open.js';
import { ReadRefused, type Advance, type ReadSide } from './read-side.js';
import { BEGIN, CRISES, DAY, histories } from './testing/history.js';
import { PROJECTION_VERSION } from './version.js';

const NOW = BEGIN + 400 * DAY;
const LATER = { asOf: NOW, knownAt: NOW, now: NOW };

let folder: string;
let store: EventStore;
let readSide: ReadSide | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-read-side-'));
  store = await openEmbeddedStore({ folder });
});

afterEach(async () => {
  await readSide?.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<ReadSide> {
  readSide = await openReadSide({ folder: join(folder, 'read-side'), store: store.id, log: { kind: 'embedded', folder } });
  return readSide;
}

async function write(events: readonly RecordedEvent[]): Promise<Position> {
  let last = 0n as Position;
  for (const { stream, revision, id, type, data, metadata } of events) {
    const expected = revision === 0n ? 'no-stream' : ((revision - 1n) as ExpectedRevision);
    last = (await store.append(stream, expected, [{ id, type, data, metadata }])).positions[0]!;
  }
  return last;
}

const [longHistory] = fc.sample(histories({ minLength: 150, maxLength: 200, parks: false }), { numRuns: 1, seed: 7 });
const history = longHistory!;

/** What a read side says of every crisis. */
async function everything(of: ReadSide): Promise<string[]> {
  const bodies = CRISES.flatMap((crisis) => [
    of.ask('tracks', { crisis, ...LATER }),
    of.ask('timeline', { crisis, ...LATER, filter: {}, order: 'oldest', limit: 500 }),
    of.ask('crisis', { crisis, ...LATER }),
  ]);
  return (await Promise.all(bodies)).map(({ body }) => body);
}

describe('the read side', () => {
  it('says the same when it is opened again, when its file was deleted, and when its file was damaged', async () => {
    const half = Math.floor(history.length / 2);
    const first = await open();
    expect(await first.reached(await write(history.slice(0, half)), 60_000)).toBe(true);
    await first.close();
    const last = await write(history.slice(half));
    const resumed = await open();
    expect(await resumed.reached(last, 60_000)).toBe(true);
    const said = await everything(resumed);
    await resumed.close();

    rmSync(join(folder, 'read-side'), { recursive: true });
    const rebuilt = await open();
    expect(await rebuilt.reached(last, 60_000)).toBe(true);
    expect(await everything(rebuilt)).toEqual(said);
    await rebuilt.close();

    for (const file of readdirSync(join(folder, 'read-side'))) writeFileSync(join(folder, 'read-side', file), 'no database');
    const mended = await open();
    expect(await mended.reached(last, 60_000)).toBe(true);
    expect(await everything(mended)).toEqual(said);
  });

  it('parks an event that it cannot apply with the later ones of its stream, says so, and goes on with all others', async () => {
    const opened = await open();
    const last = await write(history);
    await opened.reached(last, 60_000);
    const before = await everything(opened);
    const stream = history.findLast(({ stream: name }) => name.startsWith('track-alpha.'))!.stream;
    const revision = history.findLast((event) => event.stream === stream)!.revision;
    const at = new Date(NOW).toISOString();
    const metadata = JSON.stringify({ recordedAt: at, recordedBy: 'desk', schemaVersion: 1, digest: 'd' });
    const ids = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
    const unknown = ids.map((id) => ({ id, type: 'OfALaterRelease', data: '{}', metadata }));
    const { positions } = await store.append(stream, revision, unknown);
    expect(await opened.reached(positions[1]!, 60_000)).toBe(true);
    expect(opened.progress.parked).toBe(2);
    const { body } = await opened.ask('parked', {});
    expect(body).toContain(stream);
    expect(body).toContain('OfALaterRelease');
    const states = (bodies: string[]) =>
      bodies.map((text) => JSON.parse(text)).map(({ tracks, developments }) => developments ?? tracks?.length);
    expect(states(await everything(opened))).toEqual(states(before));
  });

  it('waits no longer than it is told for a position that is not there', async () => {
    const opened = await open();
    expect(await opened.reached(1_000_000n as Position, 50)).toBe(false);
  });

  it('still has what is parked when it is opened again, and settles nothing from there on', async () => {
    const opened = await open();
    const last = await write([...history, parkedAfter(history, 'track-alpha.council')]);
    await opened.reached(last, 60_000);
    const [before] = await everything(opened);
    expect(opened.progress.parkedStreams).toEqual([{ stream: 'track-alpha.council', position: last }]);
    await opened.close();
    const again = await open();
    expect(again.progress).toMatchObject({ position: last, parked: 1, parkedStreams: [{ stream: 'track-alpha.council', position: last }] });
    expect((await everything(again))[0]).toBe(before);
  });

  it('passes over streams that are not its own, and counts them as applied', async () => {
    const opened = await open();
    const { positions } = await store.append('somebody-elses', 'no-stream', [
      { id: '00000000-0000-4000-8000-000000000003', type: 'OrderPlaced', data: '1', metadata: '' },
    ]);
    expect(await opened.reached(positions[0]!, 60_000)).toBe(true);
    expect(opened.progress.parked).toBe(0);
  });

  it('removes the files of other stores and versions once it is level with the log, and nothing else', async () => {
    mkdirSync(join(folder, 'read-side'));
    for (const name of ['read-side-other-v1.sqlite', 'read-side-other-v1.sqlite-wal', 'notes.txt'])
      writeFileSync(join(folder, 'read-side', name), '');
    const opened = await open();
    await opened.reached(await write(history), 60_000);
    const names = readdirSync(join(folder, 'read-side'));
    expect(names).toContain('notes.txt');
    expect(names.filter((name) => name.includes('other'))).toEqual([]);
    expect(names).toContain(`read-side-${store.id}-v${PROJECTION_VERSION}.sqlite`);
  });

  it('builds a file anew that was cut short', async () => {
    const first = await open();
    const last = await write(history);
    await first.reached(last, 60_000);
    const said = await everything(first);
    await first.close();
    const file = join(folder, 'read-side', `read-side-${store.id}-v${PROJECTION_VERSION}.sqlite`);
    truncateSync(file, 8192);
    const mended = await open();
    const answers = await until(async () => ((await mended.reached(last, 60_000)) ? everything(mended) : undefined));
    expect(answers).toEqual(said);
  });

  it('tells of every commit, in order, which crises it changed', async () => {
    const opened = await open();
    const advances: Advance[] = [];
    const stop = opened.onAdvance((advance) => advances.push(advance));
    const last = await write(history);
    await opened.reached(last, 60_000);
    const positions = advances.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)));
    expect(positions.at(-1)).toBe(last);
    expect(new Set(advances.flatMap(({ crises }) => crises))).toEqual(new Set(CRISES));
    stop();
    const told = advances.length;
    await opened.reached(await write([parkedAfter(history, 'track-alpha.council')]), 60_000);
    expect(advances).toHaveLength(told);
  });

  it('answers questions while a long replay waits for its reader, and lets go of one that is left', async () => {
    const opened = await open();
    await opened.reached(await write(history), 60_000);
    const replay = opened.stream('replay', { crisis: 'alpha', ...LATER, until: NOW, by: 'recorded' })[Symbol.asyncIterator]();
    const { value } = (await replay.next()) as IteratorYieldResult<Buffer>;
    expect(JSON.parse(value.toString().split('\n')[0]!)).toMatchObject({ frame: 0 });
    expect(await everything(opened)).toHaveLength(6);
    await replay.return?.();
    expect(await replay.next()).toMatchObject({ done: true });
  });

  it('streams text in whole lines, the same as is asked for at once', async () => {
    const opened = await open();
    await opened.reached(await write(history), 60_000);
    const pieces: string[] = [];
    for await (const piece of opened.stream('export', { crisis: 'alpha' })) pieces.push(piece.toString());
    for (const piece of pieces) expect(piece.endsWith('\n')).toBe(true);
    const lines = pieces.join('').trimEnd().split('\n');
    expect(lines).toHaveLength(history.filter(({ stream }) => /-alpha(\.|$)/.test(stream)).length);
  });

  it('refuses a crisis, a track and a development that are not there, each with its code', async () => {
    const opened = await open();
    await opened.reached(await write(history), 60_000);
    const code = (asked: Promise<unknown>): Promise<string> =>
      asked.then(
        () => 'answered',
        (error: ReadRefused) => error.refusal.code,
      );
    expect(await code(opened.ask('tracks', { crisis: 'none', ...LATER }))).toBe('unknown-crisis');
    expect(await code(opened.ask('track', { crisis: 'alpha', track: 'none', ...LATER }))).toBe('unknown-track');
    expect(await code(opened.ask('development', { crisis: 'alpha', track: 'talks', id: 'none', ...LATER }))).toBe('unknown-development');
    expect(await code(opened.ask('tracks', { crisis: 'alpha', ...LATER, position: 1_000_000n }))).toBe('not-reached');
    const replay = opened.stream('replay', { crisis: 'none', ...LATER, until: NOW, by: 'occurred' });
    expect(await code(replay[Symbol.asyncIterator]().next())).toBe('unknown-crisis');
    const cursor = { filter: {}, order: 'newest', limit: 1, cursor: 'nonsense' } as const;
    expect(await code(opened.ask('timeline', { crisis: 'alpha', ...LATER, ...cursor }))).toBe('invalid-cursor');
  });

  it('refuses what is asked of it once it is closed, and hangs nobody', async () => {
    const opened = await open();
    const last = await write(history);
    await opened.reached(last, 60_000);
    const settled = (asked: Promise<unknown>): Promise<string> =>
      asked.then(
        () => 'settled',
        () => 'settled',
      );
    const drained = async (): Promise<void> => {
      for await (const _ of opened.stream('replay', { crisis: 'alpha', ...LATER, until: NOW, by: 'occurred' }));
    };
    const asked = [
      ...Array.from({ length: 50 }, () => opened.ask('tracks', { crisis: 'alpha', ...LATER })),
      drained(),
      opened.reached((last + 1n) as Position, 60_000),
    ].map(settled);
    await Promise.all([opened.close(), opened.close()]);
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['settled']));
    await expect(opened.ask('crises', LATER)).rejects.toThrow(ReadRefused);
    expect(await opened.reached((last + 1n) as Position, 60_000)).toBe(false);
  });
});

/** An event that this release cannot read, as the next one of a stream. */
function parkedAfter(events: readonly RecordedEvent[], stream: string): RecordedEvent {
  const last = events.findLast((event) => event.stream === stream)!;
  const id = '00000000-0000-4000-8000-000000000009';
  return { ...last, id, type: 'OfALaterRelease', revision: (last.revision + 1n) as typeof last.revision };
}

/** Asks again while it is refused: the file is being built. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      if (!(error instanceof ReadRefused)) throw error;
    });
    if (answer !== undefined) return answer;
    await sleep(20);
  }
}
