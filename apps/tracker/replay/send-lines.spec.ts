import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { begun, sendLines } from './send-lines.js';

let server: FastifyInstance;
afterEach(async () => server.close());

describe('lines of an answer', () => {
  it('arrive as they were given', async () => {
    const answer = await fetch(await serve(new Lines(3)));
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(await answer.text()).toBe('line 1\nline 2\nline 3\n');
  });

  it('may be none', async () => {
    expect(await (await fetch(await serve(new Lines(0)))).text()).toBe('');
  });

  it('that fail before the first are an error that can be answered', async () => {
    const answer = await fetch(await serve(new Lines(3, 1)));
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('line 1 failed');
  });

  it('that fail later cut the connection', async () => {
    const answer = await fetch(await serve(new Lines(3, 3)));
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  it('are sent before the next are asked for: their memory may be written into again', async () => {
    const memory = Buffer.alloc(1024 * 1024); // more in all than the system's own buffers take
    async function* chunks(): AsyncGenerator<Buffer> {
      for (let letter = 97; letter < 97 + 26; letter++) yield memory.fill(letter);
    }
    const response = await reading(await serve(chunks()));
    await sleep(100);
    let text = '';
    for await (const part of response) {
      text += String(part);
    }
    expect(text).toHaveLength(26 * memory.length);
    for (let letter = 0; letter < 26; letter++) {
      const chunk = text.slice(letter * memory.length, (letter + 1) * memory.length);
      expect(chunk === String.fromCodePoint(97 + letter).repeat(memory.length)).toBe(true);
    }
  });

  it('are asked for no faster than they are read, and no more once the reader is gone', async () => {
    const lines = new Lines(Infinity, undefined, 'x'.repeat(100_000));
    const response = await reading(await serve(lines));
    await sleep(200);
    const given = lines.given;
    await sleep(100);
    expect(lines.given).toBe(given);
    expect(given).toBeLessThan(300); // what the system's own buffers for sockets take
    response.destroy();
    for (let turn = 0; turn < 100 && !lines.isEnded; turn++) await sleep(10);
    expect(lines.isEnded).toBe(true);
  });
});

class Lines implements AsyncIterable<Buffer> {
  given = 0;
  isEnded = false;

  constructor(
    private readonly count: number,
    private readonly failing?: number,
    private readonly text = '',
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      while (this.given < this.count) {
        this.given++;
        if (this.given === this.failing) throw new Error(`line ${this.given} failed`);
        yield Buffer.from(`line ${this.given}${this.text}\n`);
      }
    } finally {
      this.isEnded = true;
    }
  }
}

async function serve(lines: AsyncIterable<Buffer>): Promise<string> {
  server = fastify({ forceCloseConnections: true });
  server.get('/', async (_request, reply) => {
    sendLines(reply, await begun(lines));
    return reply;
  });
  return server.listen({ port: 0 });
}

/** A response of which nothing is read. */
async function reading(url: string): Promise<IncomingMessage> {
  const { port } = server.server.address() as AddressInfo;
  return new Promise((resolve) => get({ host: new URL(url).hostname, port }, resolve));
}
