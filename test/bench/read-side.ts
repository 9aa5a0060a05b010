// How fast the read side is here: node scripts/run.mjs test/bench/read-side.js [developments]
// Fixed seed. One crisis of 20 tracks, of which one has a third of all; 5 % recorded late, 2 % corrected, 1 % retracted. The
// history is written to an embedded log first; then the read side is built from it, and asked at random points of both clocks.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crisisStream, trackStream } from '#crisis/event.js';
import { eventId, registerEventId } from '#crisis/identifiers.js';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import type { EventStore, ExpectedRevision, NewEvent } from '#event-store/port.js';
import { openReadSide } from '#projections/open.js';
import type { Question, Questions, ReadSide } from '#projections/read-side.js';
import { CRISIS, developmentBody, registerLines, trackName } from './history.js';
import { inMs, percentile, perSecond, printTable, type Row } from './measure.js';

const TRACKS = 20;
const DAY = 86_400_000;
const BEGIN = Date.UTC(2022, 0, 1);
const DAYS = 300;
const ASKED = 2_000;
const BATCH = 500;

const developments = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
const random = seeded(20_220_121);
const store = await openEmbeddedStore({ folder });
const rows: Row[] = [];
try {
  const events = await write(store);
  const began = performance.now();
  const readSide = await openReadSide({ folder, store: store.id, log: { kind: 'embedded', folder } });
  await readSide.reached(await store.head(), 600_000);
  const ms = performance.now() - began;
  rows.push({ what: `rebuild of ${events.toLocaleString('en')} events`, figure: perSecond(events, ms) });
  const bytes = statSync(join(folder, `read-side-${store.id}-v1.sqlite`), { throwIfNoEntry: false })?.size ?? 0;
  rows.push({ what: 'size of the file', figure: `${Math.round(bytes / 1024 / 1024)} MiB, ${Math.round(bytes / events)} bytes an event` });
  await ask(readSide, 'state of a track by weight, at any point', 'track', () => ({ ...point(), track: weightedTrack() }));
  await ask(readSide, 'state of the largest track, at any point', 'track', () => ({ ...point(), track: trackName(0) }));
  await ask(readSide, 'state of the largest track, now', 'track', () => ({ ...now(), track: trackName(0) }));
  await ask(readSide, 'states of all tracks, at any point', 'tracks', point, ASKED / 10);
  await ask(
    readSide,
    'timeline page of 50, at any point',
    'timeline',
    () => ({ ...point(), filter: {}, order: 'newest' as const, limit: 50 }),
    ASKED / 10,
  );
  await ask(
    readSide,
    'one source left out, a small track',
    'track',
    () => ({ ...point(), track: trackName(7), excludeSource: ['agency'] }),
    20,
  );
  await ask(
    readSide,
    'one source left out, the largest track',
    'track',
    () => ({ ...point(), track: trackName(0), excludeSource: ['agency'] }),
    10,
  );
  await readSide.close();
  const again = performance.now();
  const warm = await openReadSide({ folder, store: store.id, log: { kind: 'embedded', folder } });
  await warm.reached(await store.head(), 60_000);
  rows.push({ what: 'opened again, level with the log', figure: inMs(performance.now() - again) });
  await warm.close();
  printTable(rows);
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}

async function ask<Q extends Question>(
  readSide: ReadSide,
  what: string,
  question: Q,
  params: () => Omit<Questions[Q], 'crisis'>,
  times = ASKED,
): Promise<void> {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const asked = { crisis: CRISIS, ...params() } as unknown as Questions[Q];
    const began = performance.now();
    await readSide.ask(question, asked);
    took.push(performance.now() - began);
  }
  const settled = took.slice(Math.floor(times / 10));
  rows.push({ what, figure: `p50 ${inMs(percentile(settled, 50))}, p99 ${inMs(percentile(settled, 99))}` });
}

/** A moment of the history on each clock. */
function point(): { asOf: number; knownAt: number; now: number } {
  return { ...now(), asOf: BEGIN + random() * DAYS * DAY, knownAt: BEGIN + random() * DAYS * DAY };
}

function now(): { now: number } {
  return { now: BEGIN + (DAYS + 10) * DAY };
}

/** A third of all on the first, the others alike. */
function weightedTrack(): string {
  return trackName(random() < 1 / 3 ? 0 : 1 + Math.floor(random() * (TRACKS - 1)));
}

/** Returns how many events there are. */
async function write(log: EventStore): Promise<number> {
  const revisions = new Map<string, bigint>();
  let events = 0;
  const append = async (stream: string, batch: readonly NewEvent[]): Promise<void> => {
    const last = revisions.get(stream) ?? -1n;
    await log.append(stream, (last < 0n ? 'no-stream' : last) as ExpectedRevision, batch);
    revisions.set(stream, last + BigInt(batch.length));
    events += batch.length;
  };
  for (const text of registerLines(TRACKS)) {
    const { type, track, id, ...content } = JSON.parse(text) as { type: string; track?: string; id?: string };
    const stream = track === undefined ? crisisStream(CRISIS) : trackStream(CRISIS, track);
    const data = { type, crisis: CRISIS, track, id, entry: 1, content };
    await append(stream, [newEvent(registerEventId(CRISIS, type, track ?? id ?? '', 1), data, BEGIN)]);
  }
  // Streams take turns in runs of some events: one append is of one stream.
  for (let number = 0; number < developments;) {
    const track = weightedTrack();
    const batch: NewEvent[] = [];
    while (batch.length < Math.min(BATCH, 10 + developments / 1000) && number < developments) batch.push(...history(track, number++));
    await append(trackStream(CRISIS, track), batch);
  }
  return events;
}

/** A development, and perhaps what becomes of it. */
function history(track: string, number: number): NewEvent[] {
  const recordedAt = BEGIN + (number / developments) * DAYS * DAY;
  const isLate = random() < 0.05;
  const occurredAt = new Date(recordedAt - (isLate ? random() * 60 : random()) * DAY).toISOString();
  const id = `d-${number}`;
  const data = { ...developmentBody(number), occurredAt: random() < 0.5 ? occurredAt : occurredAt.slice(0, 10), crisis: CRISIS, track };
  const events = [newEvent(eventId(CRISIS, track, id), data, recordedAt)];
  const record = (type: string, fields: object): void => {
    const recordId = `${id}-r`;
    events.push(
      newEvent(eventId(CRISIS, track, recordId), { type, crisis: CRISIS, track, id: recordId, development: id, ...fields }, recordedAt),
    );
  };
  const fate = random();
  if (fate < 0.02) record('DevelopmentCorrected', { changes: { summary: 'It was otherwise.' }, reason: 'factual-error' });
  else if (fate < 0.03) record('DevelopmentRetracted', { reason: 'factual-error' });
  return events;
}

function newEvent(id: string, data: object, recordedAt: number): NewEvent {
  const metadata = { recordedAt: new Date(recordedAt).toISOString(), recordedBy: 'bench', schemaVersion: 1, digest: 'x'.repeat(43) };
  return { id, type: (data as { type: string }).type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
