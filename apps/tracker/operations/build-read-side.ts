// The read side built on the side, as a program:
//   check-log           whether this release can apply every event of the log; built in a scratch folder, and thrown away
//   prepare-read-side   this release's file, beside a running service of the release before, so that this one starts level
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFromLongLog } from '#projections/long-build.js';
import { openLog, type LogSource } from '#projections/log-source.js';
import { buildOnce, type Built } from '#projections/build-once.js';
import { NotApplicable } from '#projections/building.js';
import { chooseGeneration, fileOf, openForBuilding, ReadSideInUse, takeLock } from '#projections/file.js';
import { PROJECTION_VERSION } from '#projections/version.js';
import type { EventStore } from '#event-store/port.js';
import { openEventLog } from '../event-log/open-event-log.js';
import { readSettings, type Settings } from '../settings.js';

/** How often it is told how far it has come, ms. */
const TELL_MS = 5_000;

const TASKS: Readonly<Record<string, (log: Log, dataDir: string) => Promise<string>>> = {
  'check-log': check,
  'prepare-read-side': prepare,
};

const task = TASKS[process.argv[2] ?? ''];
if (task === undefined) throw new Error(`One of ${Object.keys(TASKS).join(', ')} is needed`);
try {
  const settings = readSettings(process.env);
  const log = await openForReading(settings);
  try {
    console.log(await task(log, settings.dataDir));
  } finally {
    await log.store.close();
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

interface Log {
  readonly store: EventStore;
  readonly source: LogSource;
}

/** Beside whoever writes to it. */
async function openForReading(settings: Settings): Promise<Log> {
  const source = { kind: 'embedded', folder: settings.dataDir } as const;
  if (settings.eventStoreUrl === undefined) return { store: await openLog(source), source };
  const { store, askSource } = await openEventLog(settings);
  return { store, source: await askSource() };
}

async function check({ store }: Log): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-check-'));
  try {
    using database = openForBuilding(fileOf(folder, store.id), store.id);
    const { events, position } = await buildOnce(database, store, { strict: true }, teller());
    return `Every one of ${events} events can be applied, up to position ${position}`;
  } catch (error) {
    if (error instanceof NotApplicable) throw new Error(`Not every event can be applied. ${error.message}`, { cause: error });
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare({ store, source }: Log, dataDir: string): Promise<string> {
  const folder = join(dataDir, 'read-side');
  using _lock = lockOrSay(folder, store.id);
  const file = fileOf(folder, store.id, chooseGeneration(folder, store.id));
  const tell = teller();
  let before = 0;
  if (!existsSync(file)) {
    const head = await store.head();
    const told = (position: bigint, applied: number): void => {
      before += applied;
      tell(position, head);
    };
    if (!(await buildFromLongLog(store, { file, log: source, signal: new AbortController().signal, told }))) before = 0;
  }
  using database = openForBuilding(file, store.id);
  const built: Built = await buildOnce(database, store, {}, tell);
  const { position, parked } = built;
  const events = before + built.events;
  return `The read side of version ${PROJECTION_VERSION} is at position ${position} (${events} events more, ${parked} parked); start this release now`;
}

function lockOrSay(folder: string, store: string): Disposable {
  try {
    return takeLock(folder, store);
  } catch (error) {
    if (!(error instanceof ReadSideInUse)) throw error;
    const detail = `A service runs on version ${PROJECTION_VERSION} of the read side already: there is nothing to prepare. POST /projections/read-side/rebuild builds it anew`;
    throw new Error(detail, { cause: error });
  }
}

function teller(): (position: bigint, head: bigint) => void {
  let told = performance.now();
  return (position, head) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    console.error(`at position ${position} of ${head}`);
  };
}
