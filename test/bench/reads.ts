// npm run bench:reads: what the read side takes at a million developments beside what it takes at ten thousand.
// Arguments: how many developments instead of a million, and of ten thousand.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import { openReadSide } from '#projections/open.js';
import type { Question, Questions, ReadSide } from '#projections/read-side.js';
import { Connection } from './connection.js';
import { CRISIS, trackName } from './history.js';
import { inMs, percentile, perSecond, printTable } from './measure.js';
import { postFor } from './posts.js';
import { residentMib } from './process-figures.js';
import { startService, type Service } from './service.js';
import { BEGIN, DAY, DAYS, PROLIFIC, weightedTrack, writeSyntheticLog } from './synthetic-log.js';
import { seeded } from '../support/seeded.js';

const ASKED = 2_000;
const WARM_UP = 200;
const MEANWHILE_MS = 20;
const READABLE = 300;
const POSTS_MS = 5_000;
const POSTED_TRACKS = 20;
/** The first one compiles, and finds the disk at work on what was built. */
const STARTS = 4;

const large = Number(process.argv[2] ?? 1_000_000);
const small = Number(process.argv[3] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
try {
  const [few, many] = [await measured(small, 20), await measured(large, 200)];
  const head = ['what', small.toLocaleString('en'), large.toLocaleString('en'), 'ratio', 'aim'];
  const rows = [...many].map(([what, { text, figure, aim = '' }]) => {
    const other = few.get(what)!;
    return [what, other.text, text, figure === undefined ? '' : (figure / other.figure!).toFixed(2), aim];
  });
  printTable([head, ...rows]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Figure {
  readonly text: string;
  /** Of which the ratio is taken. */
  readonly figure?: number;
  readonly aim?: string;
}

async function measured(developments: number, tracks: number): Promise<Map<string, Figure>> {
  const figures = new Map<string, Figure>();
  const data = join(folder, String(developments));
  mkdirSync(data);
  const random = seeded(developments);
  const log = { kind: 'embedded', folder: data } as const;
  const readSideIn = join(data, 'read-side');
  const store = await openEmbeddedStore({ folder: data });
  const events = await writeSyntheticLog(store, { developments, tracks });
  const head = await store.head();

  const began = performance.now();
  const readSide = await openReadSide({ folder: readSideIn, store: store.id, log });
  await readSide.reached(head, 3_600_000);
  figures.set('built for the first time', { text: perSecond(events, performance.now() - began), aim: '60,000/s' });

  const meanwhile: number[] = [];
  const again = performance.now();
  readSide.rebuild('asked', { strict: false });
  while (readSide.status.rebuild !== null) {
    const sent = performance.now();
    await readSide.ask('track', { crisis: CRISIS, track: trackName(1), ...anyPoint(random) });
    meanwhile.push(performance.now() - sent);
    await new Promise((resolve) => setTimeout(resolve, MEANWHILE_MS));
  }
  figures.set('rebuilt, while it answers', { text: perSecond(events, performance.now() - again), aim: '60,000/s' });
  figures.set('a track, while it is rebuilt', { text: figureOf(meanwhile), aim: 'p99 50 ms' });
  await readSide.close();
  const bytes = readdirSync(readSideIn).reduce((sum, name) => sum + statSync(join(readSideIn, name)).size, 0);
  figures.set('its files', { text: `${Math.round(bytes / 1024 / 1024)} MiB, ${Math.round(bytes / events)} bytes an event` });

  const opened = performance.now();
  const warm = await openReadSide({ folder: readSideIn, store: store.id, log });
  await warm.reached(head, 60_000);
  figures.set('opened again, level with the log', { text: inMs(performance.now() - opened), aim: '1 s' });
  await askEach(warm, figures, random, tracks);
  await warm.close();
  await store.close();
  await throughHttp(data, figures, random, tracks);
  return figures;
}

async function askEach(readSide: ReadSide, figures: Map<string, Figure>, random: () => number, tracks: number): Promise<void> {
  const ask = async <Q extends Question>(
    what: string,
    aim: string,
    question: Q,
    params: () => Omit<Questions[Q], 'crisis'>,
    times = ASKED,
  ): Promise<void> => {
    const took: number[] = [];
    for (let n = 0; n < times + WARM_UP; n++) {
      const asked = { crisis: CRISIS, ...params() } as unknown as Questions[Q];
      const sent = performance.now();
      await readSide.ask(question, asked);
      if (n >= WARM_UP) took.push(performance.now() - sent);
    }
    figures.set(what, { text: figureOf(took), figure: percentile(took, 99), aim });
  };
  const point = () => anyPoint(random);
  const track = () => weightedTrack(random, tracks);
  const page = { filter: {}, order: 'newest' as const, limit: 50 };
  const actor = () => [`actor-${Math.floor(random() * 40)}`];
  await ask('a track by weight', 'p99 3 ms, ratio 2.5', 'track', () => ({ ...point(), track: track() }));
  await ask('the largest track', 'p99 5 ms', 'track', () => ({ ...point(), track: trackName(0) }));
  await ask('a track by weight, one prolific source left out', 'p99 15 ms', 'track', () => ({
    ...point(),
    track: track(),
    excludeSource: [PROLIFIC],
  }));
  await ask(
    'the largest track, one prolific source left out',
    'p99 15 ms',
    'track',
    () => ({ ...point(), track: trackName(0), excludeSource: [PROLIFIC] }),
    500,
  );
  await ask(
    'the largest track, from sources of C or better',
    'p99 15 ms',
    'track',
    () => ({ ...point(), track: trackName(0), minReliability: 'C' as const }),
    500,
  );
  await ask('all tracks', '', 'tracks', point, 200);
  await ask('timeline, a page of 50', 'p99 20 ms', 'timeline', () => ({ ...point(), ...page }));
  await ask('timeline of an actor, a page of 50', 'p99 20 ms', 'timeline', () => ({ ...point(), ...page, filter: { actor: actor() } }));
  await ask(
    'search for two words',
    'p99 20 ms',
    'timeline',
    () => ({ ...point(), ...page, limit: 20, order: 'relevance' as const, filter: { q: 'ceasefire envoy' } }),
    200,
  );
  await ask(
    'search for a rare number',
    'p99 20 ms',
    'timeline',
    () => ({ ...point(), ...page, limit: 20, order: 'relevance' as const, filter: { q: String(Math.floor(random() * 10_000)) } }),
    500,
  );
  const latest = () => {
    const at = BEGIN + (0.5 + random() / 2) * DAYS * DAY;
    return { asOf: at, knownAt: at, now: at };
  };
  const week = () => {
    const to = latest();
    return { ...to, from: to.asOf - 7 * DAY, fromKnownAt: to.knownAt - 7 * DAY, limit: 20 };
  };
  await ask('positions, the whole matrix', 'p99 20 ms', 'positions', () => ({ ...latest(), history: 5 }), 100);
  await ask('positions of a party', 'p99 20 ms', 'positions', () => ({ ...latest(), history: 5, party: actor() }), 500);
  await ask('commitments, a page of 50', 'p99 20 ms', 'commitments', () => ({ ...latest(), limit: 50 }), 500);
  await ask(
    'commitments that are overdue',
    'p99 20 ms',
    'commitments',
    () => ({ ...latest(), limit: 50, state: ['overdue'] as const }),
    500,
  );
  await ask('meetings, a page of 50', 'p99 20 ms', 'meetings', () => ({ ...latest(), limit: 50 }), 500);
  await ask('tension of the crisis, 28 days', '', 'tension', () => ({ ...latest(), days: 28 }), 500);
  await ask(
    'tension of the crisis, one prolific source left out',
    '',
    'tension',
    () => ({ ...latest(), days: 28, excludeSource: [PROLIFIC] }),
    100,
  );
  await ask('tension between two', '', 'tension', () => ({ ...latest(), days: 28, actor: [...actor(), ...actor()] }), 500);
  await ask('an actor', '', 'actors', () => ({ ...latest(), limit: 50, actor: actor() }), 200);
  await ask('changes over a week', 'p99 20 ms', 'changes', week, 100);
  await ask('changes over a week, a track', 'p99 20 ms', 'changes', () => ({ ...week(), track: [track()] }), 500);
}

async function throughHttp(data: string, figures: Map<string, Figure>, random: () => number, tracks: number): Promise<void> {
  const starts: number[] = [];
  while (starts.length < STARTS) {
    const started = await startService(data);
    starts.push(started.startedIn);
    await started.stop();
  }
  figures.set('start of the service, to ready: the first, and then', { text: starts.map(inMs).join(', '), aim: '1 s' });
  const service = await startService(data);
  try {
    await askService(service, figures, random, tracks);
  } finally {
    await service.stop();
  }
}

async function askService(service: Service, figures: Map<string, Figure>, random: () => number, tracks: number): Promise<void> {
  const connection = await Connection.open(service.url);
  const took: number[] = [];
  for (let n = 0; n < ASKED + WARM_UP; n++) {
    const { asOf, knownAt } = anyPoint(random);
    const path = `/crises/${CRISIS}/tracks/${weightedTrack(random, tracks)}?asOf=${iso(asOf)}&knownAt=${iso(knownAt)}`;
    const sent = performance.now();
    const { status, body } = await connection.send('GET', path);
    if (status !== 200) throw new Error(body);
    if (n >= WARM_UP) took.push(performance.now() - sent);
  }
  figures.set('a track by weight, through HTTP', { text: figureOf(took), figure: percentile(took, 99) });

  await postFor(service.url, { ms: 1_000, connections: 64, tracks: POSTED_TRACKS, prefix: 'warm', bodyOf });
  const posts = await postFor(service.url, { ms: POSTS_MS, connections: 64, tracks: POSTED_TRACKS, prefix: 'posts', bodyOf });
  const rate = posts.count / posts.duration;
  figures.set('POSTs at 64 connections', { text: perSecond(rate, 1), figure: 1 / rate, aim: 'ratio 1.3' });
  await connection.send('GET', `/crises/${CRISIS}?minPosition=${await headOf(service.url)}`);
  const readable: number[] = [];
  for (let n = 0; n < READABLE; n++) {
    const path = `/crises/${CRISIS}/tracks/${trackName(n % POSTED_TRACKS)}`;
    const { status, body } = await connection.send('POST', `${path}/developments`, JSON.stringify(bodyOf(n, `readable-${n}`)));
    if (status !== 201) throw new Error(body);
    const sent = performance.now();
    const read = await connection.send('GET', `${path}?minPosition=${(JSON.parse(body) as { position: string }).position}`);
    if (read.status !== 200) throw new Error(read.body);
    readable.push(performance.now() - sent);
  }
  figures.set('from 201 to readable', { text: figureOf(readable), figure: percentile(readable, 50), aim: 'ratio 1.3' });
  figures.set('resident memory of the service', { text: `${residentMib(service.process.pid!)} MiB`, aim: '500 MB' });
  connection.close();
}

function bodyOf(number: number, id: string): object {
  const summary = `Posted as number ${number}: a sentence of about the length that a desk writes about what it has heard.`;
  const reports = [{ source: `source-${number % 20}` }];
  return { id, type: 'StatementMade', occurredAt: '2022-11-01', summary, speaker: `actor-${number % 40}`, about: ['issue-1'], reports };
}

async function headOf(url: string): Promise<string> {
  return ((await (await fetch(`${url}/health/ready`)).json()) as { store: { head: string } }).store.head;
}

/** A moment of the history on each clock. */
function anyPoint(random: () => number): { asOf: number; knownAt: number; now: number } {
  const moment = (): number => Math.floor(BEGIN + random() * DAYS * DAY);
  return { now: BEGIN + (DAYS + 10) * DAY, asOf: moment(), knownAt: moment() };
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}

/** p50 / p99 */
function figureOf(took: readonly number[]): string {
  return `${inMs(percentile(took, 50))} / ${inMs(percentile(took, 99))}`;
}
