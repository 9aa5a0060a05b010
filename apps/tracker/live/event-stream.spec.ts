import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { get, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStream } from './event-stream.js';

let server: FastifyInstance;
/** The next stream that is opened, after the first. */
let opened: PromiseWithResolvers<EventStream>;
let slow: Promise<void>;
let url: string;
afterEach(async () => {
  server.server.closeAllConnections();
  await server.close();
});

describe('a stream of events', () => {
  it('sends what is written at once, and says when to come back', async () => {
    const { stream, response } = await open();
    stream.write('event: a\ndata: 1\n\n');
    stream.write(Buffer.from('event: b\ndata: 2\n\n'));
    expect(response.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' });
    expect(await textOf(response, 'data: 2\n\n')).toBe('retry: 1000\n\nevent: a\ndata: 1\n\nevent: b\ndata: 2\n\n');
    stream.end();
    expect(await textOf(response)).toMatch(/^retry: [1-5]\d{3}\n\n$/);
    expect(stream.isClosed).toBe(true);
  });

  it('is full while its reader does not keep up, and ready when it does', async () => {
    const { stream, response } = await open();
    await fill(stream);
    expect(stream.isFull).toBe(true);
    let isReady = false;
    const ready = stream.ready().then(() => (isReady = true));
    await sleep(50);
    expect(isReady).toBe(false);
    response.resume();
    await ready;
    expect(stream.isFull).toBe(false);
  });

  it('is ready, and closed, when its reader is gone', async () => {
    const { stream, response } = await open();
    await fill(stream);
    let isTold = false;
    stream.onClose(() => (isTold = true));
    const ready = stream.ready();
    response.destroy();
    await ready;
    expect([stream.isClosed, isTold]).toEqual([true, true]);
    stream.write('to nobody');
    stream.end();
  });

  it('is cut off where its reader takes nothing for too long, and reads on what was sent', async () => {
    const { stream, response } = await open(200);
    const sent = await fill(stream);
    await sleep(300);
    expect(stream.isClosed).toBe(false); // nobody waits for it
    const before = Date.now();
    await stream.ready();
    expect(Date.now() - before).toBeGreaterThanOrEqual(190);
    expect(stream.isClosed).toBe(true);
    const received = await textOf(response).catch(() => '');
    expect(received.length).toBeLessThan(sent);
  });

  it('frames what goes to many once, and for a reader of HTTP/1.0 not at all', async () => {
    const message = Buffer.from('event: a\ndata: 1\n\n');
    const { stream, response } = await open();
    stream.write(message);
    stream.write(message);
    expect(await textOf(response, 'data: 1\n\nevent: a\ndata: 1\n\n')).toContain('retry');
    const raw = connect((server.server.address() as AddressInfo).port, 'localhost');
    raw.write('GET / HTTP/1.0\r\n\r\n');
    const second = await opened.promise;
    second.write(message);
    second.end();
    const [, body] = (await rawText(raw)).split('\r\n\r\n');
    expect(body).toMatch(/^retry: 1000\n\nevent: a\ndata: 1\n\nretry: \d+\n\n$/);
  });

  it('sends its head before what is written as soon as it is open', async () => {
    await open();
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      get(`${url}/at-once`, { agent: false }, resolve).on('error', reject),
    );
    expect(await textOf(response)).toMatch(/^retry: 1000\n\nevent: a\n\nretry: \d+\n\n$/);
  });

  it('waits for its turn on a connection whose earlier request is not answered yet', async () => {
    const { response } = await open();
    response.destroy();
    const answered = Promise.withResolvers<void>();
    slow = answered.promise;
    const raw = connect((server.server.address() as AddressInfo).port, 'localhost');
    raw.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const second = await opened.promise;
    second.write(Buffer.from('event: a\ndata: 1\n\n'));
    await sleep(50);
    answered.resolve();
    await sleep(50);
    second.write(Buffer.from('event: b\ndata: 2\n\n'));
    second.end();
    raw.end();
    const text = await rawText(raw);
    expect(text.indexOf('slow answer')).toBeLessThan(text.indexOf('retry: 1000'));
    expect(text.indexOf('data: 1')).toBeLessThan(text.indexOf('data: 2'));
  });

  it('does not keep the service from stopping, whoever reads nothing', async () => {
    const { stream } = await open();
    await fill(stream);
    const before = Date.now();
    stream.end();
    await server.close();
    expect(Date.now() - before).toBeLessThan(2500);
  });
});

async function open(stuckMs?: number): Promise<{ stream: EventStream; response: IncomingMessage }> {
  server = fastify();
  opened = Promise.withResolvers();
  server.get('/slow', async () => {
    await slow;
    return 'slow answer';
  });
  server.get('/', (_request, reply) => opened.resolve(EventStream.open(reply, stuckMs)));
  server.get('/at-once', (_request, reply) => {
    const stream = EventStream.open(reply);
    stream.write(Buffer.from('event: a\n\n'));
    stream.end();
  });
  url = await server.listen({ port: 0 });
  const response = await new Promise<IncomingMessage>((resolve) => get(url, { agent: false }, resolve));
  response.on('error', () => undefined);
  const stream = await opened.promise;
  opened = Promise.withResolvers();
  return { stream, response };
}

/** @returns how many bytes were written until it was full */
async function fill(stream: EventStream): Promise<number> {
  let bytes = 0;
  for (; bytes < 100_000_000 && !stream.isFull; bytes += 100_000) {
    stream.write('x'.repeat(100_000));
    await sleep(0);
  }
  return bytes;
}

/** What arrives, up to the end of the connection. */
async function rawText(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk as string;
  return text;
}

/** What arrives, up to a text or the end. */
async function textOf(response: IncomingMessage, until?: string): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    text += chunk as string;
    if (until !== undefined && text.endsWith(until)) break;
  }
  return text;
}
