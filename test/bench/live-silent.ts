// Part 2: some connections read nothing. What the others see of it, and what it costs.
import { LIVE_PATH, startWithHistory, TRACKS } from './live-history.js';
import { postAtRate } from './live-posts.js';
import { LiveReaders } from './live-readers.js';
import { inMs, percentile, type Row } from './measure.js';
import { processorMs, residentMib } from './process-figures.js';

const CONNECTIONS = 100;
const SILENT = 10;
const READING = CONNECTIONS - SILENT;
const RATE = 200;
const ROUND_SECONDS = 10;
const ROUNDS = 3;

/** Rounds in turn, so that what disturbs the machine disturbs both alike. */
export async function silentReaders(folder: string, tell: (row: Row) => void): Promise<void> {
  const service = await startWithHistory(folder);
  const pid = service.process.pid!;
  const readers = await LiveReaders.open(service.url + LIVE_PATH, CONNECTIONS);
  const post = (prefix: string) => postAtRate(service.url, { rate: RATE, seconds: ROUND_SECONDS, tracks: TRACKS, prefix });
  await readers.measure(await post('warm'));
  const p99s: Record<'all' | 'some', number[]> = { all: [], some: [] };
  const cpu = { all: 0, some: 0 };
  const silent = { developments: 0, states: 0, posted: 0, wrong: 0 };
  const resident = { before: residentMib(pid), with: 0, after: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    let began = processorMs(pid);
    const all = await readers.measure(await post(`all-${round}`));
    cpu.all += processorMs(pid) - began;
    p99s.all.push(all.p99);

    began = processorMs(pid);
    await readers.pause(READING, CONNECTIONS);
    const posted = await post(`some-${round}`);
    p99s.some.push((await readers.measure(posted, 0, READING)).p99);
    cpu.some += processorMs(pid) - began;
    resident.with = Math.max(resident.with, residentMib(pid));
    await readers.resume(READING, CONNECTIONS);
    const late = await readers.measure(posted, READING, CONNECTIONS);
    silent.posted += posted.length * SILENT;
    silent.developments += late.developments;
    silent.states += late.states;
    silent.wrong += late.missing + late.disorder;
  }
  resident.after = residentMib(pid);
  const [all, some] = [percentile(p99s.all, 50), percentile(p99s.some, 50)];
  tell({
    what: `p99 of ${READING} that read, at ${RATE}/s, while ${SILENT} others read or do not (median of ${ROUNDS} rounds)`,
    figure: `${inMs(all)} and ${inMs(some)}: ${(some / all).toFixed(2)}`,
    aim: 'within 1.2',
  });
  tell({ what: 'processor of the service, without and with those', figure: `${cpu.all} and ${cpu.some} ms` });
  const { developments, states, posted, wrong } = silent;
  tell({
    what: 'what those were told once they read again',
    figure: `${developments} of ${posted} developments, ${states} states, ${wrong} lost or out of order`,
    aim: 'all developments, fewer states',
  });
  tell({
    what: 'resident memory before, while they read nothing, and after',
    figure: `${resident.before}, ${resident.with} and ${resident.after} MiB`,
  });
  readers.close();
  await service.stop();
}
