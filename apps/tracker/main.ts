// The service as a program: node scripts/run.mjs apps/tracker/main.js
import 'reflect-metadata';
import { createLog } from './log.js';
import { readSettings, SettingsInvalid, type Settings } from './settings.js';
import { StartRefused } from './start-refused.js';
import { startTracker, type Tracker } from './start.js';

/** Whatever hangs: a service that was told to stop is gone after this, ms. */
const STOP_AT_LATEST_MS = 8000;

const settings = readOrStop();
const log = createLog(settings.logLevel);
const tracker = await startOrStop(settings);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(signal));

log.info(`Parley answers on ${tracker.url}`);
log.info(`  log          ${tracker.log}`);
log.info(`  the calls    ${tracker.url}/docs`);
if (settings.demo) {
  log.info(`  whose move?  curl '${tracker.url}/crises/nato-russia-2022/tracks/us-russia?asOf=2022-01-21&knownAt=2022-01-21'`);
  log.info(`  watch it     curl -N ${tracker.url}/crises/nato-russia-2022/live`);
}

function readOrStop(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsInvalid)) throw error;
    return refuse(error.message);
  }
}

async function startOrStop(checked: Settings): Promise<Tracker> {
  try {
    return await startTracker(checked, log);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    return refuse(error.message);
  }
}

function refuse(reasons: string): never {
  console.error(`Parley cannot start.\n${reasons}`);
  process.exit(1);
}

async function stop(signal: string): Promise<void> {
  log.info(`${signal}: stopping`);
  setTimeout(() => {
    log.error(`Not everything was closed within ${STOP_AT_LATEST_MS / 1000} s`);
    process.exit(1);
  }, STOP_AT_LATEST_MS).unref();
  await tracker.close();
  log.info('Stopped');
  process.exit(0);
}
