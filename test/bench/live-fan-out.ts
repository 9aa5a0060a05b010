// Part 1: many connections that all read, at a steady rate, and at which rate they no longer hear in time, beside a bare broadcaster
// of the same bytes. Both run at each rate in turn, so that what disturbs the machine disturbs both alike.
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { LIVE_PATH, startWithHistory, TRACKS } from './live-history.js';
import { clock, postAtRate } from './live-posts.js';
import { LiveReaders, type Told } from './live-readers.js';
import { inMs, type Row } from './measure.js';
import { processorMs, residentMib } from './process-figures.js';
import { startService, type Service } from './service.js';

const RATE = 20;
const LIMIT_MS = 250;
/** By which the rate is raised from step to step. */
const GROWTH = 1.25;
const STEP_SECONDS = 5;
/** A step that is slower than this part of the rate that was asked for has not kept up. */
const KEPT_UP = 0.95;

interface Side {
  readonly name: string;
  readonly service: Service;
  readonly readers: LiveReaders;
}

export async function fanOut(
  folder: string,
  { connections, seconds }: { connections: number; seconds: number },
  tell: (row: Row) => void,
): Promise<void> {
  const parley = await startWithHistory(folder);
  const program = fileURLToPath(new URL('./live-bare.js', import.meta.url));
  const bare = await startService(folder, { program, readyPath: '/ready' });
  const bytes = await sameBytes(parley.url, bare.url);
  const open = async (name: string, service: Service): Promise<Side> => ({
    name,
    service,
    readers: await LiveReaders.open(service.url + LIVE_PATH, connections),
  });
  const sides = [await open('Parley', parley), await open('the bare broadcaster', bare)];
  for (const side of sides) await measured(side, { rate: RATE, seconds: 5 }); // warms up

  for (const { name, service, ...side } of sides) {
    const before = residentMib(service.process.pid!);
    const { told, cpu, developments } = await measured({ name, service, ...side }, { rate: RATE, seconds });
    const isParley = name === 'Parley';
    const sent = developments * connections;
    const aim = isParley ? { aim: `p99 under ${LIMIT_MS} ms` } : {};
    tell({
      what: `${name}: ${connections} connections, ${RATE} developments/s (${bytes} bytes each)`,
      figure: `p50 ${inMs(told.p50)}, p99 ${inMs(told.p99)}, ${((cpu / sent) * 1000).toFixed(1)} µs of processor a development and connection`,
      ...aim,
    });
    const wrong = told.missing + told.disorder + Math.abs(told.developments - sent) + Math.abs(told.states - sent);
    tell({
      what: `${name}: of ${(2 * sent).toLocaleString('en')} messages, lost, repeated or out of order`,
      figure: String(wrong),
      ...(isParley ? { aim: '0' } : {}),
    });
    tell({ what: `${name}: resident memory, before and after`, figure: `${before} and ${residentMib(service.process.pid!)} MiB` });
  }
  await raise(sides, tell);
  for (const { readers, service } of sides) {
    readers.close();
    await service.stop();
  }
}

/** A step that fails is tried once more. */
async function raise(sides: readonly Side[], tell: (row: Row) => void): Promise<void> {
  const reached = new Map<Side, { rate: number; told: Told }>();
  let left = sides;
  for (let rate = RATE; left.length > 0; rate *= GROWTH) {
    const passed: Side[] = [];
    for (const side of left) {
      for (let attempt = 0; attempt < 2; attempt++) {
        const { told, pace, cpu } = await measured(side, { rate, seconds: STEP_SECONDS });
        const keepsUp = told.p99 <= LIMIT_MS && pace >= KEPT_UP * rate && told.missing === 0;
        console.error(
          `  ${side.name} at ${rate.toFixed(0)}/s: ${pace.toFixed(0)}/s, p99 ${inMs(told.p99)}, ${(cpu / STEP_SECONDS / 10).toFixed(0)} % of a processor`,
        );
        if (!keepsUp) continue;
        reached.set(side, { rate, told });
        passed.push(side);
        break;
      }
    }
    left = passed;
  }
  const rates = sides.map((side) => reached.get(side)?.rate ?? NaN);
  sides.forEach(({ name }, index) =>
    tell({ what: `${name}: highest rate with p99 under ${LIMIT_MS} ms`, figure: `${rates[index]!.toFixed(0)} developments/s` }),
  );
  tell({ what: 'the one rate by the other', figure: (rates[0]! / rates[1]!).toFixed(2), aim: '0.7' });
}

let run = 0;

async function measured(
  { service, readers }: Side,
  { rate, seconds }: { rate: number; seconds: number },
): Promise<{ told: Told; cpu: number; pace: number; developments: number }> {
  const before = processorMs(service.process.pid!);
  const began = clock();
  const posted = await postAtRate(service.url, { rate, seconds, tracks: TRACKS, prefix: `run-${run++}` });
  const pace = (posted.length / (Math.max(...posted.map(({ at }) => at)) - began)) * 1000;
  const told = await readers.measure(posted);
  return { told, cpu: processorMs(service.process.pid!) - before, pace, developments: posted.length };
}

/** Gives the broadcaster what a development of middle size brings. @returns its size in bytes */
async function sameBytes(from: string, to: string): Promise<number> {
  const posted = await postAtRate(from, { rate: 50, seconds: 1, tracks: TRACKS, prefix: 'sample' });
  const first = Math.min(...posted.map(({ position }) => position)) - 1;
  const store = /^id: (\w+):/m.exec(await textOf(`${from}${LIVE_PATH}`, (text) => text.includes('\n\nid: ')))![1]!;
  const text = await textOf(`${from}${LIVE_PATH}?after=${store}:${first}`, (so) => so.split('\nevent: track').length > posted.length);
  const messages = text.split('\n\n').filter((message) => message.startsWith('id: '));
  const pairs = Array.from({ length: Math.floor(messages.length / 2) }, (_, n) => `${messages[2 * n]}\n\n${messages[2 * n + 1]}\n\n`);
  const middle = pairs.toSorted((a, b) => a.length - b.length)[pairs.length >> 1]!;
  await fetch(to, { method: 'PUT', body: middle });
  return Buffer.byteLength(middle);
}

/** What a stream tells until that is enough. */
function textOf(url: string, isEnough: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (!isEnough(text)) return;
        resolve(text);
        response.destroy();
      });
      response.on('error', reject);
    }).on('error', reject);
  });
}
