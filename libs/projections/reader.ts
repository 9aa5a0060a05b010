// The reader's thread: answers questions, and sends streams piece by piece as they are asked for.
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { answer, streamed } from './answers.js';
import { isDamage, openForReading } from './file.js';
import type { FromReader, ThreadOptions, ToReader } from './messages.js';
import { ReadRefused } from './read-side.js';
import { Rows } from './rows.js';

/** A piece of a stream is about so long, in characters. */
const PIECE = 256 * 1024;
/** How long a stream may keep questions waiting, ms. */
const SLICE_MS = 5;

interface OpenStream {
  readonly id: number;
  readonly text: Generator<string>;
  /** How many pieces its consumer has room for. */
  credit: number;
  piece: string;
}

const { file, store } = workerData as ThreadOptions;
const encoder = new TextEncoder();
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
      streams.set(message.id, { id: message.id, text: streamed(rows, message.name, message.params), credit: 0, piece: '' });
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
  const ended = rows.atOnce(() => advance(stream));
  if (stream.piece !== '' && (ended || stream.piece.length >= PIECE)) {
    const piece = encoder.encode(stream.piece);
    parentPort!.postMessage({ kind: 'piece', id: stream.id, piece } satisfies FromReader, [piece.buffer]);
    stream.piece = '';
    stream.credit--;
  }
  if (!ended) return;
  streams.delete(stream.id);
  tell({ kind: 'end', id: stream.id });
}

function advance(stream: OpenStream): boolean {
  const until = performance.now() + SLICE_MS;
  while (stream.piece.length < PIECE && performance.now() < until) {
    const { done, value } = stream.text.next();
    if (done === true) return true;
    stream.piece += value;
  }
  return false;
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
