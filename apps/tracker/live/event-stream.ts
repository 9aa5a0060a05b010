// A response of Server-Sent Events (WHATWG HTML, 9.2): whoever writes to it may ask whether its reader keeps up.
//
// Guarantee: what is written in one turn of the event loop leaves as one write, at the turn's end.
// Non-guarantee: it drops nothing and holds nothing back. Whoever goes on writing while it is full makes it grow.
import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Sink } from './live-subscriber.js';

/** More than this many bytes waiting for the reader: it does not keep up. */
const FULL_BYTES = 1024 * 1024;
/** So that whatever stands between does not take the connection for dead. */
const HEARTBEAT_MS = 15_000;
/** When a reader comes back after a connection was lost, ms. */
const RETRY_MS = 1000;
/** Over which time readers come back after all connections were ended at once, ms. */
const RETRY_SPREAD_MS = 4000;
/** How long a reader may take for what is queued once the stream is ended, ms. */
const LINGER_MS = 1000;

export class EventStream implements Sink {
  readonly #heartbeat: NodeJS.Timeout;
  #corked = false;

  /** Takes the response over from Fastify, and sends its head. */
  static open(reply: FastifyReply): EventStream {
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no', // nginx
    });
    response.socket?.setNoDelay(true);
    const stream = new EventStream(response);
    stream.write(`retry: ${RETRY_MS}\n\n`);
    return stream;
  }

  private constructor(private readonly response: ServerResponse) {
    // A reset connection is an end like any other: `close` follows.
    response.on('error', () => undefined);
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    this.onClose(() => clearInterval(this.#heartbeat));
  }

  get isClosed(): boolean {
    return this.response.destroyed || this.response.writableEnded;
  }

  get isFull(): boolean {
    return this.response.writableLength > FULL_BYTES;
  }

  write(text: Buffer | string): void {
    if (this.isClosed) return;
    if (!this.#corked) {
      this.#corked = true;
      this.response.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.response.uncork();
      });
    }
    this.response.write(text);
  }

  async ready(): Promise<void> {
    while (this.isFull && !this.isClosed) {
      const given = new AbortController();
      await Promise.race([once(this.response, 'drain', given), once(this.response, 'close', given)]).finally(() => given.abort());
    }
  }

  onClose(listener: () => void): void {
    this.response.once('close', listener);
  }

  /** Ends the stream and says when to come back: not all at once, if all are ended. */
  end(): void {
    if (this.isClosed) return;
    this.response.end(`retry: ${RETRY_MS + Math.floor(Math.random() * RETRY_SPREAD_MS)}\n\n`);
    setTimeout(() => this.response.destroy(), LINGER_MS).unref();
  }

  #beat(): void {
    if (this.response.writableLength === 0) this.write(':\n\n');
  }
}
