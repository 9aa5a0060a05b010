import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { describeEventStore } from '../contract.js';
import { collect, idsOf, someEvent, someEvents, take } from '../contract/events.js';
import { StoreUnavailable } from '../port.js';
import type { EventStore, Position, Revision } from '../port.js';
import { StoreFileRefused, StoreInUse } from './log-file.js';
import { openEmbeddedStore } from './store.js';
import type { EmbeddedStoreOptions } from './store.js';

let folder = '';
const opened: EventStore[] = [];

const newFolder = () => (folder = mkdtempSync(join(tmpdir(), 'parley-log-')));
const removeFolder = () => rmSync(folder, { recursive: true, force: true });

async function open(options: Partial<EmbeddedStoreOptions> = {}): Promise<EventStore> {
  const store = await openEmbeddedStore({ folder, ...options });
  opened.push(store);
  return store;
}

describeEventStore('embedded', {
  open: () => openEmbeddedStore({ folder: newFolder() }),
  reopen: () => openEmbeddedStore({ folder }),
  dispose: async () => removeFolder(),
});

describe('the embedded event store', () => {
  beforeEach(() => void newFolder());
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    removeFolder();
  });

  test('positions are 1, 2, 3, ... and refused appends use none up', async () => {
    const store = await open();
    expect(await store.head()).toBe(0n);
    await Promise.allSettled(
      Array.from({ length: 60 }, (_, n) => store.append(`s-${n % 20}`, n % 4 === 0 ? (7n as Revision) : 'no-stream', someEvents(2))),
    );
    const positions = (await collect(store.readAll())).map(({ position }) => position);
    expect(positions).toEqual(positions.map((_, n) => BigInt(n + 1)));
    expect(await store.head()).toBe(BigInt(positions.length));
  });

  test('a repeat of what was several appends has the positions of each', async () => {
    const store = await open();
    const [one, two] = [someEvent(), someEvent()];
    const first = await store.append('a', 'no-stream', [one]);
    await store.append('b', 'no-stream', [someEvent()]);
    await store.append('a', first.revision, [two]);
    expect(await store.append('a', 'no-stream', [one, two])).toEqual({ revision: 1n, positions: [1n, 3n] });
  });

  test('a position beyond all events is waited for, not an error', async () => {
    const store = await open();
    await store.append('a', 'no-stream', [someEvent()]);
    expect(await collect(store.readAll({ after: (2n ** 64n - 1n) as Position }))).toEqual([]);
  });

  test('large events are read in pages that stay small, and none is left out', async () => {
    const store = await open();
    const data = JSON.stringify('x'.repeat(900_000));
    for (let n = 0; n < 12; n++) await store.append(`s-${n}`, 'no-stream', [someEvent({ data })]);
    const sizes: number[] = [];
    const subscription = store.subscribeToAll();
    for await (const message of subscription) {
      if (message.kind === 'events') sizes.push(message.events.length);
      else await subscription.close();
    }
    expect(sizes).toEqual([5, 5, 2]);
    expect(await collect(store.readAll())).toHaveLength(12);
  });

  describe('a folder', () => {
    test('has one writer: the second one is told what to do, and may have it when the first is closed', async () => {
      const first = await open();
      const refused = await open().catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(StoreInUse);
      expect((refused as Error).message).toContain('Stop the other one, or give this one a folder of its own');
      await first.append('a', 'no-stream', [someEvent()]);
      await first.close();
      expect(await collect((await open()).readAll())).toHaveLength(1);
    });

    test("with another program's database in it is refused, and the file left as it was", async () => {
      const file = join(folder, 'events.sqlite');
      const foreign = new DatabaseSync(file);
      foreign.exec('create table recipe (name text)');
      foreign.close();
      const before = readFileSync(file);
      await expect(open()).rejects.toThrow(/is not an event log of Parley but another program's database: move it away/);
      await expect(open({ readOnly: true })).rejects.toBeInstanceOf(StoreFileRefused);
      expect(readFileSync(file).equals(before)).toBe(true);
    });

    test('with a file in it that is no database is refused', async () => {
      writeFileSync(join(folder, 'events.sqlite'), 'Dear diary, '.repeat(500));
      await expect(open()).rejects.toThrow(/nor any SQLite database: move it away/);
    });

    test('with a log of a newer version is refused', async () => {
      await (await open()).close();
      const file = new DatabaseSync(join(folder, 'events.sqlite'));
      file.exec('pragma user_version = 99');
      file.close();
      await expect(open()).rejects.toThrow(/has version 99, and this Parley knows versions up to 1: use a newer Parley/);
    });

    test('without a log cannot be opened for reading only', async () => {
      await expect(open({ readOnly: true })).rejects.toThrow(/There is no event log in .* yet. Open it for writing once/);
      await expect(open({ folder: join(folder, 'absent'), readOnly: true })).rejects.toBeInstanceOf(StoreFileRefused);
    });

    test('that cannot be made is told', async () => {
      writeFileSync(join(folder, 'file'), '');
      await expect(open({ folder: join(folder, 'file', 'sub') })).rejects.toBeInstanceOf(StoreUnavailable);
    });

    test('is made with all above it', async () => {
      const store = await open({ folder: join(folder, 'a', 'b') });
      expect(await store.head()).toBe(0n);
    });
  });

  describe('a store for reading only', () => {
    test('refuses to append, and reads the same log under the same id', async () => {
      const writer = await open();
      await writer.append('a', 'no-stream', someEvents(3));
      const reader = await open({ readOnly: true });
      expect(reader.id).toBe(writer.id);
      expect(await collect(reader.readAll())).toEqual(await collect(writer.readAll()));
      await expect(reader.append('b', 'no-stream', [someEvent()])).rejects.toBeInstanceOf(StoreUnavailable);
    });

    test('is told of commits, and need not poll', async () => {
      const writer = await open();
      const reader = await open({ readOnly: true, pollInterval: 3_600_000 });
      const taken = take(reader.subscribeToAll(), 'a', 20);
      const events = someEvents(20);
      for (const [n, event] of events.entries()) {
        await writer.append('a', n === 0 ? 'no-stream' : (BigInt(n - 1) as Revision), [event]);
      }
      expect(idsOf(await taken)).toEqual(idsOf(events));
    });
  });

  test('no statement can edit or remove an event', async () => {
    await (await open()).append('a', 'no-stream', [someEvent()]);
    await opened[0]!.close();
    const file = new DatabaseSync(join(folder, 'events.sqlite'));
    expect(() => file.exec("update event set data = '{}'")).toThrow('events are never edited');
    expect(() => file.exec('delete from event')).toThrow('events are never removed');
    file.close();
  });

  test('a store that is closed leaves one file, and its lock', async () => {
    const store = await open();
    await store.append('a', 'no-stream', someEvents(10));
    await store.close();
    expect(readdirSync(folder).sort()).toEqual(['events.lock', 'events.sqlite']);
  });
});
