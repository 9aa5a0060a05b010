// The file in which webhooks and the state of their deliveries are kept. Unlike the read side's, it cannot be built again from the log.
//
// Guarantees: what was registered is on disk when that returns; what is noted of deliveries survives the end of the process, however
// it comes. Non-guarantee: a power cut may take back the latest notes of deliveries (never registrations), and then what
// they tell of is delivered again. So no delivery waits for the disk, on whose thread the whole service runs.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LaneRecord, ParkedMessage, Webhook } from './webhook.js';

/** "PrlW", in the file's header. */
const APPLICATION_ID = 0x50726c57;
const VERSION = 1;
const LOCK_WAIT_MS = 1000;

const TABLES = `
  create table webhook (
    id text primary key,
    url text not null,
    crisis text,
    filter text not null,
    secret text not null,
    log text not null,
    created integer not null,
    position integer not null,
    disabled text,
    disabled_at integer
  ) strict;
  create table lane (
    webhook text not null,
    crisis text not null,
    track text not null,
    after integer not null,
    detached integer not null,
    failure text,
    primary key (webhook, crisis, track)
  ) strict, without rowid;
  create table parked (
    webhook text not null,
    position integer not null,
    id text not null,
    message text not null,
    primary key (webhook, position)
  ) strict, without rowid;
  create index parked_by_id on parked (webhook, id);`;

/** It is not what its name says, or damaged, or of a later release. */
export class WebhookFileUnusable extends Error {
  override readonly name = 'WebhookFileUnusable';
}

export class WebhookFile implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements;

  /** Makes the file if it is not there. @throws WebhookFileUnusable */
  static open(file: string): WebhookFile {
    try {
      return new WebhookFile(file);
    } catch (error) {
      if (error instanceof WebhookFileUnusable) throw error;
      throw new WebhookFileUnusable(`The webhooks in ${file} cannot be read (${(error as Error).message})`, { cause: error });
    }
  }

  private constructor(file: string) {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file, { timeout: LOCK_WAIT_MS });
    this.#database = database;
    database.exec('pragma journal_mode = wal; pragma synchronous = normal');
    const { application_id: application } = database.prepare('pragma application_id').get() as { application_id: number };
    const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number };
    if (application === 0 && version === 0) {
      this.#durably(() => database.exec(`${TABLES} pragma application_id = ${APPLICATION_ID}; pragma user_version = ${VERSION}`));
    } else if (application !== APPLICATION_ID || version !== VERSION) {
      throw new WebhookFileUnusable(`${file} is no file of webhooks that this release can read`);
    }
    this.#statements = {
      all: database.prepare('select * from webhook order by id'),
      put: database.prepare('insert or replace into webhook values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
      remove: ['webhook where id', 'lane where webhook', 'parked where webhook'].map((of) => database.prepare(`delete from ${of} = ?`)),
      move: database.prepare('update webhook set position = ? where id = ?'),
      lanes: database.prepare('select crisis, track, after, detached, failure from lane where webhook = ?'),
      putLane: database.prepare('insert or replace into lane values (?, ?, ?, ?, ?, ?)'),
      dropLanesBehind: database.prepare('delete from lane where webhook = ? and detached = 0 and after <= ?'),
      dropLanesFrom: database.prepare('delete from lane where webhook = ? and after >= ?'),
      retryLanes: database.prepare(
        "update lane set failure = json_set(failure, '$.next', json_extract(failure, '$.since')) where webhook = ? and failure is not null",
      ),
      park: database.prepare('insert or replace into parked values (?, ?, ?, ?)'),
      parked: database.prepare('select message from parked where webhook = ? order by position limit ?'),
      parkedOne: database.prepare('select message from parked where webhook = ? and id = ?'),
      parkedCount: database.prepare('select count(*) as count from parked where webhook = ?'),
      allParkedCount: database.prepare('select count(*) as count from parked'),
      unpark: database.prepare('delete from parked where webhook = ? and id = ?'),
      unparkAfter: database.prepare('delete from parked where webhook = ? and position > ?'),
    };
  }

  all(): Webhook[] {
    const rows = this.#statements.all.all() as unknown as WebhookRow[];
    return rows.map(({ filter, created, disabled, disabled_at: at, ...row }) => ({
      ...row,
      filter: JSON.parse(filter) as Webhook['filter'],
      createdAt: created,
      disabled: disabled === null ? null : { reason: disabled, at: at! },
    }));
  }

  /** Registers a webhook or amends it. What failed before is tried at once. */
  put({ id, url, crisis, filter, secret, log, createdAt, position, disabled }: Webhook): void {
    this.#durably(() => {
      const at = disabled?.at ?? null;
      this.#statements.put.run(id, url, crisis, JSON.stringify(filter), secret, log, createdAt, position, disabled?.reason ?? null, at);
      this.#statements.retryLanes.run(id);
    });
  }

  /** Removes a webhook and all that is kept of it. */
  remove(id: string): void {
    this.#durably(() => this.#statements.remove.forEach((statement) => statement.run(id)));
  }

  /** All after a position is to be delivered again; what is owed from before it stays owed. */
  goBack(id: string, from: number): void {
    this.#durably(() => {
      this.#statements.move.run(from, id);
      this.#statements.dropLanesFrom.run(id, from);
      this.#statements.retryLanes.run(id);
      this.#statements.unparkAfter.run(id, from);
    });
  }

  lanes(id: string): LaneRecord[] {
    const rows = this.#statements.lanes.all(id) as unknown as (Omit<LaneRecord, 'detached' | 'failure'> & {
      detached: number;
      failure: string | null;
    })[];
    return rows.map(({ detached, failure, ...lane }) => ({
      ...lane,
      detached: detached === 1,
      failure: failure === null ? null : (JSON.parse(failure) as LaneRecord['failure']),
    }));
  }

  /**
   * Notes how far the deliveries of a webhook have come: it, and one of its tracks.
   * @param parked the message of the track that was given up, if it was
   */
  note(id: string, position: number, lane?: LaneRecord, parked?: ParkedMessage): void {
    this.#atOnce(() => {
      this.#statements.move.run(position, id);
      if (lane !== undefined) {
        const { crisis, track, after, detached, failure } = lane;
        this.#statements.putLane.run(id, crisis, track, after, Number(detached), failure === null ? null : JSON.stringify(failure));
      }
      if (parked !== undefined) this.#statements.park.run(id, parked.position, parked.id, JSON.stringify(parked));
      this.#statements.dropLanesBehind.run(id, position);
    });
  }

  /** In the log's order. */
  parked(id: string, limit: number): ParkedMessage[] {
    return (this.#statements.parked.all(id, limit) as { message: string }[]).map(({ message }) => JSON.parse(message) as ParkedMessage);
  }

  parkedMessage(id: string, message: string): ParkedMessage | undefined {
    const row = this.#statements.parkedOne.get(id, message) as { message: string } | undefined;
    return row && (JSON.parse(row.message) as ParkedMessage);
  }

  /** @param id of all webhooks, if it is left out */
  parkedCount(id?: string): number {
    const { parkedCount, allParkedCount } = this.#statements;
    return ((id === undefined ? allParkedCount.get() : parkedCount.get(id)) as { count: number }).count;
  }

  /** One more attempt at a parked message has failed. */
  parkAgain(id: string, message: ParkedMessage): void {
    this.#statements.park.run(id, message.position, message.id, JSON.stringify(message));
  }

  unpark(id: string, message: string): void {
    this.#statements.unpark.run(id, message);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** On disk when it returns. */
  #durably(write: () => void): void {
    this.#database.exec('pragma synchronous = full');
    try {
      this.#atOnce(write);
    } finally {
      this.#database.exec('pragma synchronous = normal');
    }
  }

  #atOnce(write: () => void): void {
    this.#database.exec('begin immediate');
    try {
      write();
      this.#database.exec('commit');
    } catch (error) {
      this.#database.exec('rollback');
      throw error;
    }
  }
}

interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly crisis: string | null;
  readonly filter: string;
  readonly secret: string;
  readonly log: string;
  readonly created: number;
  readonly position: number;
  readonly disabled: string | null;
  readonly disabled_at: number | null;
}
