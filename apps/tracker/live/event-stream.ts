// A response of Server-Sent Events (WHATWG HTML, 9.2): whoever writes to it may ask whether its reader keeps up.
//
// Guarantees: what is written in one turn of the event loop leaves as one write, at the turn's end. A buffer that goes to many
// streams is framed once for all of them. A reader who has not taken what is queued within a minute of being waited for is
// cut off: nothing is dropped from the middle, so it resumes by its last id.
// Non-guarantee: it holds nothing back. Whoever goes on writing while it is full makes it grow.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
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
/** How long a reader may take for what is queued, once somebody waits for it, ms. */
const STUCK_MS = 60_000;
/** How long a reader may take for what is queued once the stream is ended, ms. */
const LINGER_MS = 1000;

export class EventStream implements Sink {
  readonly #heartbeat: NodeJS.Timeout;
  #corked = false;

  /** Takes the response over from Fastify, and sends its head. @param stuckMs how long it may be full while it is waited for */
  static open(reply: FastifyReply, stuckMs = STUCK_MS): EventStream {
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no', // nginx
    });
    response.socket?.setNoDelay(true);
    response.flushHeaders();
    const stream = new EventStream(response, stuckMs);
    stream.write(`retry: ${RETRY_MS}\n\n`);
    return stream;
  }

  private constructor(
    private readonly response: ServerResponse,
    private readonly stuckMs: number,
  ) {
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
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    const { socket } = this.response;
    // A pipelined request whose turn has not come: the response keeps what is written.
    if (socket === null) return void this.response.write(bytes);
    this.#cork(socket);
    // Past `response.write`, which frames each time anew and makes four writes of one.
    socket.write(this.response.chunkedEncoding ? chunkOf(bytes) : bytes);
  }

  async ready(): Promise<void> {
    if (!this.isFull || this.isClosed) return;
    const { response } = this;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stuck = setTimeout(() => response.destroy(), this.stuckMs).unref();
    const { socket } = response.req;
    response.on('drain', resolve).on('close', resolve);
    socket.on('drain', resolve);
    await promise;
    clearTimeout(stuck);
    response.off('drain', resolve).off('close', resolve);
    socket.off('drain', resolve);
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

  #cork(socket: Socket): void {
    if (this.#corked) return;
    this.#corked = true;
    socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      socket.uncork();
    });
  }

  #beat(): void {
    if (this.response.writableLength === 0) this.write(':\n\n');
  }
}

const CRLF = Buffer.from('\r\n');
const chunks = new WeakMap<Buffer, Buffer>();

/** A chunk of a chunked body (RFC 9112, 7.1). */
function chunkOf(bytes: Buffer): Buffer {
  let chunk = chunks.get(bytes);
  if (chunk === undefined) {
    chunk = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, CRLF]);
    chunks.set(bytes, chunk);
  }
  return chunk;
}
