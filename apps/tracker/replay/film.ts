// A replay as Server-Sent Events, at a pace.
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, parseOccurrence } from '#crisis/time.js';
import type { EventStream } from '../live/event-stream.js';

/** What a timer of Node can wait at most, ms. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The id of the message that ends a film: who comes back with it has seen all of it. */
export const END_ID = 'end';

/**
 * Shows each frame as a message `frame`, then the message `end`.
 * @param pace how many seconds a day takes; 0: as fast as the reader reads
 * @throws whatever reading the frames throws
 */
export async function showFilm(chunks: AsyncIterable<Buffer>, pace: number, stream: EventStream): Promise<void> {
  const closed = new AbortController();
  stream.onClose(() => closed.abort());
  let start: { readonly at: number; readonly shown: number } | undefined;
  for await (const chunk of chunks) {
    for (const frame of chunk.toString().trimEnd().split('\n')) {
      if (pace > 0) {
        const at = momentOf(frame);
        start ??= { at, shown: Date.now() };
        await until(start.shown + ((at - start.at) / DAY_MS) * pace * 1000, closed.signal);
      }
      await stream.ready();
      if (stream.isClosed) return;
      stream.write(`event: frame\ndata: ${frame}\n\n`);
    }
  }
  stream.write(`id: ${END_ID}\nevent: end\ndata: {}\n\n`);
}

function momentOf(frame: string): number {
  return parseOccurrence((JSON.parse(frame) as { at: string }).at).earliest;
}

/** Returns early if aborted. */
async function until(moment: number, signal: AbortSignal): Promise<void> {
  for (let left = moment - Date.now(); left > 0 && !signal.aborted; left = moment - Date.now()) {
    await sleep(Math.min(left, LONGEST_TIMEOUT_MS), undefined, { signal }).catch(() => undefined);
  }
}
