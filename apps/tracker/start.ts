// Puts a service together, and takes it apart again in the reverse order.
import { join } from 'node:path';
import type { LogSource } from '#projections/log-source.js';
import { ReadSideInUse } from '#projections/file.js';
import { openReadSide } from '#projections/open.js';
import type { Progress, ReadSide } from '#projections/read-side.js';
import { Demo } from './demo/demo.js';
import { guardedRecorder } from './demo/guarded-recorder.js';
import { LateReadSide } from './event-log/late-read-side.js';
import { LogWatch } from './event-log/log-watch.js';
import { openEventLog, type EventLog } from './event-log/open-event-log.js';
import { createLog, type Log } from './log.js';
import { countedRecorder } from './operations/counted-recorder.js';
import { Metrics } from './operations/metrics.js';
import { createRecorder } from './recording/create-recorder.js';
import type { Served } from './serve.js';
import type { Settings } from './settings.js';
import { StartRefused } from './start-refused.js';
import { WebhookFile, WebhookFileUnusable } from './webhooks/webhook-file.js';

export interface Tracker extends Served {
  /** Where the log is, for people to read. */
  readonly log: string;
  /** Takes no more requests, lets those under way finish, and closes what is open. Safe to call more than once. */
  close(): Promise<void>;
}

/** @throws StartRefused */
export async function startTracker(settings: Settings, log: Log = createLog(settings.logLevel)): Promise<Tracker> {
  await using opened = new AsyncDisposableStack();
  const eventLog = await openEventLog(settings);
  const { store } = eventLog;
  opened.defer(() => store.close());
  const opening = openReads(eventLog, settings);
  opened.defer(async () => (await opening.catch(() => undefined))?.close());
  const { serve } = await import('./serve.js');
  const readSide = await opening;
  tellOfInterruptions(readSide, eventLog.place, log);
  const watch = new LogWatch(store, readSide);
  opened.defer(() => watch.close());
  const metrics = new Metrics(watch, readSide);
  opened.defer(() => metrics.close());
  const demo = new Demo(settings.demo);
  const webhookFile = opened.use(openWebhooks(settings));
  const recorder = countedRecorder(createRecorder({ store, readSide }), metrics);

  const parts = { settings, log, store, readSide, watch, recorder: guardedRecorder(recorder, demo), metrics, demo, webhookFile };
  const { url, calls } = await serve(parts, opened);
  const stopping = new AbortController();
  const filling = demo.run({ store, recorder, log }, stopping.signal);
  opened.defer(() => {
    stopping.abort();
    return filling;
  });

  const running = opened.move();
  let closed: Promise<void> | undefined;
  return { url, log: eventLog.place, calls, close: () => (closed ??= running.disposeAsync()) };
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
