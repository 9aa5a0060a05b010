// How far the log is applied. Written in the same transaction as the rows, so that each event counts exactly once.
import type { DatabaseSync } from 'node:sqlite';

export const CHECKPOINT_TABLES = `
  create table checkpoint (
    one integer primary key check (one = 1),
    store text not null,
    position integer not null,
    true_time integer not null,
    in_service integer not null
  ) strict;`;

export interface Checkpoint {
  readonly position: number;
  /** The latest true time (ms) of any event so far: when it was recorded by the clock, whatever record time an import gave it. */
  readonly trueTime: number;
}

export class CheckpointRow {
  readonly #read;
  readonly #write;
  readonly #isInService;

  constructor(private readonly database: DatabaseSync) {
    this.#read = database.prepare('select position, true_time as trueTime from checkpoint');
    this.#write = database.prepare('update checkpoint set position = ?, true_time = ?');
    this.#isInService = database.prepare('select in_service as inService from checkpoint');
  }

  read(): Checkpoint {
    return this.#read.get() as unknown as Checkpoint;
  }

  write({ position, trueTime }: Checkpoint): void {
    this.#write.run(position, trueTime);
  }

  /** Of a new file. @param store whose log it follows */
  begin(store: string): void {
    this.database.prepare('insert into checkpoint values (1, ?, 0, 0, 0)').run(store);
  }

  /** Whether the file is the one that answers, not one that is being built beside it. */
  isInService(): boolean {
    return (this.#isInService.get() as { inService: number }).inService === 1;
  }

  putInService(): void {
    this.database.exec('update checkpoint set in_service = 1');
  }
}
