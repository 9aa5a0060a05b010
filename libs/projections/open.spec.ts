import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import type { EventStore, ExpectedRevision, Position, RecordedEvent } from '#event-store/port.js';
import { openReadSide } from './open.js';
import type { ReadSide } from './read-side.js';
import { BEGIN, CRISES, DAY, histories } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';

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

  it('refuses what is asked of it once it is closed, and hangs nobody', async () => {
    const opened = await open();
    await opened.reached(await write(history), 60_000);
    const asked = CRISES.map((crisis) =>
      opened.ask('tracks', { crisis, ...LATER }).then(
        () => 'answered',
        () => 'refused',
      ),
    );
    await opened.close();
    await Promise.all(asked);
    await expect(opened.ask('crises', LATER)).rejects.toThrow();
  });
});

describe('a replay', () => {
  const dates = fc.array(fc.nat({ max: 60 }), { minLength: 3, maxLength: 3 });

  it('ends with the states that tracks answers at its end, by occurrence and by record', () => {
    fc.assert(
      fc.property(histories(), dates, (events, days) => {
        const memory = new MemoryReadSide(events);
        for (const day of days) {
          const until = BEGIN + day * DAY;
          const byOccurrence = memory.lines('replay', { crisis: 'alpha', by: 'occurred', until, knownAt: NOW, now: NOW });
          expect(byOccurrence.at(-1).tracks).toEqual(memory.ask('tracks', { crisis: 'alpha', asOf: until, knownAt: NOW, now: NOW }).tracks);
          const byRecord = memory.lines('replay', { crisis: 'alpha', by: 'recorded', until, now: NOW });
          expect(byRecord.at(-1).tracks).toEqual(memory.ask('tracks', { crisis: 'alpha', asOf: until, knownAt: until, now: NOW }).tracks);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('live pages', () => {
  /** Every message after a cursor, read in pages of some size. */
  function messagesAfter(memory: MemoryReadSide, cursor: any, limit: number): any[] {
    const messages: any[] = [];
    for (let after = cursor; ;) {
      const page = memory.ask('livePage', { crisis: 'alpha', after, limit, now: NOW });
      messages.push(...page.messages);
      after = { ...page.cursor, position: BigInt(page.cursor.position) };
      if (!page.more) return messages;
    }
  }

  const named = ({ position, number, moment, event }: any): string => `${position}.${number ?? `@${moment}`} ${event}`;

  it('tell the same messages whatever their size, each id once', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 1, max: 7 }), (events, limit) => {
        const memory = new MemoryReadSide(events);
        const whole = messagesAfter(memory, { position: 0n }, 10_000).map(named);
        expect(messagesAfter(memory, { position: 0n }, limit).map(named)).toEqual(whole);
        expect([...new Set(whole)]).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});
