// How fast the embedded event store is here: node scripts/run.mjs test/bench/event-store.js [events]
// Events of 600 bytes; every append fsynced (WAL, synchronous=FULL).
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import { START } from '#event-store/port.js';
import type { EventStore, ExpectedRevision, NewEvent, Position } from '#event-store/port.js';

const BYTES = 600;
const STREAMS = 50;
const AT_ONCE = 64;
const METADATA = JSON.stringify({ recordedAt: '2022-01-12T18:00:00.000Z', recordedBy: 'bench' });
const DATA = JSON.stringify({ summary: 'x'.repeat(BYTES - METADATA.length - 14) });

const events = Number(process.argv[2] ?? 300_000);
const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
const store = await openEmbeddedStore({ folder });
const rows: Row[] = [];
try {
  rows.push(await timed('append one by one', 5_000, () => oneByOne(store, 5_000)));
  rows.push(await timed(`append, ${AT_ONCE} at once over ${STREAMS} streams`, events / 2, () => atOnce(store, events / 2, AT_ONCE)));
  rows.push(await timed(`append, 512 at once over ${STREAMS} streams`, events / 2, () => atOnce(store, events / 2, 512)));
  rows.push(await timed('append batches of 1,000', events, () => inBatches(store, events)));
  rows.push(
    await timed('append batches of 1,000, 4 writers', events, () =>
      Promise.all([1, 2, 3, 4].map((n) => inBatches(store, events / 4, `four-${n}`))),
    ),
  );
  const head = await store.head();
  rows.push(await timed('readAll', Number(head), () => readAll(store)));
  for (const batchSize of [500, 5_000]) {
    rows.push(await timed(`subscription, batches of ${batchSize}`, Number(head), () => catchUp(store, head, batchSize)));
  }
  console.table(rows);
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}

interface Row {
  readonly what: string;
  readonly events: number;
  readonly 'events/s': number;
  /** The longest time that the event loop of the caller stood still. */
  readonly 'worst stall ms': number;
  readonly 'p50 ms'?: number;
  readonly 'p99 ms'?: number;
}

async function timed(what: string, events: number, run: () => Promise<unknown>): Promise<Row> {
  let stall = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    stall = Math.max(stall, now - last - 1);
    last = now;
  }, 1);
  const start = performance.now();
  const latencies = await run();
  const seconds = (performance.now() - start) / 1000;
  clearInterval(watch);
  const row = { what, events, 'events/s': Math.round(events / seconds), 'worst stall ms': Math.round(stall * 10) / 10 };
  return Array.isArray(latencies) && typeof latencies[0] === 'number' ? { ...row, ...percentiles(latencies as number[]) } : row;
}

async function oneByOne(store: EventStore, count: number): Promise<number[]> {
  const latencies: number[] = [];
  let expected: ExpectedRevision = 'no-stream';
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    expected = (await store.append('one-by-one', expected, [event()])).revision;
    latencies.push(performance.now() - start);
  }
  return latencies;
}

/** Each stream's appends are sent one after another without waiting, as a queue of commands would. */
async function atOnce(store: EventStore, count: number, atOnce: number): Promise<number[]> {
  const latencies: number[] = [];
  const sent = new Map<string, number>();
  let n = 0;
  const worker = async () => {
    while (n < count) {
      const stream = `at-once-${atOnce}-${n++ % STREAMS}`;
      const revision = sent.get(stream) ?? -1;
      sent.set(stream, revision + 1);
      const start = performance.now();
      await store.append(stream, revision < 0 ? 'no-stream' : (BigInt(revision) as ExpectedRevision), [event()]);
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return latencies;
}

async function inBatches(store: EventStore, count: number, stream = 'batches'): Promise<void> {
  let expected: ExpectedRevision = 'no-stream';
  for (let n = 0; n < count; n += 1_000) {
    expected = (await store.append(stream, expected, Array.from({ length: 1_000 }, event))).revision;
  }
}

async function readAll(store: EventStore): Promise<void> {
  let read = 0;
  for await (const { position } of store.readAll()) if (position > START) read++;
  if (read !== Number(await store.head())) throw new Error(`Read ${read} events`);
}

async function catchUp(store: EventStore, head: Position, batchSize: number): Promise<void> {
  const subscription = store.subscribeToAll({ batchSize });
  for await (const message of subscription) {
    if (message.kind === 'caught-up' && message.position >= head) await subscription.close();
  }
}

function event(): NewEvent {
  return { id: randomUUID(), type: 'MeetingHeld', data: DATA, metadata: METADATA };
}

function percentiles(latencies: number[]) {
  const sorted = latencies.sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)]! * 100) / 100;
  return { 'p50 ms': at(0.5), 'p99 ms': at(0.99) };
}
