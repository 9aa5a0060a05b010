// The read side built anew while it answers.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Position, RecordedEvent, Revision } from '#event-store/port.js';
import { chooseGeneration, fileOf, openForBuilding } from './file.js';
import { openReadSide } from './open.js';
import type { Advance } from './read-side.js';
import { buildAs, without } from './testing/earlier-release.js';
import { histories } from './testing/history.js';
import { OnLog } from './testing/on-log.js';
import { CheckpointRow } from './tables/checkpoint.js';

const [drawn] = fc.sample(histories({ minLength: 150, maxLength: 200, parks: false }), { numRuns: 1, seed: 5 });
const history = drawn!;
const COUNCIL = 'track-alpha.council';

let on: OnLog;
beforeEach(async () => {
  on = await OnLog.create(history);
});
afterEach(() => on.remove());

describe('a rebuild', () => {
  it('goes on beside the file that answers, and takes its place with the same answers', async () => {
    const readSide = await on.open();
    const before = await on.everything();
    const [oldFile] = sqliteFiles();
    expect(readSide.rebuild('asked', { strict: false })).toBe(true);
    expect(readSide.rebuild('asked', { strict: false })).toBe(false);
    const ending = on.rebuilt().then(() => 'ended');
    let position = 0n;
    do {
      expect(await on.everything()).toEqual(before);
      expect(readSide.progress.position >= position).toBe(true);
      position = readSide.progress.position;
    } while ((await Promise.race([ending, sleep(0)])) !== 'ended');
    expect(await on.everything()).toEqual(before);
    expect(readSide.status).toMatchObject({
      state: 'live',
      lastRebuild: { why: 'asked', outcome: 'in-service', released: 0 },
      applied: 2 * history.length,
    });
    await until(() => !sqliteFiles().includes(oldFile!));
    expect(sqliteFiles()).toHaveLength(1);
  });

  it('can be done again, and holds after the next start', async () => {
    const readSide = await on.open();
    const before = await on.everything();
    for (let n = 0; n < 2; n++) {
      readSide.rebuild('asked', { strict: true });
      await on.rebuilt();
      expect(readSide.status.lastRebuild?.outcome).toBe('in-service');
    }
    await readSide.close();
    expect(sqliteFiles()).toEqual([expect.stringMatching(/-2\.sqlite$/)]);
    await on.open();
    expect(on.readSide.status.applied).toBe(0);
    expect(await on.everything()).toEqual(before);
  });

  it('misses nothing that is recorded meanwhile, and lets what is being read come to its end', async () => {
    const readSide = await on.open();
    const replay = readSide.stream('export', { crisis: 'alpha' })[Symbol.asyncIterator]();
    const first = String((await replay.next()).value);
    readSide.rebuild('asked', { strict: false });
    const more = statements('beta', 30);
    for (const event of more) await on.write([event]);
    await on.rebuilt();
    await on.level();
    expect((await timeline('beta')).filter(({ id }) => id.startsWith('more-'))).toHaveLength(30);
    let text = first;
    for (let next = await replay.next(); !next.done; next = await replay.next()) text += String(next.value);
    expect(text.trimEnd().split('\n')).toHaveLength(history.filter(({ stream }) => /-alpha(\.|$)/.test(stream)).length);
    expect((await on.write(statements('beta', 31).slice(30))) > 0n).toBe(true);
    await on.level();
    expect((await timeline('beta')).filter(({ id }) => id.startsWith('more-'))).toHaveLength(31);
  });

  it('that is strict stops at the first event that cannot be applied, and what answers stays', async () => {
    const last = await on.write([unknownOn(COUNCIL), { ...unknownOn(COUNCIL, 1n), type: 'StatementMade' }]);
    const readSide = await on.open();
    const before = await on.everything();
    const files = sqliteFiles();
    readSide.rebuild('asked', { strict: true });
    await on.rebuilt();
    const obstacle = { position: (last - 1n) as Position, stream: COUNCIL, type: 'OfALaterRelease' };
    expect(readSide.status.lastRebuild).toMatchObject({ outcome: 'stopped', obstacle });
    expect(readSide.status.lastRebuild?.obstacle?.reason).toContain('not known to this release');
    expect(await on.everything()).toEqual(before);
    await until(() => sqliteFiles().length === 1);
    expect(sqliteFiles()).toEqual(files);
    expect(readSide.rebuild('retry', { strict: false })).toBe(true);
    await on.rebuilt();
    expect(readSide.status).toMatchObject({ parked: 2, lastRebuild: { outcome: 'in-service', released: 0 } });
  });

  it('releases what an earlier release could not apply, in its place, and says of which crises', async () => {
    await on.open();
    const whole = await on.everything();
    await on.readSide.close();
    rmSync(on.reads, { recursive: true });
    await buildAs(without('MeetingAnnounced'), on.reads, on.store);
    const readSide = await on.open();
    expect(readSide.status.parked).toBeGreaterThan(2);
    const crises = new Set(readSide.progress.parkedStreams!.map(({ stream }) => /-(alpha|beta)/.exec(stream)![1]!));
    expect(await on.everything()).not.toEqual(whole);
    const advances: Advance[] = [];
    readSide.onAdvance((advance) => advances.push(advance));
    const streams = readSide.progress.parkedStreams!.length;
    readSide.rebuild('retry', { strict: false });
    await on.rebuilt();
    expect(readSide.status).toMatchObject({ parked: 0, lastRebuild: { why: 'retry', outcome: 'in-service', released: streams } });
    expect(new Set(advances.at(-1)!.crises)).toEqual(crises);
    expect(await on.everything()).toEqual(whole);
  });

  it('is left when the read side is closed, and hangs nobody', async () => {
    const readSide = await on.open();
    readSide.rebuild('asked', { strict: false });
    await readSide.close();
    expect(sqliteFiles()).toHaveLength(1);
    expect(readSide.rebuild('asked', { strict: false })).toBe(false);
  });

  it('takes the place of a file that turns out to be damaged, which answers no more', async () => {
    await on.open();
    const before = await on.everything();
    await on.readSide.close();
    const readSide = await on.open();
    readSide.rebuild('asked', { strict: false });
    for (const suffix of ['', '-wal']) damage(fileOf(on.reads, on.store.id) + suffix);
    await expect(on.everything()).rejects.toThrow();
    await on.rebuilt();
    expect(readSide.status.lastRebuild).toMatchObject({ outcome: 'in-service' });
    await until(async () => (await on.everything().catch(() => [])).join() === before.join());
    expect(sqliteFiles()).toEqual([expect.stringMatching(/-1\.sqlite$/)]);
  });
});

describe('the file that answers', () => {
  const make = (generation: number, inService: boolean): void => {
    using database = openForBuilding(fileOf(on.reads, 's1', generation), 's1');
    if (inService) new CheckpointRow(database).putInService();
  };
  const left = (): string[] => readdirSync(on.reads).filter((name) => name.endsWith('.sqlite'));

  it('is the first one where there is none, or no other', () => {
    expect(chooseGeneration(on.reads, 's1')).toBe(0);
    make(0, false);
    expect(chooseGeneration(on.reads, 's1')).toBe(0);
  });

  it('is the one before a rebuild that did not come to its end', () => {
    make(3, true);
    make(4, false);
    expect(chooseGeneration(on.reads, 's1')).toBe(3);
    expect(left()).toEqual([expect.stringMatching(/-3\.sqlite$/)]);
  });

  it('is the last one that was put in service, where the one before it was not removed yet', () => {
    make(3, true);
    make(4, true);
    expect(chooseGeneration(on.reads, 's1')).toBe(4);
    expect(left()).toEqual([expect.stringMatching(/-4\.sqlite$/)]);
  });

  it('is a whole one rather than a damaged one', () => {
    make(3, true);
    writeFileSync(fileOf(on.reads, 's1', 4), 'no database');
    expect(chooseGeneration(on.reads, 's1')).toBe(3);
  });

  it('is none of another store', () => {
    make(3, true);
    expect(chooseGeneration(on.reads, 's2')).toBe(0);
    expect(left()).toHaveLength(1);
  });
});

it('a folder that cannot be made is told at once', async () => {
  writeFileSync(join(on.folder, 'taken'), '');
  const opening = openReadSide({ folder: join(on.folder, 'taken', 'x'), store: on.store.id, log: { kind: 'embedded', folder: on.folder } });
  await expect(opening).rejects.toThrow();
});

function sqliteFiles(): string[] {
  return readdirSync(on.reads).filter((name) => name.endsWith('.sqlite'));
}

async function timeline(crisis: string): Promise<{ id: string }[]> {
  const { body } = await on.readSide.ask('timeline', { crisis, filter: {}, order: 'newest', limit: 500, now: Date.now() });
  return JSON.parse(body).developments;
}

function damage(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0) writeFileSync(file, Buffer.alloc(size, 'x'), { flag: 'r+' });
}

/** An event that this release cannot read, after the last one of a stream. */
function unknownOn(stream: string, after = 0n): RecordedEvent {
  const last = history.findLast((event) => event.stream === stream)!;
  const id = `00000000-0000-4000-8000-00000000000${after}`;
  return { ...last, id, type: 'OfALaterRelease', revision: (last.revision + 1n + after) as Revision };
}

/** Further statements on a track, `more-0` and so on. */
function statements(crisis: string, count: number): RecordedEvent[] {
  const stream = `track-${crisis}.talks`;
  const last = history.findLast((event) => event.stream === stream)!;
  return Array.from({ length: count }, (_, n) => {
    const told = { occurredAt: '2022-01-11', summary: 'More.', reports: [{ source: 'reuters' }], speaker: 'russia' };
    const data = JSON.stringify({ type: 'StatementMade', crisis, track: 'talks', id: `more-${n}`, ...told });
    const id = `00000000-0000-4000-8000-0000000001${String(n).padStart(2, '0')}`;
    return { ...last, id, type: 'StatementMade', data, revision: (last.revision + 1n + BigInt(n)) as Revision };
  });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5);
}
