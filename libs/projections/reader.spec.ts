// The reader's thread by itself: how it sends a stream.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import type { FromReader, ThreadOptions, ToReader } from './messages.js';
import { histories } from './testing/history.js';
import { OnLog } from './testing/on-log.js';
import { NOW } from './testing/points.js';

const [history] = fc.sample(histories({ minLength: 150, maxLength: 200, parks: false }), { numRuns: 1, seed: 5 });
const REPLAY = { crisis: 'alpha', until: NOW, by: 'occurred', now: NOW } as const;
const ROOM = [new SharedArrayBuffer(16 * 1024), new SharedArrayBuffer(16 * 1024)];
/** Longer than a piece takes. */
const A_WHILE_MS = 300;

let on: OnLog;
let worker: Worker;
let received: FromReader[];

beforeEach(async () => {
  on = await OnLog.create(history!);
  await on.open();
  const file = join(
    on.reads,
    readdirSync(on.reads).find((name) => name.endsWith('.sqlite'))!,
  );
  const workerData: ThreadOptions = { file, store: on.store.id };
  worker = new Worker(new URL('./reader.js', import.meta.url), { workerData });
  received = [];
  worker.on('message', (message: FromReader) => received.push(message));
  await once(worker, 'message');
});

afterEach(async () => {
  await worker.terminate();
  await on.remove();
});

const tell = (message: ToReader): void => worker.postMessage(message);
const pieces = () => received.filter((message) => message.kind === 'piece');

async function untilReceived(condition: () => boolean): Promise<void> {
  while (!condition()) await once(worker, 'message');
}

describe('a stream of the reader', () => {
  it('goes no further than its consumer has room for', async () => {
    tell({ kind: 'stream', id: 1, name: 'replay', params: REPLAY, room: ROOM });
    await sleep(A_WHILE_MS);
    expect(pieces()).toHaveLength(0);
    tell({ kind: 'more', id: 1, place: 0 });
    tell({ kind: 'more', id: 1, place: 1 });
    await untilReceived(() => pieces().length === 2);
    await sleep(A_WHILE_MS);
    expect(pieces()).toHaveLength(2);
    tell({ kind: 'more', id: 1, place: 0 });
    await untilReceived(() => pieces().length === 3);
    expect(pieces().map(({ place }) => place)).toEqual([0, 1, 0]);
    tell({ kind: 'cancel', id: 1 });
    tell({ kind: 'more', id: 1, place: 1 });
    await sleep(A_WHILE_MS);
    expect(pieces()).toHaveLength(3);
  });

  it.each([16 * 1024, 3000])('comes in whole lines, of which none is missing, in places of %d bytes', async (bytes) => {
    const room = [new SharedArrayBuffer(bytes), new SharedArrayBuffer(bytes)];
    const texts: string[] = [];
    worker.on('message', (message: FromReader) => {
      if (message.kind !== 'piece') return;
      const { place, length, tooLong } = message;
      texts.push(Buffer.from(tooLong ?? new Uint8Array(room[place]!)).toString('utf8', 0, length));
      tell({ kind: 'more', id: 1, place });
    });
    tell({ kind: 'stream', id: 1, name: 'replay', params: REPLAY, room });
    for (const place of room.keys()) tell({ kind: 'more', id: 1, place });
    await untilReceived(() => received.some(({ kind }) => kind === 'end'));
    expect(texts.length).toBeGreaterThan(10);
    for (const text of texts) expect(text.endsWith('\n')).toBe(true);
    const frames = texts
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { frame: number }).frame);
    expect(frames).toEqual(frames.map((_, index) => index));
    expect(frames.length).toBeGreaterThan(50);
  });
});
