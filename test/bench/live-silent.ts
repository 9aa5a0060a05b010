// Part 2: some connections read nothing. What the others see of it, what it costs, and what they are told once they read again.
//
// The system takes 4 to 9 MB for a socket that nobody reads; a round in which some read nothing has 14 MB for each connection, so
// that the service has to hold back, and may tell only the latest of the states that it has held back.
import { LIVE_PATH, startWithHistory, TRACKS } from './live-history.js';
import { postAtRate } from './live-posts.js';
import { LiveReaders } from './live-readers.js';
import { inMs, percentile, type Row } from './measure.js';
import { processorMs, residentMib } from './process-figures.js';

const CONNECTIONS = 100;
const SILENT = 10;
const READING = CONNECTIONS - SILENT;
const RATE = 200;
/** By how many read. */
const SECONDS = { warm: 3, all: 6, some: 13 } as const;
/** A long quote, of almost 4 kB. */
const QUOTE = 'We take note of it, and we will come back to it in due course. '.repeat(60);
const ROUNDS = 3;

/** Rounds in turn, so that what disturbs the machine disturbs both alike. */
export async function silentReaders(folder: string, tell: (row: Row) => void): Promise<void> {
  const service = await startWithHistory(folder);
  const pid = service.process.pid!;
  const readers = await LiveReaders.open(service.url + LIVE_PATH, CONNECTIONS);
  const post = (who: keyof typeof SECONDS, round = 0) =>
    postAtRate(service.url, { rate: RATE, seconds: SECONDS[who], tracks: TRACKS, prefix: `${who}-${round}`, quote: QUOTE });
  await readers.measure(await post('warm'));
  const p99s: Record<'all' | 'some', number[]> = { all: [], some: [] };
  const cpu = { all: 0, some: 0 };
  const silent = { developments: 0, states: 0, posted: 0, wrong: 0 };
  const reading = { states: 0, posted: 0, wrong: 0 };
  const resident = { all: 0, some: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    let began = processorMs(pid);
    const all = await readers.measure(await post('all', round));
    cpu.all += (processorMs(pid) - began) / SECONDS.all;
    p99s.all.push(all.p99);
    resident.all = Math.max(resident.all, residentMib(pid));

    began = processorMs(pid);
    await readers.pause(READING, CONNECTIONS);
    const posted = await post('some', round);
    const some = await readers.measure(posted, 0, READING);
    p99s.some.push(some.p99);
    cpu.some += (processorMs(pid) - began) / SECONDS.some;
    resident.some = Math.max(resident.some, residentMib(pid));
    reading.posted += posted.length * READING;
    reading.states += some.states;
    reading.wrong += some.missing + some.disorder;
    await readers.resume(READING, CONNECTIONS);
    const late = await readers.measure(posted, READING, CONNECTIONS);
    silent.posted += posted.length * SILENT;
    silent.developments += late.developments;
    silent.states += late.states;
    silent.wrong += late.missing + late.disorder;
  }
  const [all, some] = [percentile(p99s.all, 50), percentile(p99s.some, 50)];
  tell({
    what: `p99 of ${READING} that read, at ${RATE}/s, while ${SILENT} others read or do not (median of ${ROUNDS} rounds)`,
    figure: `${inMs(all)} and ${inMs(some)}: ${(some / all).toFixed(2)}`,
    aim: 'within 1.2',
  });
  const ofProcessor = (perSecond: number): string => `${(perSecond / ROUNDS / 10).toFixed(0)} %`;
  tell({ what: 'processor of the service, without and with those', figure: `${ofProcessor(cpu.all)} and ${ofProcessor(cpu.some)}` });
  tell({
    what: `what the ${READING} were told meanwhile`,
    figure: `${part(reading.states, reading.posted)} states, ${reading.wrong} developments lost or out of order`,
    aim: 'all',
  });
  tell({
    what: `what the ${SILENT} were told once they read again`,
    figure: `${part(silent.developments, silent.posted)} developments, ${silent.wrong} lost or out of order`,
    aim: 'all developments',
  });
  tell({
    what: `states that the ${SILENT} were spared, for a later one of the same track came in their place`,
    figure: part(silent.posted - silent.states, silent.posted),
    aim: 'some',
  });
  tell({
    what: 'resident memory at most, after rounds without and with those',
    figure: `${resident.all} and ${resident.some} MiB`,
    aim: `${2 * SILENT} MiB of messages, and what the collector leaves`,
  });
  readers.close();
  await service.stop();
}

function part(some: number, all: number): string {
  return `${some.toLocaleString('en')} of ${all.toLocaleString('en')}`;
}
