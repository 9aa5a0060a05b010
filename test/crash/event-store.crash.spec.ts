// Real processes, killed with SIGKILL in the middle of their appends. PARLEY_SEED repeats a run that failed.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import type { EventStore, RecordedEvent } from '#event-store/port.js';
import { appendOf } from './appends.js';
import { seeded } from '../support/seeded.js';

const ROUNDS = 6;
const WRITERS = 16;

type Line =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'acknowledged';
      readonly writer: number;
      readonly batch: number;
      readonly revision: number;
      readonly positions: readonly number[];
    }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };
type Acknowledgement = Extract<Line, { kind: 'acknowledged' }>;

describe('the embedded event store, when its process is killed', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-crash-'));
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map(kill));
    rmSync(folder, { recursive: true, force: true });
  });

  test('keeps all that it acknowledged, once, in order and without gaps', async () => {
    const seed = Number(process.env['PARLEY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`seed ${seed}: repeat with PARLEY_SEED=${seed}`);
    const random = seeded(seed);
    const acknowledged: Acknowledgement[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const batches = Array.from({ length: WRITERS }, (_, writer) => acknowledged.filter((line) => line.writer === writer).length);
      const fatal = 1 + Math.floor(random() * 400);
      acknowledged.push(...(await writeUntilKilled(batches, fatal)));
      const log = await withStore((store) => collect(store.readAll()));
      expectWhole(log, acknowledged);
    }
  });

  test('gives a repeat of what it did not acknowledge one place in the log', async () => {
    const acknowledged = await writeUntilKilled([], 150);
    await withStore(async (store) => {
      for (let writer = 0; writer < WRITERS; writer++) {
        const { stream, expected, events } = appendOf(writer, acknowledged.filter((line) => line.writer === writer).length);
        const first = await store.append(stream, expected, events);
        expect(await store.append(stream, expected, events)).toEqual(first);
      }
      const ids = (await collect(store.readAll())).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  test('lets go of its folder, which was refused to others while it lived', async () => {
    const { child, lines } = start([]);
    expect((await lines.next()).value).toEqual({ kind: 'open' });
    await expect(openEmbeddedStore({ folder })).rejects.toMatchObject({ name: 'StoreInUse' });
    const second = start([]);
    expect((await second.lines.next()).value).toEqual({ kind: 'failed', name: 'StoreInUse', message: expect.stringContaining(folder) });
    await kill(child);
    await withStore(async (store) =>
      expect((await store.append('mine', 'no-stream', appendOf(99, 0).events)).revision).toBe(BigInt(appendOf(99, 0).events.length - 1)),
    );
  });

  test('is followed from another process, before and after', async () => {
    await withStore(async () => {});
    const reader = await openEmbeddedStore({ folder, readOnly: true, pollInterval: 20 });
    const subscription = reader.subscribeToAll();
    const followed: RecordedEvent[] = [];
    const following = (async () => {
      for await (const message of subscription) if (message.kind === 'events') followed.push(...message.events);
    })();
    const acknowledged = [...(await writeUntilKilled([], 60))];
    const batches = Array.from({ length: WRITERS }, (_, writer) => acknowledged.filter((line) => line.writer === writer).length);
    acknowledged.push(...(await writeUntilKilled(batches, 60)));
    const log = await collect(reader.readAll());
    while (followed.length < log.length) await new Promise((resolve) => setTimeout(resolve, 10));
    await subscription.close();
    await following;
    await reader.close();
    expect(followed).toEqual(log);
    expectWhole(log, acknowledged);
  });

  (process.platform === 'linux' ? test : test.skip)(
    'fails clearly when there is no more room, and keeps what it acknowledged',
    async () => {
      // The limit on the size of a file stands in for a full disk: a write beyond it fails, and the process lives on.
      const limited = start([], ['bash', '-c', 'ulimit -f 3000; exec "$@"', 'bash']);
      const told: Line[] = [];
      for await (const line of limited.lines) told.push(line);
      expect(told.at(-1)).toMatchObject({ kind: 'failed', name: expect.stringMatching(/^(StoreUnavailable|OutcomeUnknown)$/) });
      const acknowledged = told.filter((line) => line.kind === 'acknowledged');
      expect(acknowledged.length).toBeGreaterThan(0);
      expectWhole(await withStore((store) => collect(store.readAll())), acknowledged);
    },
  );

  /** Kills the process as it acknowledges its n-th batch, and tells all that it acknowledged. */
  async function writeUntilKilled(batches: readonly number[], fatal: number): Promise<Acknowledgement[]> {
    const { child, lines } = start(batches);
    const acknowledged: Acknowledgement[] = [];
    for await (const line of lines) {
      if (line.kind === 'failed') throw new Error(`${line.name}: ${line.message}`);
      if (line.kind === 'acknowledged' && acknowledged.push(line) === fatal) child.kill('SIGKILL');
    }
    await kill(child);
    expect(child.signalCode).toBe('SIGKILL');
    return acknowledged;
  }

  function start(batches: readonly number[], before: readonly string[] = []) {
    const program = fileURLToPath(new URL('./writing-process.js', import.meta.url));
    const [command, ...args] = [...before, process.execPath, program, folder, String(WRITERS), JSON.stringify(batches)];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return { child, lines: linesOf(child) };
  }

  async function withStore<T>(use: (store: EventStore) => Promise<T>): Promise<T> {
    const store = await openEmbeddedStore({ folder });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }
});

function expectWhole(log: readonly RecordedEvent[], acknowledged: readonly Acknowledgement[]): void {
  expect(log.map(({ position }) => Number(position))).toEqual(log.map((_, n) => n + 1));
  expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
  for (const { writer, batch, revision, positions } of acknowledged) {
    const { stream, events } = appendOf(writer, batch);
    const found = positions.map((position) => log[position - 1]);
    expect(found).toMatchObject(events.map((event, n) => ({ ...event, stream, revision: BigInt(revision - events.length + 1 + n) })));
  }
  // What is there beyond it was under way: one batch of each writer at most, and whole.
  for (let writer = 0; writer < WRITERS; writer++) {
    const ids = log.filter(({ stream }) => stream === `writer-${writer}`).map(({ id }) => id);
    const batches = acknowledged.filter((line) => line.writer === writer).length;
    const sure = Array.from({ length: batches }, (_, batch) => appendOf(writer, batch).events.map(({ id }) => id)).flat();
    const extra = appendOf(writer, batches).events.map(({ id }) => id);
    expect([sure, [...sure, ...extra]]).toContainEqual(ids);
  }
}

async function* linesOf(child: ChildProcess): AsyncGenerator<Line> {
  for await (const line of createInterface({ input: child.stdout! })) {
    // The last line may be cut off: then nobody was told, and it counts as not acknowledged.
    if (line.endsWith('}')) yield JSON.parse(line) as Line;
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function collect(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const collected: RecordedEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}
