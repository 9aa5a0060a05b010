import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '#event-store/port.js';
import { Builder } from './building.js';
import { openForBuilding } from './file.js';
import { histories } from './testing/history.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-building-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [events] = fc.sample(histories({ minLength: 700, maxLength: 700, parks: false }), { numRuns: 1, seed: 20_220_121 }) as [
  RecordedEvent[],
];

function level(name: string) {
  const file = join(folder, name);
  const database = openForBuilding(file, 'store');
  const size = (): number => statSync(`${file}-wal`).size;
  const seen = { syncs: 0 };
  const builder = new Builder(database, {
    committed: () => undefined,
    level: () => undefined,
    interrupted: () => undefined,
    writeAheadLogSize: size,
    syncWriteAheadLog: async () => void seen.syncs++,
  });
  builder.level();
  return { builder, database, size, seen };
}

describe('a builder that is level with the log', () => {
  it('rests after a flood, so that the next transaction is larger, and neither after a trickle nor after a large one', () => {
    const { builder, database } = level('rest');
    builder.apply(events.slice(0, 5));
    expect(builder.rest).toBe(0);
    builder.apply(events.slice(5, 55));
    expect(builder.rest).toBeGreaterThan(0);
    expect(builder.rest).toBeLessThanOrEqual(100);
    builder.apply(events.slice(55));
    expect(builder.rest).toBe(0);
    builder.end();
    database.close();
  });

  it('keeps the write-ahead log of a trickle short, and has it synced beside its work', async () => {
    const { builder, database, size, seen } = level('trickle');
    let longest = 0;
    for (const event of events) {
      builder.apply([event]);
      longest = Math.max(longest, size());
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(seen.syncs).toBeGreaterThan(1);
    expect(longest).toBeLessThan(6 * 1024 * 1024);
    builder.end();
    database.close();
  });

  it('copies nothing once it has ended, whatever was being synced', async () => {
    const { builder, database, seen } = level('ended');
    for (const event of events) {
      builder.apply([event]);
      if (seen.syncs > 0) break;
    }
    builder.end();
    database.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.syncs).toBe(1);
  });
});
