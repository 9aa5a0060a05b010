// Part 4: a replay of everything as NDJSON, to a client that only counts lines, beside the same bytes without any folding.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import { CRISIS } from './history.js';
import { inMs, perSecond, type Row } from './measure.js';
import { processorMs, residentMib } from './process-figures.js';
import { startService, untilCaughtUp, type Service } from './service.js';
import { writeSyntheticLog } from './synthetic-log.js';

const ROUNDS = 3;
const SAMPLE_MS = 50;
const NEWLINE = 10;
const TRACKS = 50;
/** Of what the bare service sends again and again. */
const SAMPLE_FRAMES = 2000;
const UNTIL = '2030-01-01';

interface Counted {
  readonly frames: number;
  readonly bytes: number;
  readonly ms: number;
  readonly first: number;
}

export async function replayFrames(folder: string, { developments }: { developments: number }, tell: (row: Row) => void): Promise<void> {
  const service = await startWithLog(folder, developments);
  for (const by of ['occurred', 'recorded']) {
    const path = `/crises/${CRISIS}/replay?by=${by}&until=${UNTIL}`;
    const bare = await startBare(folder, service.url + path, developments);
    for (let round = 1; round <= ROUNDS; round++) {
      const counted = await measured(
        service,
        path,
        `replay of ${developments.toLocaleString('en')} developments as ${by}, round ${round}`,
        tell,
      );
      if (counted.frames <= developments) throw new Error(`${counted.frames} frames of ${developments} developments`);
      const beside = await measured(bare, '/replay', `  bare: the same bytes from a thread, not folded, round ${round}`, tell);
      tell({ what: '  part of the bare rate', figure: (beside.ms / beside.frames / (counted.ms / counted.frames)).toFixed(2) });
    }
    await bare.stop();
  }
  await service.stop();
}

/** Started anew once the file is built, so that memory is that of replays alone. */
async function startWithLog(folder: string, developments: number): Promise<Service> {
  mkdirSync(folder, { recursive: true });
  const store = await openEmbeddedStore({ folder });
  await writeSyntheticLog(store, { developments, tracks: TRACKS });
  await store.close();
  const builder = await startService(folder);
  await untilCaughtUp(builder.url);
  await builder.stop();
  return startService(folder);
}

async function startBare(folder: string, url: string, developments: number): Promise<Service> {
  const frames = await middleFrames(url, Math.floor(developments / 2));
  const sample = join(folder, 'frames.ndjson');
  writeFileSync(sample, frames.map((frame) => `${frame}\n`).join(''));
  const program = fileURLToPath(new URL('./live-bare-replay.js', import.meta.url));
  const environment = { SAMPLE: sample, TIMES: String(Math.ceil(developments / frames.length)) };
  return startService(folder, { program, readyPath: '/ready', environment });
}

/** Frames from the middle of a replay, as long as most are. */
async function middleFrames(url: string, skipped: number): Promise<string[]> {
  const frames: string[] = [];
  let rest = '';
  let seen = 0;
  for await (const text of (await fetch(url)).body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (seen++ >= skipped) frames.push(line);
    if (frames.length >= SAMPLE_FRAMES) break;
  }
  return frames;
}

async function measured(service: Service, path: string, what: string, tell: (row: Row) => void): Promise<Counted> {
  const pid = service.process.pid!;
  const before = { resident: residentMib(pid), cpu: processorMs(pid) };
  let peak = 0;
  const sampling = setInterval(() => (peak = Math.max(peak, residentMib(pid))), SAMPLE_MS);
  const counted = await countedFrames(service.url, path);
  clearInterval(sampling);
  const { frames, bytes, ms, first } = counted;
  const cpu = processorMs(pid) - before.cpu;
  tell({
    what,
    figure: `${perSecond(frames, ms)} of ${Math.round(bytes / frames)} bytes, first byte after ${inMs(first)}, ${((cpu / frames) * 1000).toFixed(0)} µs of processor a frame`,
    ...(what.startsWith(' ') ? {} : { aim: '50,000/s' }),
  });
  tell({ what: '  resident memory before, at most, after', figure: `${before.resident}, ${peak} and ${residentMib(pid)} MiB` });
  return counted;
}

/** Lines of the body, and of its framing none: an HTTP chunk's frame has no line feed but behind a carriage return. */
function countedFrames(url: string, path: string): Promise<Counted> {
  const { hostname, port, host } = new URL(url);
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const began = performance.now();
  let frames = 0;
  let bytes = 0;
  let first = 0;
  let last = 0;
  return new Promise((resolve, reject) => {
    const callback = (length: number): true => {
      if (first === 0) first = performance.now() - began;
      bytes += length;
      for (let at = buffer.indexOf(NEWLINE); at >= 0 && at < length; at = buffer.indexOf(NEWLINE, at + 1))
        if ((at === 0 ? last : buffer[at - 1]) !== 13) frames++;
      last = buffer[length - 1]!;
      return true;
    };
    connect({ host: hostname, port: Number(port), onread: { buffer, callback } })
      .on('error', reject)
      .on('close', () => resolve({ frames, bytes, ms: performance.now() - began, first }))
      .write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nAccept: application/x-ndjson\r\n\r\n`);
  });
}
