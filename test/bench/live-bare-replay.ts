// What a replay is measured against: the same bytes from a thread to an answer, in the same way, without any folding. SAMPLE names a
// file of frames; GET /replay sends it as often as TIMES says.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** As the reader of Parley has them. */
const PIECE = 256 * 1024;
const PIECES_AHEAD = 2;

if (isMainThread) serve();
else sendPieces();

function serve(): void {
  const worker = new Worker(new URL(import.meta.url));
  createServer((request, response) => {
    if (request.url === '/ready') return void response.end();
    response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
    Readable.from(pieces(worker)).pipe(response);
  }).listen(Number(process.env['PORT']), '127.0.0.1');
  process.once('SIGTERM', () => process.exit(0));
}

async function* pieces(worker: Worker): AsyncGenerator<Uint8Array> {
  const arrived: (Uint8Array | undefined)[] = [];
  const take = (piece: Uint8Array | undefined): void => void arrived.push(piece);
  worker.on('message', take);
  worker.postMessage('begin');
  for (let ahead = 0; ahead < PIECES_AHEAD; ahead++) worker.postMessage('more');
  for (;;) {
    while (arrived.length === 0) await once(worker, 'message');
    const piece = arrived.shift();
    if (piece === undefined) break;
    worker.postMessage('more');
    yield piece;
  }
  worker.off('message', take);
}

/** One answer at a time. */
function sendPieces(): void {
  const sample = readFileSync(process.env['SAMPLE']!);
  const end = sample.length * Number(process.env['TIMES']);
  let sent = end;
  parentPort!.on('message', (message: 'begin' | 'more') => {
    if (message === 'begin') return void (sent = 0);
    if (sent > end) return;
    if (sent === end) {
      sent++;
      return parentPort!.postMessage(undefined);
    }
    const at = sent % sample.length;
    const piece = new Uint8Array(sample.subarray(at, Math.min(at + PIECE, sample.length)));
    sent += piece.length;
    parentPort!.postMessage(piece, [piece.buffer]);
  });
}
