// Puts a service together, and takes it apart again in the reverse order.
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { StoreFileRefused, StoreInUse } from '#event-store/embedded/log-file.js';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import { StoreUnavailable, type EventStore } from '#event-store/port.js';
import { AppModule } from './app.module.js';
import { Demo } from './demo/demo.js';
import { guardedRecorder } from './demo/guarded-recorder.js';
import { createHttpServer } from './http/server.js';
import { createLog, nestLogger, type Log } from './log.js';
import { serveDocument } from './openapi/document.js';
import { countedRecorder } from './operations/counted-recorder.js';
import { Metrics } from './operations/metrics.js';
import { openReadSide } from '#projections/open.js';
import { createRecorder } from './recording/create-recorder.js';
import type { Settings } from './settings.js';

/** How long requests under way may take once the service is told to stop, ms. */
const PATIENCE_MS = 3000;

export interface Tracker {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Every call that is served, such as `PUT /crises/:crisis`. */
  readonly calls: readonly string[];
  /** Takes no more requests, lets those under way finish, and closes what is open. Safe to call more than once. */
  close(): Promise<void>;
}

/** The service cannot run as it is set up. The message says what to do. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

/** @throws StartRefused */
export async function startTracker(settings: Settings, log: Log = createLog(settings.logLevel)): Promise<Tracker> {
  await using opened = new AsyncDisposableStack();
  const store = await openStore(settings);
  opened.defer(() => store.close());
  const readSide = await openReadSide({
    folder: join(settings.dataDir, 'read-side'),
    store: store.id,
    log: { kind: 'embedded', folder: settings.dataDir },
  });
  opened.defer(() => readSide.close());
  const metrics = new Metrics(store, readSide);
  opened.defer(() => metrics.close());
  const demo = new Demo(settings.demo);
  const recorder = countedRecorder(createRecorder({ store, readSide }), metrics);

  const { adapter, routes } = createHttpServer();
  metrics.observe(adapter.getInstance());
  const parts = { settings, log, store, readSide, recorder: guardedRecorder(recorder, demo), routes, metrics, demo };
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(parts), adapter, {
    bodyParser: false,
    logger: nestLogger(log),
    abortOnError: false,
  });
  opened.defer(() => closeServer(app));
  serveDocument(app);
  const url = await listen(app, settings);
  const stopping = new AbortController();
  const filling = demo.run({ store, recorder, log }, stopping.signal);
  opened.defer(() => {
    stopping.abort();
    return filling;
  });

  const running = opened.move();
  let closed: Promise<void> | undefined;
  return { url, calls: routes.calls, close: () => (closed ??= running.disposeAsync()) };
}

async function openStore({ dataDir }: Settings): Promise<EventStore> {
  try {
    return await openEmbeddedStore({ folder: dataDir });
  } catch (error) {
    if (error instanceof StoreInUse) {
      throw new StartRefused(
        `Another Parley runs on the data folder ${dataDir}. Stop it, or set PARLEY_DATA_DIR to another folder (and PORT to another port).`,
        { cause: error },
      );
    }
    if (error instanceof StoreFileRefused)
      throw new StartRefused(`${error.message}. Or set PARLEY_DATA_DIR to another folder.`, { cause: error });
    if (error instanceof StoreUnavailable)
      throw new StartRefused(`${error.message}. Set PARLEY_DATA_DIR to a folder that can be written to.`, { cause: error });
    throw error;
  }
}

async function listen(app: NestFastifyApplication, { host, port }: Settings): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${port} on ${host} is in use. Stop what listens there, or set PORT to another port.`,
      EACCES: `Port ${port} needs rights that this process has not. Set PORT to a port above 1023.`,
      EADDRNOTAVAIL: `${host} is no address of this machine. Set HOST to one, such as 127.0.0.1.`,
      ENOTFOUND: `${host} is not known by that name. Set HOST to an address of this machine, such as 127.0.0.1.`,
    };
    throw reasons[code] === undefined ? error : new StartRefused(reasons[code], { cause: error });
  }
  const { family, port: taken } = app.getHttpServer().address() as { family: string; port: number };
  const everywhere = host === '0.0.0.0' || host === '::';
  return `http://${everywhere ? 'localhost' : family === 'IPv6' ? `[${host}]` : host}:${taken}`;
}

/** Connections that are still busy after the time of grace are cut. */
async function closeServer(app: NestFastifyApplication): Promise<void> {
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), PATIENCE_MS);
  await app.close();
  clearTimeout(cut);
}
