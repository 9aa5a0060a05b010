// Puts a service together, and takes it apart again in the reverse order.
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LogSource } from '#projections/log-source.js';
import { ReadSideInUse } from '#projections/file.js';
import { openReadSide } from '#projections/open.js';
import type { Progress, ReadSide } from '#projections/read-side.js';
import { AppModule } from './app.module.js';
import { serveAsyncApi } from './asyncapi/document.js';
import { Demo } from './demo/demo.js';
import { guardedRecorder } from './demo/guarded-recorder.js';
import { LateReadSide } from './event-log/late-read-side.js';
import { LogWatch } from './event-log/log-watch.js';
import { openEventLog, type EventLog } from './event-log/open-event-log.js';
import { allowOrigins } from './http/cross-origin.js';
import { tellLag } from './http/lag-header.js';
import { createHttpServer } from './http/server.js';
import { createLog, nestLogger, type Log } from './log.js';
import { serveDocument } from './openapi/document.js';
import { countedRecorder } from './operations/counted-recorder.js';
import { Metrics } from './operations/metrics.js';
import { createRecorder } from './recording/create-recorder.js';
import type { Settings } from './settings.js';
import { StartRefused } from './start-refused.js';
import { WebhookFile, WebhookFileUnusable } from './webhooks/webhook-file.js';

/** How long requests under way may take once the service is told to stop, ms. */
const PATIENCE_MS = 3000;

export interface Tracker {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Where the log is, for people to read. */
  readonly log: string;
  /** Every call that is served, such as `PUT /crises/:crisis`. */
  readonly calls: readonly string[];
  /** Takes no more requests, lets those under way finish, and closes what is open. Safe to call more than once. */
  close(): Promise<void>;
}

/** @throws StartRefused */
export async function startTracker(settings: Settings, log: Log = createLog(settings.logLevel)): Promise<Tracker> {
  await using opened = new AsyncDisposableStack();
  const eventLog = await openEventLog(settings);
  const { store } = eventLog;
  opened.defer(() => store.close());
  const readSide = await openReads(eventLog, settings);
  opened.defer(() => readSide.close());
  tellOfInterruptions(readSide, eventLog.place, log);
  const watch = new LogWatch(store, readSide);
  opened.defer(() => watch.close());
  const metrics = new Metrics(watch, readSide);
  opened.defer(() => metrics.close());
  const demo = new Demo(settings.demo);
  const webhookFile = opened.use(openWebhooks(settings));
  const recorder = countedRecorder(createRecorder({ store, readSide }), metrics);

  const { adapter, routes } = createHttpServer();
  metrics.observe(adapter.getInstance());
  tellLag(adapter.getInstance(), watch);
  const parts = { settings, log, store, readSide, watch, recorder: guardedRecorder(recorder, demo), routes, metrics, demo, webhookFile };
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(parts), adapter, {
    bodyParser: false,
    logger: nestLogger(log),
    abortOnError: false,
  });
  opened.defer(() => closeServer(app));
  allowOrigins(app, settings);
  serveDocument(app);
  serveAsyncApi(app);
  const url = await listen(app, settings);
  const stopping = new AbortController();
  const filling = demo.run({ store, recorder, log }, stopping.signal);
  opened.defer(() => {
    stopping.abort();
    return filling;
  });

  const running = opened.move();
  let closed: Promise<void> | undefined;
  return { url, log: eventLog.place, calls: routes.calls, close: () => (closed ??= running.disposeAsync()) };
}

/** Where it is not known yet which log this is, the read side is opened as soon as it is. */
async function openReads({ store, source, askSource }: EventLog, { dataDir }: Settings): Promise<ReadSide> {
  const open = (log: LogSource): Promise<ReadSide> => openReadSide({ folder: join(dataDir, 'read-side'), store: store.id, log });
  if (source === undefined) return new LateReadSide(async () => open(await askSource()));
  try {
    return await open(source);
  } catch (error) {
    if (!(error instanceof ReadSideInUse)) throw error;
    throw new StartRefused(`${error.message}: set PARLEY_DATA_DIR.`, { cause: error });
  }
}

/** @throws StartRefused */
function openWebhooks({ dataDir }: Settings): WebhookFile {
  try {
    return WebhookFile.open(join(dataDir, 'webhooks.sqlite'));
  } catch (error) {
    if (!(error instanceof WebhookFileUnusable)) throw error;
    throw new StartRefused(`${error.message}. Restore it from a backup, or move it away and register the webhooks again.`, {
      cause: error,
    });
  }
}

/** Tells the operator when the log is lost and when it is found again. */
function tellOfInterruptions(readSide: ReadSide, place: string, log: Log): void {
  let told: string | undefined;
  const tell = ({ interrupted }: Progress): void => {
    if (interrupted !== undefined && told === undefined)
      log.warn(
        `The log cannot be followed (${interrupted}). What is read goes on from before, and nothing is recorded until it is back: ${place}`,
      );
    if (interrupted === undefined && told !== undefined) log.info('The log is followed again');
    told = interrupted;
  };
  readSide.onProgress(tell);
  tell(readSide.progress);
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
