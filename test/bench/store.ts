// npm run bench:store: Parley on the EventStoreDB that EVENTSTORE_URL names, beside the bare client on the same server.
//
// Everything is paired: rounds of the one and the other in turn, so that what disturbs the machine disturbs both; a ratio is the
// median of the rounds' ratios. Both sides begin and end with objects: what turns them into text and back is counted. Events have
// 600 bytes, in streams of the run's own. A server that does other work meanwhile measures that as well.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDB } from '#event-store/eventstoredb/store.js';
import type { ExpectedRevision } from '#event-store/port.js';
import { PlainClient } from '../support/eventstoredb-plain.js';
import { registerLines } from './history.js';
import { importLines } from './import.js';
import { inMs, percentile, perSecond, printTable } from './measure.js';
import { postFor, type PostRun } from './posts.js';
import { startService } from './service.js';

const ROUNDS = 5;
const POST_ROUNDS = 3;
const TRACKS = 50;
const CONNECTIONS = 64;
const POST_MS = 4000;
const READ_EVENTS = 20_000;
const METADATA = { recordedAt: '2022-01-12T18:00:00.000Z', recordedBy: 'bench' };
const DATA = { summary: 'x'.repeat(600 - JSON.stringify(METADATA).length - 14) };

const url = process.env['EVENTSTORE_URL'];
if (url === undefined) {
  console.error('Set EVENTSTORE_URL to the server that is to be measured, such as esdb://localhost:2113?tls=false');
  process.exit(1);
}
const run = `bench-${randomUUID().slice(0, 8)}`;
const store = openEventStoreDB({ url, prefixes: [`${run}-`] });
const plain = new PlainClient(url);
const rows: string[][] = [['what', 'bare client', 'Parley', 'ratio', 'aim']];
try {
  await appends('appends, one at a time', 1, 1, 500);
  await appends('appends, 64 at once, a stream each', 64, 1, 100);
  await appends('appends, 4 writers with batches of 500', 4, 500, 8);
  await reads();
} finally {
  await store.close();
  await plain.close();
}
await commands();
printTable(rows);

/** @param each how many appends a writer makes in a round */
async function appends(what: string, writers: number, batch: number, each: number): Promise<void> {
  const group = Array.from({ length: batch }, () => ({ data: DATA, metadata: METADATA }));
  const groups = Array.from({ length: each }, () => group);
  const streams = (): string[] => {
    const name = `${run}-${randomUUID()}`;
    return Array.from({ length: writers }, (_, n) => `${name}-${n}`);
  };
  await paired(what, writers * batch * each, '0.8', {
    bare: () => Promise.all(streams().map((stream) => plain.appendEach(stream, groups))),
    parley: () => Promise.all(streams().map((stream) => appendEach(stream, groups))),
  });
}

async function appendEach(
  stream: string,
  groups: Iterable<readonly { readonly data: object; readonly metadata: object }[]>,
): Promise<void> {
  let expected: ExpectedRevision = 'no-stream';
  for (const group of groups) {
    const events = group.map(({ data, metadata }) => ({
      id: randomUUID(),
      type: 'MeetingHeld',
      data: JSON.stringify(data),
      metadata: JSON.stringify(metadata),
    }));
    ({ revision: expected } = await store.append(stream, expected, events));
  }
}

async function reads(): Promise<void> {
  const prefix = `${run}-read`;
  const stream = `${prefix}-${randomUUID()}`;
  await appendEach(
    stream,
    Array.from({ length: READ_EVENTS / 500 }, () => Array.from({ length: 500 }, () => ({ data: DATA, metadata: METADATA }))),
  );
  await paired('reads of a stream', READ_EVENTS, '0.9', {
    bare: () => plain.readStream(stream),
    parley: async () => {
      for await (const { data, metadata } of store.readStream(stream)) parsed(data, metadata);
    },
  });
  const following = openEventStoreDB({ url: url!, prefixes: [prefix] });
  await paired('catching up by a subscription', READ_EVENTS, '0.9', {
    bare: () => plain.catchUp(prefix, READ_EVENTS),
    parley: async () => {
      for await (const message of following.subscribeToAll({ batchSize: 1_000 })) {
        if (message.kind === 'events') for (const { data, metadata } of message.events) parsed(data, metadata);
        if (message.kind === 'caught-up') return;
      }
    },
  });
  await following.close();
}

function parsed(data: string, metadata: string): unknown[] {
  return [JSON.parse(data), JSON.parse(metadata)];
}

async function paired(
  what: string,
  count: number,
  aim: string,
  sides: { readonly bare: () => Promise<unknown>; readonly parley: () => Promise<unknown> },
): Promise<void> {
  const times: Record<'bare' | 'parley', number[]> = { bare: [], parley: [] };
  for (let round = -1; round < ROUNDS; round++) {
    // Now the one first, now the other: who comes first finds the server in another state.
    for (const side of round % 2 === 0 ? (['bare', 'parley'] as const) : (['parley', 'bare'] as const)) {
      const started = performance.now();
      await sides[side]();
      if (round >= 0) times[side].push(performance.now() - started); // the first round warms up
    }
  }
  const ratio = percentile(
    times.bare.map((ms, round) => ms / times.parley[round]!),
    50,
  );
  rows.push([what, perSecond(count, percentile(times.bare, 50)), perSecond(count, percentile(times.parley, 50)), ratio.toFixed(2), aim]);
}

/** Over HTTP, of a service in a process of its own. */
async function commands(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const service = await startService(folder);
  try {
    await importLines(service.url, registerLines(TRACKS, run));
    const runs: Record<'spread' | 'single', PostRun[]> = { spread: [], single: [] };
    for (let round = -1; round < POST_ROUNDS; round++) {
      for (const [name, tracks] of [
        ['spread', TRACKS],
        ['single', 1],
      ] as const) {
        const measured = await postFor(service.url, {
          ms: POST_MS,
          connections: CONNECTIONS,
          tracks,
          crisis: run,
          prefix: `${name}-${round + 1}`,
        });
        if (round >= 0) runs[name].push(measured);
      }
    }
    const rate = ({ count, duration }: PostRun): number => (count / duration) * 1000;
    const median = (list: readonly PostRun[]): number => percentile(list.map(rate), 50);
    const p99 = (list: readonly PostRun[]): string =>
      inMs(
        percentile(
          list.flatMap(({ latencies }) => latencies),
          99,
        ),
      );
    const ratio = percentile(
      runs.single.map((single, round) => rate(single) / rate(runs.spread[round]!)),
      50,
    );
    const figure = (list: readonly PostRun[]): string => `${perSecond(median(list), 1000)}, p99 ${p99(list)}`;
    rows.push([`HTTP commands, ${CONNECTIONS} connections, ${TRACKS} tracks`, '', figure(runs.spread), '', '2,400/s']);
    rows.push([
      `HTTP commands, ${CONNECTIONS} connections, one track`,
      '',
      figure(runs.single),
      `${ratio.toFixed(2)} of ${TRACKS} tracks`,
      '0.8',
    ]);
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
