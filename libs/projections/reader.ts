// The reader's thread: answers questions, and sends streams piece by piece as they are asked for.
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { answer, streamed } from './answers.js';
import { isDamage, openForReading } from './file.js';
import type { FromReader, ThreadOptions, ToReader } from './messages.js';
import { ReadRefused } from './read-side.js';
import { Rows } from './rows.js';

/** A piece of a stream is at most so long, in bytes, unless a line is longer. */
const PIECE = 256 * 1024;
/** What a character may take in UTF-8, at most. */
const BYTES_OF_A_CHARACTER = 3;
/** How long a stream may keep questions waiting, ms. */
const SLICE_MS = 5;

interface OpenStream {
  readonly id: number;
  readonly text: Generator<string>;
  /** How many pieces its consumer has room for. */
  credit: number;
  /** What is not sent yet: so many bytes of the buffer. */
  piece: Buffer<ArrayBuffer> | undefined;
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
      streams.set(message.id, {
        id: message.id,
        text: streamed(rows, message.name, message.params),
        credit: 0,
        piece: undefined,
        length: 0,
        next: '',
      });
      return;
    case 'more': {
      const stream = streams.get(message.id);
      if (stream !== undefined) stream.credit++;
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
    const ready = [...streams.values()].filter(({ credit }) => credit > 0);
    if (ready.length === 0) break;
    for (const stream of ready) {
      if (streams.has(stream.id)) orTell(stream.id, () => sendSlice(rows, stream));
      await turnOfTheEventLoop();
    }
  }
  sending = false;
}

function sendSlice(rows: Rows, stream: OpenStream): void {
  const state = rows.atOnce(() => advance(stream));
  if (state === 'paused') return;
  const { id, piece, length } = stream;
  if (piece !== undefined) {
    const sent = piece.subarray(0, length);
    parentPort!.postMessage({ kind: 'piece', id, piece: sent } satisfies FromReader, [sent.buffer]);
    stream.piece = undefined;
    stream.length = 0;
    stream.credit--;
  }
  if (state === 'full') return;
  streams.delete(id);
  tell({ kind: 'end', id });
}

/** Writes into the piece until it is full, the stream has ended, or others are to have their turn. */
function advance(stream: OpenStream): 'full' | 'ended' | 'paused' {
  const until = performance.now() + SLICE_MS;
  do {
    if (stream.next === '') {
      const { done, value } = stream.text.next();
      if (done === true) return 'ended';
      stream.next = value;
    }
    const room = stream.next.length * BYTES_OF_A_CHARACTER;
    if (stream.piece !== undefined && stream.piece.length - stream.length < room) return 'full';
    if (stream.next === '') continue;
    stream.piece ??= Buffer.from(new ArrayBuffer(Math.max(PIECE, room)));
    stream.length += stream.piece.write(stream.next, stream.length);
    stream.next = '';
  } while (performance.now() < until);
  return 'paused';
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
