// The reader's thread: answers questions, and sends streams piece by piece as they are asked for.
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { answer, streamed } from './answers.js';
import { isDamage, openForReading } from './file.js';
import type { FromReader, ThreadOptions, ToReader } from './messages.js';
import { ReadRefused } from './read-side.js';
import { Rows } from './rows.js';

/** What a character may take in UTF-8, at most. */
const BYTES_OF_A_CHARACTER = 3;
/** How long a stream may keep questions waiting, ms. */
const SLICE_MS = 5;

interface OpenStream {
  readonly id: number;
  readonly text: Generator<string>;
  /** Where its pieces are written. */
  readonly room: readonly Buffer[];
  /** Which places are free. */
  readonly free: number[];
  /** How much of the first free place is written. */
  length: number;
  /** What did not fit into the piece. */
  next: string;
}

const { file, store } = workerData as ThreadOptions;
const tell = (message: FromReader): void => parentPort!.postMessage(message);

const streams = new Map<number, OpenStream>();
let sending = false;

try {
  const database = openForReading(file, store);
  const rows = new Rows(database, store);
  parentPort!.on('message', (message: ToReader) => receive(rows, message, () => database.close()));
  tell({ kind: 'ready' });
} catch (error) {
  if (!isDamage(error)) throw error;
  tell({ kind: 'damaged', reason: (error as Error).message });
}

function receive(rows: Rows, message: ToReader, close: () => void): void {
  switch (message.kind) {
    case 'ask':
      return orTell(message.id, () => {
        tell({ kind: 'answer', id: message.id, answer: answer(rows, message.question, message.params) });
      });
    case 'stream':
      streams.set(message.id, opened(rows, message));
      return;
    case 'more': {
      streams.get(message.id)?.free.push(message.place);
      if (!sending) void send(rows);
      return;
    }
    case 'cancel':
      streams.delete(message.id);
      return;
    case 'close':
      streams.clear();
      close();
      parentPort!.close();
  }
}

/** A slice of each stream that has room, in turns, until none has. */
async function send(rows: Rows): Promise<void> {
  sending = true;
  for (;;) {
    const ready = [...streams.values()].filter(({ free }) => free.length > 0);
    if (ready.length === 0) break;
    for (const stream of ready) {
      if (streams.has(stream.id)) orTell(stream.id, () => sendSlice(rows, stream));
      await turnOfTheEventLoop();
    }
  }
  sending = false;
}

function opened(rows: Rows, { id, name, params, room }: ToReader & { readonly kind: 'stream' }): OpenStream {
  return { id, text: streamed(rows, name, params), room: room.map((place) => Buffer.from(place)), free: [], length: 0, next: '' };
}

function sendSlice(rows: Rows, stream: OpenStream): void {
  const state = rows.atOnce(() => advance(stream));
  if (state === 'paused') return;
  if (stream.length > 0) {
    tell({ kind: 'piece', id: stream.id, place: stream.free.shift()!, length: stream.length });
    stream.length = 0;
  } else if (state === 'full') sendTooLong(stream);
  if (state !== 'ended') return;
  streams.delete(stream.id);
  tell({ kind: 'end', id: stream.id });
}

/** Writes at the first free place until it is full, the stream has ended, or others are to have their turn. */
function advance(stream: OpenStream): 'full' | 'ended' | 'paused' {
  const until = performance.now() + SLICE_MS;
  const place = stream.room[stream.free[0]!]!;
  do {
    if (stream.next === '') {
      const { done, value } = stream.text.next();
      if (done === true) return 'ended';
      stream.next = value;
    }
    if (place.length - stream.length < stream.next.length * BYTES_OF_A_CHARACTER) return 'full';
    stream.length += place.write(stream.next, stream.length);
    stream.next = '';
  } while (performance.now() < until);
  return 'paused';
}

function sendTooLong(stream: OpenStream): void {
  const tooLong = new TextEncoder().encode(stream.next);
  const message: FromReader = { kind: 'piece', id: stream.id, place: stream.free.shift()!, length: tooLong.length, tooLong };
  parentPort!.postMessage(message, [tooLong.buffer]);
  stream.next = '';
}

/** A refusal is the answer; a failure is told as such, and a damaged file to be thrown away. */
function orTell(id: number, act: () => void): void {
  try {
    act();
  } catch (error) {
    streams.delete(id);
    if (error instanceof ReadRefused) return tell({ kind: 'refused', id, refusal: error.refusal });
    tell({ kind: 'failed', id, reason: (error as Error).stack ?? String(error) });
    if (isDamage(error)) tell({ kind: 'damaged', reason: (error as Error).message });
  }
}
