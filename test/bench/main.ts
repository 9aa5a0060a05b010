// npm run bench: what issue and design promise of recording, in one run on this machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { developmentBody, CRISIS, registerLines, trackName } from './history.js';
import { importLines } from './import.js';
import { liveLatencies } from './live-latency.js';
import { inMs, percentile, perSecond, printTable } from './measure.js';
import { postFor, type PostRun } from './posts.js';
import { startService, untilCaughtUp } from './service.js';

const TRACKS = 50;
const CONNECTIONS = 64;
const ROUND_MS = 4000;
const ROUNDS = 3;
const LINES = 100_000;
const LIVE = { rate: 200, seconds: 10, tracks: TRACKS };

const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
const rows: { what: string; figure: string; aim?: string }[] = [];
const tell = (row: (typeof rows)[number]): void => {
  rows.push(row);
  console.error(`${row.what}: ${row.figure}`);
};
try {
  await posts();
  await live();
  await importing();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
printTable([['what', 'figure', 'aim'], ...rows.map(({ what, figure, aim = '' }) => [what, figure, aim])]);

/** Rounds in turn, so that what disturbs the machine disturbs all alike. */
async function posts(): Promise<void> {
  const parley = await startService(join(folder, 'posts'));
  const empty = await startService(folder, { program: fileURLToPath(new URL('./empty-route.js', import.meta.url)), readyPath: '/ready' });
  await importLines(parley.url, registerLines(TRACKS));
  const runs: Record<'empty' | 'spread' | 'single', PostRun[]> = { empty: [], spread: [], single: [] };
  for (let round = -1; round < ROUNDS; round++) {
    const options = { ms: round < 0 ? 2000 : ROUND_MS, connections: CONNECTIONS, prefix: `r${round + 1}` };
    const measured = {
      empty: await postFor(empty.url, { ...options, tracks: TRACKS }),
      spread: await postFor(parley.url, { ...options, tracks: TRACKS, prefix: `${options.prefix}-spread` }),
      single: await postFor(parley.url, { ...options, tracks: 1, prefix: `${options.prefix}-single` }),
    };
    if (round < 0) continue; // warms up
    for (const name of ['empty', 'spread', 'single'] as const) runs[name].push(measured[name]);
  }
  const rate = (list: readonly PostRun[]): number =>
    list.reduce((sum, run) => sum + run.count, 0) / list.reduce((sum, run) => sum + run.duration, 0);
  const p99 = (list: readonly PostRun[]): string =>
    inMs(
      percentile(
        list.flatMap(({ latencies }) => latencies),
        99,
      ),
    );
  const figure = (list: readonly PostRun[]): string => `${perSecond(rate(list), 1)}, p99 ${p99(list)}`;
  const ratio = (list: readonly PostRun[]): string => `${(rate(list) / rate(runs.empty)).toFixed(2)} of the empty route`;
  tell({ what: `empty Nest route, same body, ${CONNECTIONS} connections`, figure: figure(runs.empty) });
  tell({ what: `durable POSTs over ${TRACKS} tracks`, figure: `${figure(runs.spread)}, ${ratio(runs.spread)}`, aim: '0.6' });
  tell({ what: 'durable POSTs on one track', figure: `${figure(runs.single)}, ${ratio(runs.single)}`, aim: '0.6' });
  await empty.stop();
  await parley.stop();
}

/** On a service of its own: one that is still catching up with what was posted before would be measured at that. */
async function live(): Promise<void> {
  const service = await startService(join(folder, 'live'));
  await importLines(service.url, registerLines(TRACKS));
  await untilCaughtUp(service.url);
  await liveLatencies(service.url, { ...LIVE, seconds: 3, prefix: 'warm' });
  const latencies = await liveLatencies(service.url, { ...LIVE, prefix: 'live' });
  const figure = `p50 ${inMs(percentile(latencies, 50))}, p99 ${inMs(percentile(latencies, 99))}`;
  tell({ what: `201 to live message, ${LIVE.rate}/s`, figure, aim: 'p99 under 10 ms' });
  await service.stop();
}

async function importing(): Promise<void> {
  const data = join(folder, 'import');
  const service = await startService(data);
  await importLines(service.url, registerLines(TRACKS));
  const ms = await importLines(service.url, developmentLines());
  tell({ what: `import of ${LINES.toLocaleString('en')} developments`, figure: perSecond(LINES, ms), aim: '20,000/s' });
  await untilCaughtUp(service.url);
  await service.stop();
  const starts: number[] = [];
  for (let round = 0; round < 3; round++) {
    const again = await startService(data);
    starts.push(again.startedIn);
    await again.stop();
  }
  tell({
    what: `start-up with ${LINES.toLocaleString('en')} events, to ready`,
    figure: inMs(percentile(starts, 50)),
    aim: 'under 1 s',
  });
}

function* developmentLines(): Generator<string> {
  for (let number = 0; number < LINES; number++)
    yield JSON.stringify({ crisis: CRISIS, track: trackName(number % TRACKS), ...developmentBody(number) });
}
