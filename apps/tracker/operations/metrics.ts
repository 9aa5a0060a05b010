// What is measured. One registry for each service, so that several can run in one process.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ReadSide } from '#projections/read-side.js';
import type { LogWatch } from '../event-log/log-watch.js';

export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Histogram({
    name: 'parley_http_request_duration_seconds',
    help: 'Duration of HTTP requests, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  readonly #commands = new Counter({
    name: 'parley_commands_total',
    help: 'Commands and lines of imports, by result: recorded, unchanged, or the code of the refusal',
    labelNames: ['result'],
    registers: [this.registry],
  });
  readonly #eventLoop = monitorEventLoopDelay({ resolution: 10 });

  constructor(watch: Pick<LogWatch, 'head' | 'lag'>, readSide: Pick<ReadSide, 'progress' | 'status'>) {
    this.#eventLoop.enable();
    this.#gauge('parley_log_head_position', 'Position of the last event of the log', async () => Number(await watch.head()));
    this.#gauge('parley_applied_position', 'Position up to which the read side has applied the log', () =>
      Number(readSide.progress.position),
    );
    this.#gauge('parley_lag_positions', 'How far the read side is behind the log, in positions', async () =>
      Number((await watch.head()) - readSide.progress.position),
    );
    this.#gauge(
      'parley_lag_seconds',
      'For how long what is read may be out of date; NaN if it has never been level with the log',
      () => watch.lag ?? NaN,
    );
    this.#gauge('parley_rebuilding', '1 while the read side is built anew beside the file that answers', () =>
      Number(readSide.status.rebuild !== null),
    );
    this.#gauge(
      'parley_applied_events_per_second',
      'Events that the read side applied, rebuilds included, over the last ten seconds',
      () => readSide.status.eventsPerSecond,
    );
    this.#count(
      'parley_applied_events_total',
      'Events that the read side has applied or parked, rebuilds included',
      () => readSide.status.applied,
    );
    this.#gauge('parley_read_side_bytes', 'Size of the file that reads are answered from', () => readSide.status.fileSize);
    this.#gauge('parley_parked_streams', 'Streams of which nothing later is applied', () => readSide.progress.parkedStreams?.length ?? 0);
    this.#gauge('parley_parked_events', 'Events that the read side could not apply', () => readSide.progress.parked);
    this.#gauge('parley_caught_up', '1 once the read side has been level with the log, and while it can follow it', () =>
      Number(readSide.progress.caughtUp && readSide.progress.interrupted === undefined),
    );
    this.#gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
    this.#gauge('nodejs_heap_used_bytes', 'Heap in use by the main thread', () => process.memoryUsage().heapUsed);
    this.#gauge('process_uptime_seconds', 'Time since the process began', () => process.uptime());
    this.#gauge(
      'nodejs_eventloop_delay_p99_seconds',
      'Event-loop delay since the last scrape, 99th percentile',
      () => this.#eventLoop.percentile(99) / 1e9,
    );
    this.#gauge('nodejs_eventloop_delay_max_seconds', 'Event-loop delay since the last scrape, maximum', () => this.#eventLoop.max / 1e9);
  }

  observe(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      // Not the address: names in it have no end, and each would be a series of its own.
      const route = request.routeOptions.url ?? 'none';
      this.#requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
      done();
    });
  }

  command(result: string): void {
    this.#commands.inc({ result });
  }

  /** In the text format of Prometheus. */
  async text(): Promise<string> {
    const text = await this.registry.metrics();
    this.#eventLoop.reset();
    return text;
  }

  close(): void {
    this.#eventLoop.disable();
  }

  #gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        // A value that cannot be had now (the store is away) is left out; the others are told.
        const value = await Promise.resolve(read()).catch(() => undefined);
        if (value === undefined) gauge.reset();
        else gauge.set(value);
      },
    });
  }

  #count(name: string, help: string, read: () => number): void {
    const counter = new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        counter.reset();
        counter.inc(read());
      },
    });
  }
}
