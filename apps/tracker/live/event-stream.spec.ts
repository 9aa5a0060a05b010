import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStream } from './event-stream.js';

let server: FastifyInstance;
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
    for (let n = 0; n < 1000 && !stream.isFull; n++) {
      stream.write('x'.repeat(100_000));
      await sleep(0);
    }
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
    for (let n = 0; n < 1000 && !stream.isFull; n++) {
      stream.write('x'.repeat(100_000));
      await sleep(0);
    }
    let isTold = false;
    stream.onClose(() => (isTold = true));
    const ready = stream.ready();
    response.destroy();
    await ready;
    expect([stream.isClosed, isTold]).toEqual([true, true]);
    stream.write('to nobody');
    stream.end();
  });

  it('does not keep the service from stopping, whoever reads nothing', async () => {
    const { stream } = await open();
    for (let n = 0; n < 1000 && !stream.isFull; n++) {
      stream.write('x'.repeat(100_000));
      await sleep(0);
    }
    const before = Date.now();
    stream.end();
    await server.close();
    expect(Date.now() - before).toBeLessThan(2500);
  });
});

async function open(): Promise<{ stream: EventStream; response: IncomingMessage }> {
  server = fastify();
  const opened = Promise.withResolvers<EventStream>();
  server.get('/', (_request, reply) => opened.resolve(EventStream.open(reply)));
  const url = await server.listen({ port: 0 });
  const response = await new Promise<IncomingMessage>((resolve) => get(url, { agent: false }, resolve));
  response.on('error', () => undefined);
  return { stream: await opened.promise, response };
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
