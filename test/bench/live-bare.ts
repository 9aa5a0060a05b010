// What live connections are measured against: a bare broadcaster of Server-Sent Events, that sends the same bytes to the same number
// of connections and does nothing else. The messages to be sent come by PUT; each POST sends them, with the next position in their ids.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const listeners = new Set<ServerResponse>();
let messages = '';
let position = 0;

// An idle connection stays as long as Parley's does, so that whoever posts finds it open.
const KEEP_ALIVE_MS = 72_000;

createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  if (request.method === 'GET' && request.url === '/ready') return void response.end();
  if (request.method === 'GET') return listen(response);
  void bodyOf(request).then((body) => {
    if (request.method === 'PUT') messages = body;
    const answer = JSON.stringify({ position: String(++position) });
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
    if (request.method === 'POST') broadcast();
  });
}).listen(Number(process.env['PORT']), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));

function listen(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.write('retry: 1000\n\nid: bare:0\nevent: snapshot\ndata: {}\n\n');
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

function broadcast(): void {
  const bytes = Buffer.from(messages.replace(/^id: \w+:\d+/gm, `id: bare:${position}`));
  for (const listener of listeners) listener.write(bytes);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string;
  return body;
}
