// The read side's file: thrown away and built again whenever it is not what this release needs.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GROUPS, type Group } from './table-group.js';
import { CHECKPOINT_TABLES, CheckpointRow } from './tables/checkpoint.js';
import { CRISIS_TABLES } from './tables/crises.js';
import { DAY_COUNT_TABLES } from './tables/day-counts.js';
import { DAY_TALLY_TABLES } from './tables/day-tallies.js';
import { DEVELOPMENT_TABLES } from './tables/developments.js';
import { DUE_TABLES } from './tables/due-moments.js';
import { ENTRY_TABLES } from './tables/entries.js';
import { EVENT_TABLES } from './tables/events.js';
import { LISTING_TABLES } from './tables/listings.js';
import { MATTER_TABLES } from './tables/matters.js';
import { OCCURRENCE_TABLES } from './tables/occurrences.js';
import { PARKED_TABLES } from './tables/parked.js';
import { RECTANGLE_TABLES } from './tables/rectangles.js';
import { SLOT_TABLES } from './tables/slots.js';
import { SUPPORT_TABLES } from './tables/supports.js';
import { TEXT_TABLES } from './tables/text.js';
import { PROJECTION_VERSION } from './version.js';

/** "PrlR", in the file's header. */
const APPLICATION_ID = 0x50726c52;
const LOCK_WAIT_MS = 5_000;
/** Pages of the file in memory, KiB. More than that of a reader's is of no use: each commit of the builder takes them from it. */
const CACHE_KIB = { reading: 16_384, building: 65_536, following: 16_384 };
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const TABLES = [
  CHECKPOINT_TABLES, CRISIS_TABLES, EVENT_TABLES, ENTRY_TABLES, DEVELOPMENT_TABLES, LISTING_TABLES, OCCURRENCE_TABLES, SLOT_TABLES, RECTANGLE_TABLES, MATTER_TABLES,
  DAY_COUNT_TABLES, DAY_TALLY_TABLES, DUE_TABLES, PARKED_TABLES, SUPPORT_TABLES,
  TEXT_TABLES,
]; // prettier-ignore

/** The file is not whole, or not what its name says: to be thrown away. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
}

/**
 * Where the read side of a store lies: another store or another version of the projection has another file, and so has each rebuild.
 * @param generation 0 for the first file, one more for each that was built beside the one before
 */
export function fileOf(folder: string, store: string, generation = 0): string {
  return join(folder, `read-side-${store}-v${PROJECTION_VERSION}${generation === 0 ? '' : `-${generation}`}.sqlite`);
}

/** Opens the file for the builder; makes it if it is not there. @throws DamagedFile */
export function openForBuilding(file: string, store: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  return opened(() => {
    const database = new DatabaseSync(file, { timeout: LOCK_WAIT_MS });
    // What a crash takes back is applied again from the log. The default checkpoint of the write-ahead log would hold the builder up.
    database.exec(
      `pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 0; pragma journal_size_limit = 0; pragma cache_size = -${CACHE_KIB.building}; pragma temp_store = memory`,
    );
    if (versionOf(database) === undefined) createTables(database, store);
    check(database, store);
    return database;
  });
}

/** To be called once a builder is level with the log: what it writes from then on touches fewer pages. */
export function follow(database: DatabaseSync): void {
  database.exec(`pragma cache_size = -${CACHE_KIB.following}`);
}

/** Opens the file that a builder has made. @throws DamagedFile */
export function openForReading(file: string, store: string): DatabaseSync {
  return opened(() => {
    const database = new DatabaseSync(file, { readOnly: true, timeout: LOCK_WAIT_MS });
    database.exec(`pragma cache_size = -${CACHE_KIB.reading}; pragma temp_store = memory`);
    check(database, store);
    return database;
  });
}

/** Another process (or another read side in this one) has this version's file open. */
export class ReadSideInUse extends Error {
  override readonly name = 'ReadSideInUse';
  constructor(readonly folder: string) {
    super(`The read side in ${folder} is in use by another process. Stop that one, or give this one a data folder of its own`);
  }
}

/** Keeps others from this version's files until it is closed, or the process ends however it ends. @throws ReadSideInUse */
export function takeLock(folder: string, store: string): Disposable {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `read-side-${store}-v${PROJECTION_VERSION}.lock`);
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    const { errcode } = error as { errcode?: number };
    if (errcode === SQLITE_BUSY) throw new ReadSideInUse(folder);
    if (errcode !== SQLITE_NOTADB) throw error;
    rmSync(file); // nobody can hold what is no database
    return takeLock(folder, store);
  }
}

/** The tables in an empty database. */
export function createTables(database: DatabaseSync, store: string): void {
  database.exec(`begin; ${TABLES.join('\n')} pragma application_id = ${APPLICATION_ID}; pragma user_version = ${PROJECTION_VERSION}`);
  new CheckpointRow(database).begin(store);
  database.exec('commit');
}

/** What a file is called while one group of its tables is built in it: see long-build.ts. */
export function partOf(file: string, group: Group): string {
  return `${file}-${group}`;
}

/** Opens a part of a file, and makes it if it is not there. A crash leaves nothing of use in it. @param store undefined: it is there */
export function openForLongBuild(part: string, store?: string): DatabaseSync {
  mkdirSync(dirname(part), { recursive: true });
  const database = new DatabaseSync(part);
  database.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536; pragma temp_store = memory');
  if (store !== undefined) createTables(database, store);
  return database;
}

export function removeParts(file: string): void {
  for (const group of GROUPS) rmSync(partOf(file, group), { force: true });
}

export function removeFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  removeParts(file);
}

/** In bytes, with what is still to be copied into it, and of what it is still to be made. */
export function sizeOf(file: string): number {
  const files = [file, `${file}-wal`, ...GROUPS.map((group) => partOf(file, group))];
  return files.reduce((sum, name) => sum + (statSync(name, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/**
 * The generation that answers: the last one that was put in service. What else is there of this version is of a rebuild that did
 * not come to its end, or of one that was to be removed: it is removed.
 */
export function chooseGeneration(folder: string, store: string): number {
  const found = generationsIn(folder, store);
  const serving = found.length < 2 ? found[0] : (found.findLast((each) => isInService(fileOf(folder, store, each), store)) ?? found[0]);
  for (const each of found) if (each !== serving) removeFile(fileOf(folder, store, each));
  return serving ?? 0;
}

/** Removes what other stores and earlier versions have left. To be called once this one has caught up. */
export function removeOthers(folder: string, store: string): void {
  for (const name of readdirSync(folder)) {
    const named = parseName(name);
    if (named !== undefined && (named.store !== store || named.version < PROJECTION_VERSION)) rmSync(join(folder, name), { force: true });
  }
}

function generationsIn(folder: string, store: string): number[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder)
    .filter((name) => !name.endsWith('.lock'))
    .map(parseName);
  const own = names.filter((named) => named?.store === store && named.version === PROJECTION_VERSION);
  return [...new Set(own.map((named) => named!.generation))].sort((a, b) => a - b);
}

function parseName(name: string): { store: string; version: number; generation: number } | undefined {
  const [, store, version, generation] =
    /^read-side-([a-z0-9]+)-v(\d+)(?:-(\d+))?\.(?:sqlite(?:-wal|-shm|-lists|-states)?|lock)$/.exec(name) ?? [];
  return store === undefined ? undefined : { store, version: Number(version), generation: Number(generation ?? 0) };
}

function isInService(file: string, store: string): boolean {
  try {
    using database = openForReading(file, store);
    return new CheckpointRow(database).isInService();
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/** Whether an error says that the file is damaged. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedFile) return true;
  const { code, errcode } = error as { code?: string; errcode?: number };
  return code === 'ERR_SQLITE_ERROR' && errcode !== undefined && [SQLITE_CORRUPT, SQLITE_NOTADB].includes(errcode & 0xff);
}

function opened(open: () => DatabaseSync): DatabaseSync {
  try {
    return open();
  } catch (error) {
    if (isDamage(error)) throw new DamagedFile((error as Error).message, { cause: error });
    throw error;
  }
}

function versionOf(database: DatabaseSync): number | undefined {
  const header = 'select application_id as application, user_version as version from pragma_application_id, pragma_user_version';
  const { application, version } = database.prepare(header).get() as { application: number; version: number };
  if (application === APPLICATION_ID) return version;
  const { tables } = database.prepare('select count(*) as tables from sqlite_schema').get() as { tables: number };
  if (application === 0 && version === 0 && tables === 0) return undefined;
  throw new DamagedFile("it is not a read side's file");
}

function check(database: DatabaseSync, store: string): void {
  const version = versionOf(database);
  if (version !== PROJECTION_VERSION) throw new DamagedFile(`it is of version ${version}`);
  const of = (database.prepare('select store from checkpoint').get() as { store: string } | undefined)?.store;
  if (of !== store) throw new DamagedFile(`it follows the log ${of}, not ${store}`);
}
