// After Pekko Projection's EventSourcedChaosSpec: a logged seed drives faults, stops and starts under writers and live
// subscribers; when all is well again, every guarantee of design.md, section 9, is judged.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEventStoreDB, type EventStoreDB } from '#event-store/eventstoredb/store.js';
import type { RecordedEvent } from '#event-store/port.js';
import { startEndpoint } from '../support/eventstoredb-endpoint.js';
import { Dice } from './dice.js';
import { Listener } from './listener.js';
import { drawMischief } from './mischief.js';
import { askUntilOk, type Run } from './run.js';
import { SettledAnswers } from './settled.js';
import { TrackerProcess } from './tracker-process.js';
import { judgeListener, judgeParked, judgeReads, judgeThatNothingChanged, judgeTheLog } from './verdict.js';
import { write, type Acknowledged } from './writer.js';

export interface ChaosOptions {
  readonly seed: number;
  /** How long things go wrong, s. */
  readonly seconds: number;
  /** How long a fault that lasts may last, ms. */
  readonly longestFault: number;
  readonly trackers?: number;
  readonly writers?: number;
  /** A real server, whose faults something else makes. Default: an endpoint of its own. */
  readonly storeUrl?: string | undefined;
  readonly log?: (line: string) => void;
}

export interface ChaosReport {
  readonly acknowledged: number;
  readonly events: number;
  readonly mischiefs: number;
  /** Live connections, over all listeners. */
  readonly connections: number;
  readonly settledAnswers: number;
  /** What no guarantee allows. */
  readonly violations: readonly string[];
}

const LISTENERS = 3;
const TRACKS = ['north', 'south', 'east'];

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, seconds, longestFault, trackers: count = 2, writers: writerCount = 4, storeUrl, log = () => undefined } = options;
  await using cleanup = new AsyncDisposableStack();
  const dice = new Dice(seed);
  const endpoint = storeUrl === undefined ? await startEndpoint() : undefined;
  if (endpoint !== undefined) cleanup.defer(() => endpoint.close());
  const url = endpoint?.url ?? storeUrl!;
  const over = new AbortController();
  const violations: string[] = [];
  const newTracker = (): TrackerProcess => {
    const tracker = new TrackerProcess(url, (how) => violations.push(how));
    cleanup.defer(() => tracker.remove());
    return tracker;
  };
  const trackers = Array.from({ length: count }, newTracker);
  const run: Run = { crisis: `chaos-${randomUUID()}`, tracks: TRACKS, trackers, over: over.signal, violations };
  await Promise.all(trackers.map((tracker) => tracker.start()));
  const store = openEventStoreDB({ url, prefixes: [`crisis-${run.crisis}`, `track-${run.crisis}`] });
  cleanup.defer(() => store.close());
  await openCrisis(run);
  const broken = await appendWhatNobodyCanRead(store, run);

  const acknowledged: Acknowledged[] = [];
  const settled = new SettledAnswers();
  const listeners = Array.from({ length: LISTENERS }, (_, n) => new Listener(run, dice.fork(), n === 0));
  const listening = listeners.map((listener) => listener.listen());
  cleanup.defer(async () => {
    for (const listener of listeners) await listener.stop();
    await Promise.all(listening);
  });
  while (listeners.some(({ messages }) => messages.length === 0)) await sleep(10);
  const working = [...Array.from({ length: writerCount }, () => write(run, dice.fork(), acknowledged)), settled.keep(run, dice.fork())];

  const until = performance.now() + seconds * 1000;
  let mischiefs = 0;
  let before: RecordedEvent[] = [];
  while (performance.now() < until) {
    await sleep(dice.between(50, 600));
    const mischief = drawMischief(run, dice, endpoint, longestFault);
    log(`${Math.round((performance.now() - until) / 1000 + seconds)} s: ${mischief.what}`);
    mischiefs++;
    await mischief.do();
    if (before.length === 0 && performance.now() > until - seconds * 500) before = await logOf(store);
  }
  log('all is well again');
  await endpoint?.heal();
  over.abort();
  await Promise.all(working);
  log('everything that was begun is acknowledged');

  const events = await logOf(store);
  const last = events.at(-1)!.position;
  const judge = async (what: string, verdict: () => string[] | Promise<string[]>): Promise<void> => {
    try {
      violations.push(...(await verdict()));
    } catch (error) {
      violations.push(`${what} could not be judged: ${(error as Error).message}`);
    }
  };
  await judge('the log', () => [...judgeTheLog(events, acknowledged), ...judgeThatNothingChanged(before, events)]);
  const rebuilt = newTracker();
  await rebuilt.start();
  for (const [n, tracker] of [...trackers, rebuilt].entries()) {
    const name = tracker === rebuilt ? 'a tracker that was built anew' : `tracker ${n}`;
    await judge(name, async () => {
      await askUntilOk(tracker, '/health/ready');
      return judgeReads(run, tracker, events, name);
    });
    await judge(name, () => settled.compare(tracker));
    await judge(name, () => judgeParked(tracker, broken, name));
  }
  for (const [n, listener] of listeners.entries()) {
    await within(60_000, async () => {
      while (listener.positions.every((position) => position < last)) await sleep(20);
    });
    await judge(`listener ${n}`, () => judgeListener(run, events, listener, `listener ${n}`));
  }
  return {
    acknowledged: acknowledged.length,
    events: events.length,
    mischiefs,
    connections: listeners.reduce((sum, { connections }) => sum + connections, 0),
    settledAnswers: settled.count,
    violations,
  };
}

/** Until it is open everywhere: a real store may go wrong from the start, and an import is safe to repeat. */
async function openCrisis({ crisis, tracks, trackers }: Run): Promise<void> {
  const lines = [
    { type: 'CrisisOpened', crisis, title: 'Chaos' },
    { type: 'ActorRegistered', crisis, id: 'russia', name: 'Russia', kind: 'state' },
    { type: 'ActorRegistered', crisis, id: 'united-states', name: 'United States', kind: 'state' },
    { type: 'IssueRaised', crisis, id: 'enlargement', title: 'Enlargement' },
    { type: 'SourceRegistered', crisis, id: 'tass', name: 'TASS', reliability: 'C' },
    { type: 'SourceRegistered', crisis, id: 'reuters', name: 'Reuters', reliability: 'B' },
    ...tracks.map((track) => ({ type: 'TrackOpened', crisis, track, title: track, parties: ['russia', 'united-states'] })),
  ];
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  for (let rejected = true; rejected;) {
    const answer = await fetch(`${trackers[0]!.url}/import`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body });
    rejected = (await answer.text()).includes('"rejected"');
    if (rejected) await sleep(200);
  }
  for (const tracker of trackers) await askUntilOk(tracker, `/crises/${crisis}`);
}

/** Guarantee 9: an event of a later release, on a stream of its own in a crisis of its own. Returns the stream. */
async function appendWhatNobodyCanRead(store: EventStoreDB, { crisis }: Run): Promise<string> {
  const stream = `track-${crisis}-broken.talks`;
  const metadata = JSON.stringify({ recordedAt: new Date().toISOString(), recordedBy: 'chaos', schemaVersion: 1 });
  const events = [{ id: randomUUID(), type: 'OfALaterRelease', data: '{}', metadata }];
  await untilItSucceeds(() => store.append(stream, 'no-stream', events));
  return stream;
}

function logOf(store: EventStoreDB): Promise<RecordedEvent[]> {
  return untilItSucceeds(() => Array.fromAsync(store.readAll()));
}

async function untilItSucceeds<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch {
      await sleep(50);
    }
  }
}

/** What is not done by then is judged as it stands. */
async function within(ms: number, work: () => Promise<void>): Promise<void> {
  await Promise.race([work(), sleep(ms, undefined, { ref: false })]);
}
