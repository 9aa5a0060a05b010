// The log's file: how it looks, who may write to it, and which files are refused.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const FILE = 'events.sqlite';
const LOCK = 'events.lock';
const SCHEMA_VERSION = 1;
/** "Prly". SQLite keeps it in the file's header, so that another program's file is never taken for ours. */
const APPLICATION_ID = 0x50726c79;
const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;
/** How long a statement waits for another connection's lock, in milliseconds. Only a recovery or a stranger holds one. */
const LOCK_WAIT = 5_000;

/** Another process (or another store in this one) writes to the folder. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse';
  constructor(readonly folder: string) {
    super(
      `The event log in ${folder} is open for writing elsewhere, and only one process may write to it. ` +
        'Stop the other one, or give this one a folder of its own',
    );
  }
}

/** The file is none that this version of Parley may open. Nothing in it was changed. */
export class StoreFileRefused extends Error {
  override readonly name = 'StoreFileRefused';
}

export interface WritableLog {
  readonly database: DatabaseSync;
  /** Held until it is closed or the process ends, however it ends. */
  readonly lock: DatabaseSync;
}

/**
 * Opens the log in a folder for writing; creates folder and log where there are none.
 * Guarantees that no second writer of the same folder exists on this machine; not so on network file systems
 * without working locks.
 * @throws StoreInUse
 * @throws StoreFileRefused a foreign file, or one of a newer version
 */
export function openForWriting(folder: string): WritableLog {
  mkdirSync(folder, { recursive: true });
  const lock = takeLock(folder);
  let database: DatabaseSync | undefined;
  try {
    const file = join(folder, FILE);
    database = new DatabaseSync(file, { timeout: LOCK_WAIT });
    const state = inspect(database, file);
    // A checkpoint stops the writer for some 10 ms: every 16 MB, not every 4 MB as by default.
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000');
    if (state === 'empty') create(database);
    // What a killed writer left may be in the page cache only. Checkpointing syncs it, so that a repeat of it, which
    // writes nothing, is not acknowledged on less than the disk.
    database.exec('pragma wal_checkpoint(truncate)');
    return { database, lock };
  } catch (error) {
    database?.close();
    lock.close();
    throw error;
  }
}

/**
 * Opens the log in a folder for reading only, beside its writer and any other readers.
 * @throws StoreFileRefused no log there yet, a foreign file, or one of a newer version
 */
export function openForReading(folder: string): DatabaseSync {
  const file = join(folder, FILE);
  if (!existsSync(file)) {
    throw new StoreFileRefused(`There is no event log in ${folder} yet. Open it for writing once, that creates it`);
  }
  const database = new DatabaseSync(file, { readOnly: true, timeout: LOCK_WAIT });
  try {
    if (inspect(database, file) === 'empty') {
      throw new StoreFileRefused(`The event log ${file} is empty. Open it for writing once, that completes it`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The name under which the threads of this process tell each other of commits to a folder's log. */
export function channelOf(folder: string): string {
  return `parley-event-log:${realpathSync(folder)}`;
}

/** @returns the id that was drawn when the log was created */
export function idOf(database: DatabaseSync): string {
  return (database.prepare('select id from log').get() as { id: string }).id;
}

// A lock on a file of its own: readers of the log never meet it, and the system lets go of it even after `kill -9`.
function takeLock(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, LOCK), { timeout: 0 });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    if (codeOf(error) === SQLITE_BUSY) throw new StoreInUse(folder);
    if (codeOf(error) === SQLITE_NOTADB) throw new StoreFileRefused(`${join(folder, LOCK)} is not Parley's lock: move it away`);
    throw error;
  }
}

function inspect(database: DatabaseSync, file: string): 'ours' | 'empty' {
  const { application, version, tables } = headerOf(database, file);
  if (application === 0 && version === 0 && tables === 0) return 'empty';
  if (application !== APPLICATION_ID) {
    throw new StoreFileRefused(`${file} is not an event log of Parley but another program's database: move it away`);
  }
  if (version > SCHEMA_VERSION) {
    throw new StoreFileRefused(
      `The event log ${file} has version ${version}, and this Parley knows versions up to ${SCHEMA_VERSION}: use a newer Parley`,
    );
  }
  return 'ours';
}

function headerOf(database: DatabaseSync, file: string): { application: number; version: number; tables: number } {
  const header = `select application_id as application, user_version as version, (select count(*) from sqlite_schema) as tables
    from pragma_application_id, pragma_user_version`;
  try {
    return database.prepare(header).get() as { application: number; version: number; tables: number };
  } catch (error) {
    if (codeOf(error) === SQLITE_NOTADB) {
      throw new StoreFileRefused(`${file} is not an event log of Parley, nor any SQLite database: move it away`);
    }
    throw error;
  }
}

// The header's two numbers are part of the transaction: a file is either nothing yet or whole.
function create(database: DatabaseSync): void {
  database.exec(`
    begin immediate;
    create table log (id text not null) strict;
    create table stream (number integer primary key, name text not null unique) strict;
    create table event (
      position integer primary key,
      stream   integer not null, -- stream.number; unchecked, for speed: one writer sets both
      revision integer not null,
      id       text not null,
      type     text not null,
      data     text not null,
      metadata text not null,
      unique (stream, revision)
    ) strict;
    create trigger event_is_never_edited before update on event begin select raise(abort, 'events are never edited'); end;
    create trigger event_is_never_removed before delete on event begin select raise(abort, 'events are never removed'); end;
    insert into log values ('${randomBytes(8).toString('hex')}');
    pragma application_id = ${APPLICATION_ID};
    pragma user_version = ${SCHEMA_VERSION};
    commit`);
}

function codeOf(error: unknown): number | undefined {
  // The low byte is SQLite's primary code, the rest its extension.
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}
