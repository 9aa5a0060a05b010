import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import fc from 'fast-check';
import type { RecordedEvent } from '#event-store/port.js';
import { buildOnce } from './build-once.js';
import { NotApplicable } from './building.js';
import { fileOf, openForBuilding, ReadSideInUse, takeLock } from './file.js';
import { openReadSide } from './open.js';
import { without } from './testing/earlier-release.js';
import { histories } from './testing/history.js';
import { OnLog } from './testing/on-log.js';

const [drawn] = fc.sample(histories({ minLength: 60, maxLength: 80, parks: false }), { numRuns: 1, seed: 9 });
const history: readonly RecordedEvent[] = drawn!;

let on: OnLog;
beforeEach(async () => {
  on = await OnLog.create(history.slice(0, 40));
  mkdirSync(on.reads);
});
afterEach(() => on.remove());

describe('a file that is built on the side', () => {
  it('comes to the end of the log, goes on from there the next time, and is what a service starts from', async () => {
    {
      using database = openForBuilding(fileOf(on.reads, on.store.id), on.store.id);
      expect(await buildOnce(database, on.store, {})).toEqual({ position: 40n, events: 40, parked: 0 });
      await on.write(history.slice(40));
      const positions: bigint[] = [];
      const rest = history.length - 40;
      const built = await buildOnce(database, on.store, {}, (position, head) => positions.push(position, head));
      expect(built).toEqual({ position: BigInt(history.length), events: rest, parked: 0 });
      expect(positions).toEqual([BigInt(history.length), BigInt(history.length)]);
    }
    await on.open();
    expect(on.readSide.status.applied).toBe(0);
    const prepared = await on.everything();
    on.readSide.rebuild('asked', { strict: true });
    await on.rebuilt();
    expect(await on.everything()).toEqual(prepared);
  });

  it('stops, being strict, at the first event that cannot be applied', async () => {
    using database = openForBuilding(fileOf(on.reads, on.store.id), on.store.id);
    const index = history.findIndex(({ type }) => type === 'TrackOpened');
    const building = buildOnce(database, on.store, { strict: true, decode: without('TrackOpened') });
    await expect(building).rejects.toThrow(NotApplicable);
    await expect(building).rejects.toMatchObject({ event: { position: index + 1, stream: history[index]!.stream, type: 'TrackOpened' } });
  });
});

describe('the files of one version', () => {
  it('are one process’s at a time', async () => {
    {
      using _lock = takeLock(on.reads, on.store.id);
      await expect(on.open()).rejects.toThrow(ReadSideInUse);
    }
    await on.open();
    expect(() => takeLock(on.reads, on.store.id)).toThrow(ReadSideInUse);
    const again = { folder: on.reads, store: on.store.id, log: { kind: 'embedded', folder: on.folder } } as const;
    await expect(openReadSide(again)).rejects.toThrow(ReadSideInUse);
    await on.readSide.close();
    takeLock(on.reads, on.store.id)[Symbol.dispose]();
  });
});
