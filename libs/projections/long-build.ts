// The read side of a long log from its beginning: each group of tables is built in a thread and a file of its own, and in the end
// the files become one. It takes little more than half the time, where there are two cores.
import { closeSync, fdatasyncSync, openSync, renameSync } from 'node:fs';
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { decodeEvent } from '#crisis/event.js';
import type { EventStore, Position } from '#event-store/port.js';
import { LIST_TABLES } from './list-tables.js';
import { openForLongBuild, partOf, removeFile, removeParts } from './file.js';
import { ROOM_FOR_A_BATCH } from './kept-thread.js';
import type { LogSource } from './log-source.js';
import { isStorageFailure, Projection } from './projection.js';
import type { Group } from './table-group.js';
import { CheckpointRow } from './tables/checkpoint.js';

/** Events. Of a shorter log the ordinary way is as fast. */
const LONG = 20_000;
/** Events in a transaction: the more, the fewer pages are written twice. */
const BATCH = 50_000;
/** How often it is told how far it has come, and seen whether it is to stop, in events. */
const TOLD = 1_000;

export interface LongBuildOptions {
  /** Of the read side: it is not there yet. */
  readonly file: string;
  readonly log: LogSource;
  readonly signal: AbortSignal;
  /** @param applied how many events have been since it was told last */
  readonly told?: (position: Position, applied: number) => void;
  /** From how many events on a log is long. */
  readonly long?: number;
}

/** What the thread that builds one group is started with. */
export interface PartOptions {
  readonly file: string;
  readonly log: LogSource;
  readonly upTo: bigint;
}
export type FromPart = 'built' | 'left';

/**
 * Builds the file up to what is now the end of the log. Returns whether it is there: not if the log is short, if an event cannot be
 * applied (it is for the {@link Builder} to park it), or if it was told to stop. Until it is whole, it has other names.
 * @throws StoreUnavailable @throws an SQLite error of the disk or the file
 */
export async function buildFromLongLog(store: EventStore, { file, log, signal, told, long = LONG }: LongBuildOptions): Promise<boolean> {
  removeFile(file);
  if (!(await isLong(store, long))) return false;
  const upTo = await store.head();
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const orLeave = async (building: Promise<boolean>): Promise<boolean> => {
    let isBuilt = false;
    try {
      return (isBuilt = await building);
    } finally {
      if (!isBuilt) left.abort();
    }
  };
  try {
    const states = buildPart(store, { file: partOf(file, 'states'), group: 'states', upTo, signal: either, told });
    const lists = buildInThread({ file: partOf(file, 'lists'), log, upTo }, either);
    const built = await Promise.allSettled([orLeave(states), orLeave(lists)]);
    for (const each of built) if (each.status === 'rejected') throw each.reason;
    if (signal.aborted || !built.every((each) => each.status === 'fulfilled' && each.value)) return false;
    join(file);
    return true;
  } finally {
    removeParts(file);
  }
}

export interface BuildPartOptions extends Pick<LongBuildOptions, 'file' | 'signal' | 'told'> {
  readonly group: Group;
  readonly upTo: bigint;
}

/** Applies the log to the tables of one group. Returns whether it has. @throws as {@link buildFromLongLog} */
export async function buildPart(store: EventStore, { file, group, upTo, signal, told }: BuildPartOptions): Promise<boolean> {
  using database = openForLongBuild(file, store.id);
  const projection = new Projection(database, decodeEvent, [group]);
  let applied = 0;
  database.exec('begin');
  for await (const event of store.readAll()) {
    if (event.position > upTo) break;
    if (!isApplied(() => projection.apply(event))) return false;
    applied++;
    if (applied % BATCH === 0) {
      if (!isApplied(() => projection.flush())) return false;
      database.exec('commit; begin');
    }
    if (applied % TOLD > 0) continue;
    told?.(event.position, TOLD);
    await turnOfTheEventLoop();
    if (signal.aborted) return false;
  }
  if (!isApplied(() => projection.flush())) return false;
  database.exec('commit');
  told?.(upTo as Position, applied % TOLD);
  return true;
}

function isApplied(apply: () => void): boolean {
  try {
    apply();
    return true;
  } catch (error) {
    if (isStorageFailure(error)) throw error;
    return false;
  }
}

async function buildInThread(options: PartOptions, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const worker = new Worker(new URL('./long-build-lists.js', import.meta.url), { workerData: options, resourceLimits: ROOM_FOR_A_BATCH });
  let isBuilt = false;
  worker.on('message', (message: FromPart) => (isBuilt = message === 'built'));
  worker.on('error', reject);
  worker.on('exit', () => resolve(isBuilt)); // only then has it closed its file
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The tables of one part go over into the other, which gets the file's name once it is on the disk. */
function join(file: string): void {
  const [states, lists] = [partOf(file, 'states'), partOf(file, 'lists')];
  {
    using database = openForLongBuild(states);
    const of = new CheckpointRow(database).read();
    database.prepare('attach ? as lists').run(lists);
    database.exec(`begin; ${LIST_TABLES.map((table) => `insert into main.${table} select * from lists.${table};`).join(' ')} commit`);
    const { position } = database.prepare('select position from lists.checkpoint').get() as { position: number };
    if (position !== of.position) throw new Error(`The parts of the read side end at ${of.position} and ${position}`);
  }
  const descriptor = openSync(states, 'r+');
  fdatasyncSync(descriptor);
  closeSync(descriptor);
  renameSync(states, file);
}

async function isLong(store: EventStore, long: number): Promise<boolean> {
  let events = 0;
  for await (const _ of store.readAll()) if (++events === long) return true;
  return false;
}
