// Part 4: a replay of everything as NDJSON, to a client that only counts lines.
import { connect } from 'node:net';
import { CRISIS } from './history.js';
import { startWithHistory } from './live-history.js';
import { inMs, perSecond, type Row } from './measure.js';
import { processorMs, residentMib } from './process-figures.js';

const ROUNDS = 3;
const SAMPLE_MS = 50;
const NEWLINE = 10;

export async function replayFrames(folder: string, { developments }: { developments: number }, tell: (row: Row) => void): Promise<void> {
  const service = await startWithHistory(folder, developments);
  const pid = service.process.pid!;
  for (const by of ['occurred', 'recorded']) {
    const path = `/crises/${CRISIS}/replay?by=${by}`;
    for (let round = 0; round < ROUNDS; round++) {
      const before = { resident: residentMib(pid), cpu: processorMs(pid) };
      let peak = 0;
      const sampling = setInterval(() => (peak = Math.max(peak, residentMib(pid))), SAMPLE_MS);
      const { frames, bytes, ms, first } = await countedFrames(service.url, path);
      clearInterval(sampling);
      const cpu = processorMs(pid) - before.cpu;
      if (frames <= developments) throw new Error(`${frames} frames of ${developments} developments`);
      tell({
        what: `replay of ${developments.toLocaleString('en')} developments as ${by}, round ${round + 1}`,
        figure: `${perSecond(frames, ms)}, first byte after ${inMs(first)}, ${Math.round(bytes / frames)} bytes and ${((cpu / frames) * 1000).toFixed(0)} µs of processor a frame`,
        aim: '50,000/s',
      });
      tell({ what: '  resident memory before, at most, after', figure: `${before.resident}, ${peak} and ${residentMib(pid)} MiB` });
    }
  }
  await service.stop();
}

/** Lines of the body, and of its framing none: an HTTP chunk's frame has no line feed but behind a carriage return. */
function countedFrames(url: string, path: string): Promise<{ frames: number; bytes: number; ms: number; first: number }> {
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
