// How far the log is applied. Written in the same transaction as the rows, so that each event counts exactly once.
import type { DatabaseSync } from 'node:sqlite';

export const CHECKPOINT_TABLES = `
  create table checkpoint (
    one integer primary key check (one = 1),
    store text not null,
    position integer not null,
    true_time integer not null
  ) strict;`;

export interface Checkpoint {
  readonly position: number;
  /** The latest true time (ms) of any event so far: when it was recorded by the clock, whatever record time an import gave it. */
  readonly trueTime: number;
}

export class CheckpointRow {
  readonly #read;
  readonly #write;

  constructor(private readonly database: DatabaseSync) {
    this.#read = database.prepare('select position, true_time as trueTime from checkpoint');
    this.#write = database.prepare('update checkpoint set position = ?, true_time = ?');
  }

  read(): Checkpoint {
    return this.#read.get() as unknown as Checkpoint;
  }

  write({ position, trueTime }: Checkpoint): void {
    this.#write.run(position, trueTime);
  }

  /** Of a new file. @param store whose log it follows */
  begin(store: string): void {
    this.database.prepare('insert into checkpoint values (1, ?, 0, 0)').run(store);
  }
}
