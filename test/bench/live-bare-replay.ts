// What a replay is measured against: the same bytes from a thread to an answer, in the same way, without any folding. SAMPLE names a
// file of frames; GET /replay sends it as often as TIMES says.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** As Parley has them. */
const PIECE = 256 * 1024;
const PIECES = 3;

interface Piece {
  readonly place: number;
  /** Bytes; 0 at the end. */
  readonly length: number;
}

if (isMainThread) serve();
else sendPieces();

function serve(): void {
  createServer((request, response) => {
    if (request.url === '/ready') return void response.end();
    response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
    void send(response);
  }).listen(Number(process.env['PORT']), '127.0.0.1');
  process.once('SIGTERM', () => process.exit(0));
}

async function send(response: ServerResponse): Promise<void> {
  const room = Array.from({ length: PIECES }, () => new SharedArrayBuffer(PIECE));
  const worker = new Worker(new URL(import.meta.url), { workerData: room });
  const arrived: Piece[] = [];
  worker.on('message', (piece: Piece) => arrived.push(piece));
  for (const place of room.keys()) worker.postMessage(place);
  for (;;) {
    while (arrived.length === 0) await once(worker, 'message');
    const { place, length } = arrived.shift()!;
    if (length === 0) break;
    await new Promise((resolve) => response.write(Buffer.from(room[place]!, 0, length), resolve));
    worker.postMessage(place);
  }
  response.end();
  await worker.terminate();
}

function sendPieces(): void {
  const room = (workerData as SharedArrayBuffer[]).map((place) => Buffer.from(place));
  const sample = readFileSync(process.env['SAMPLE']!);
  let left = sample.length * Number(process.env['TIMES']);
  parentPort!.on('message', (place: number) => {
    const at = (sample.length - (left % sample.length)) % sample.length;
    const length = left === 0 ? 0 : sample.copy(room[place]!, 0, at);
    left -= length;
    parentPort!.postMessage({ place, length } satisfies Piece);
  });
}
