// Many live connections in a process of their own, as cheap as can be: of what comes, only the lines `id:` and `event:` are looked at.
// `live-readers.ts` starts it and says what to do.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from './live-posts.js';
import type { Answer, Measure, Order, Told } from './live-readers.js';
import { percentile } from './measure.js';

const LINE = Buffer.from('\nid: ');
const HEAD_LENGTH = 100;
const PATIENCE_MS = 60_000;
/** All sockets read into it: what is read is looked at before the next one reads. */
const buffer = Buffer.allocUnsafe(256 * 1024);

class Reader {
  /** When a development came, by its position. */
  readonly received = new Map<number, number>();
  developments = 0;
  states = 0;
  /** Ids that did not come in their order, or again. */
  disorder = 0;
  readonly #opened = Promise.withResolvers<void>();
  readonly isOpen = this.#opened.promise;
  #last: readonly [position: number, number: number] = [-1, -1];
  #rest = Buffer.alloc(0);
  readonly #socket: Socket;

  constructor(url: string) {
    const { hostname, port, host, pathname, search } = new URL(url);
    const onread = { buffer, callback: (length: number) => this.#read(buffer.subarray(0, length)) };
    this.#socket = connect({ host: hostname, port: Number(port), onread });
    this.#socket.on('error', () => {}).on('close', () => this.#opened.reject(new Error('The connection was closed')));
    this.#socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  }

  set reads(does: boolean) {
    if (does) this.#socket.resume();
    else this.#socket.pause();
  }

  /** An id begins a line, and no data has a line break in it. */
  #read(read: Buffer): true {
    const now = clock();
    const bytes = this.#rest.length === 0 ? read : Buffer.concat([this.#rest, read]);
    let from = 0;
    for (let at = bytes.indexOf(LINE); at >= 0; at = bytes.indexOf(LINE, from)) {
      const [id, event, more] = bytes.toString('latin1', at + LINE.length, at + HEAD_LENGTH).split('\n', 3) as [string, string, string?];
      if (more === undefined) return this.#keep(bytes.subarray(at));
      this.#receive(id, event, now);
      from = at + LINE.length;
    }
    return this.#keep(bytes.subarray(Math.max(from, bytes.length - LINE.length + 1)));
  }

  #keep(rest: Buffer): true {
    this.#rest = Buffer.from(rest);
    return true;
  }

  #receive(id: string, event: string, now: number): void {
    if (event === 'event: snapshot') return this.#opened.resolve();
    const [position, number] = id
      .slice(id.indexOf(':') + 1)
      .split('.')
      .map(Number) as [number, number];
    const [lastPosition, lastNumber] = this.#last;
    if (position < lastPosition || (position === lastPosition && number <= lastNumber)) this.disorder++;
    this.#last = [position, number];
    if (event === 'event: development') {
      this.developments++;
      this.received.set(position, now);
    } else if (event === 'event: track') this.states++;
  }
}

const readers: Reader[] = [];

process.on('message', (order: Order) => {
  void obey(order).then(
    (told) => process.send!({ told } satisfies Answer),
    (error: unknown) => process.send!({ failure: String(error) } satisfies Answer),
  );
});
process.once('disconnect', () => process.exit(0));

async function obey(order: Order): Promise<Told | undefined> {
  if (order.do === 'measure') return measure(order.posted, readers.slice(order.from, order.to));
  if (order.do === 'open') await open(order.url, order.count);
  else for (const reader of readers.slice(order.from, order.to)) reader.reads = order.do === 'resume';
  return undefined;
}

/** Some at once: a server listens for so many only. */
async function open(url: string, count: number): Promise<void> {
  while (readers.length < count) {
    const more = Array.from({ length: Math.min(50, count - readers.length) }, () => new Reader(url));
    readers.push(...more);
    await Promise.all(more.map(({ isOpen }) => isOpen));
  }
}

/** Waits until all have come, and forgets them. */
async function measure(posted: Measure['posted'], some: readonly Reader[]): Promise<Told> {
  const last = Math.max(...posted.map(([position]) => position));
  const end = clock() + PATIENCE_MS;
  while (some.some(({ received }) => !received.has(last)) && clock() < end) await sleep(20);
  await sleep(100); // the state that comes after the last development, and what should not come
  const latencies: number[] = [];
  let missing = 0;
  for (const { received } of some) {
    for (const [position, at] of posted) {
      const came = received.get(position);
      if (came === undefined) missing++;
      else latencies.push(Math.max(0, came - at));
    }
  }
  const sum = (of: (reader: Reader) => number): number => some.reduce((total, reader) => total + of(reader), 0);
  const told = {
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    missing,
    disorder: sum(({ disorder }) => disorder),
    developments: sum(({ developments }) => developments),
    states: sum(({ states }) => states),
  };
  for (const reader of some) {
    reader.received.clear();
    reader.developments = reader.states = reader.disorder = 0;
  }
  return told;
}
