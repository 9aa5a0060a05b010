// A long log in two threads: the file is the one that the ordinary way makes, or there is none.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { RecordedEvent, Revision } from '#event-store/port.js';
import { buildOnce } from './build-once.js';
import { fileOf, openForBuilding, partOf } from './file.js';
import { buildFromLongLog } from './long-build.js';
import { histories } from './testing/history.js';
import { OnLog } from './testing/on-log.js';

const FOR_EVER = new AbortController().signal;
const drawn = fc.sample(histories({ minLength: 150, maxLength: 200, parks: false }), { numRuns: 3, seed: 11 });
const history: readonly RecordedEvent[] = drawn[0]!;

let on: OnLog;
let file: string;
beforeEach(() => (on = undefined!));
afterEach(() => on?.remove());

async function onLog(events: readonly RecordedEvent[]): Promise<void> {
  on = await OnLog.create(events);
  mkdirSync(on.reads);
  file = fileOf(on.reads, on.store.id);
}

const build = (options: { signal?: AbortSignal; long?: number; told?: (position: bigint, applied: number) => void } = {}) =>
  buildFromLongLog(on.store, { file, log: { kind: 'embedded', folder: on.folder }, signal: FOR_EVER, long: 1, ...options });

describe('a file built from a long log', () => {
  it.each(drawn.map((events, index) => ({ events, index })))(
    'has every row that the ordinary way makes (history $index)',
    async ({ events }) => {
      await onLog(events);
      const told: [bigint, number][] = [];
      expect(await build({ told: (...each) => told.push(each) })).toBe(true);
      expect(told).toEqual([[BigInt(events.length), events.length]]);
      const ordinary = fileOf(on.reads, on.store.id, 7);
      {
        using database = openForBuilding(ordinary, on.store.id);
        await buildOnce(database, on.store, {});
      }
      expect(dump(file)).toEqual(dump(ordinary));
      expect(readdirSync(on.reads).filter((name) => !name.includes('-7.'))).toEqual([expect.stringMatching(/\.sqlite$/)]);
    },
  );

  it('is what the read side goes on from', async () => {
    await onLog(history.slice(0, 100));
    expect(await build()).toBe(true);
    await on.write(history.slice(100));
    await on.open();
    expect(on.readSide.status.applied).toBe(history.length - 100);
    const answers = await on.everything();
    on.readSide.rebuild('asked', { strict: true });
    await on.rebuilt();
    expect(await on.everything()).toEqual(answers);
  });

  it('takes nothing from what a crash has left', async () => {
    await onLog(history);
    for (const group of ['lists', 'states'] as const) writeFileSync(partOf(file, group), 'half of a file');
    expect(await build()).toBe(true);
    expect(dump(file)['event']).toHaveLength(history.length);
  });
});

describe('there is no file, and nothing is left of one', () => {
  afterEach(() => {
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(on.reads)).toEqual([]);
  });

  it('of a short log', async () => {
    await onLog(history);
    expect(await build({ long: history.length + 1 })).toBe(false);
  });

  it('where an event cannot be applied, whichever thread finds it', async () => {
    const last = history.findLast(({ stream }) => stream === 'track-alpha.council')!;
    const id = '00000000-0000-4000-8000-000000000000';
    await onLog([...history, { ...last, id, type: 'OfALaterRelease', revision: (last.revision + 1n) as Revision }]);
    expect(await build()).toBe(false);
  });

  it('once it is told to stop', async () => {
    await onLog(history);
    expect(await build({ signal: AbortSignal.abort() })).toBe(false);
  });
});

it('a read side of a long log is refused, then there, and its threads leave nothing but the file', async () => {
  await onLog(history);
  const statement = history.findLast(({ type }) => type === 'StatementMade')!;
  const { revision } = history.findLast(({ stream }) => stream === statement.stream)!;
  const data = JSON.parse(statement.data) as object;
  for (let written = 0; written < 20_000; written += 1_000) {
    const events = Array.from({ length: 1_000 }, (_, n) => ({
      id: `00000000-0000-4000-8000-${String(written + n).padStart(12, '0')}`,
      type: 'StatementMade',
      data: JSON.stringify({ ...data, id: `more-${written + n}` }),
      metadata: statement.metadata,
    }));
    await on.store.append(statement.stream, (revision + BigInt(written)) as Revision, events);
  }
  const positions = new Set<bigint>();
  const opening = on.open();
  while (on.readSide === undefined || !on.readSide.progress.caughtUp) {
    if (on.readSide !== undefined) positions.add(on.readSide.status.position);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await opening;
  expect(positions.size).toBeGreaterThan(1);
  expect(on.readSide.status).toMatchObject({ state: 'live', applied: history.length + 20_000, parked: 0 });
  expect(readdirSync(on.reads).filter((name) => /lists|states/.test(name))).toEqual([]);
}, 120_000);

/** Every row of every table, and every word of the full text. */
function dump(of: string): Record<string, unknown[]> {
  using database = new DatabaseSync(of);
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'text%' and name not like 'sqlite_%'")
    .all() as { name: string }[];
  database.exec('create virtual table temp.words using fts5vocab(main, text, instance)');
  const words = database.prepare('select * from temp.words order by term, doc, col, offset').all();
  return { ...Object.fromEntries(tables.map(({ name }) => [name, database.prepare(`select * from "${name}"`).all()])), words };
}
