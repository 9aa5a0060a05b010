// A read side on a real log, with its threads and its files.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import type { EventStore, ExpectedRevision, Position, RecordedEvent } from '#event-store/port.js';
import { openReadSide } from '../open.js';
import type { ReadSide } from '../read-side.js';
import { CRISES } from './history.js';
import { NOW } from './points.js';

export class OnLog {
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-read-side-'));
  readonly reads = join(this.folder, 'read-side');
  store!: EventStore;
  readSide!: ReadSide;

  static async create(events: readonly RecordedEvent[]): Promise<OnLog> {
    const made = new OnLog();
    made.store = await openEmbeddedStore({ folder: made.folder });
    await made.write(events);
    return made;
  }

  async open(): Promise<ReadSide> {
    this.readSide = await openReadSide({ folder: this.reads, store: this.store.id, log: { kind: 'embedded', folder: this.folder } });
    await this.level();
    return this.readSide;
  }

  /** Writes events in their order; gives the last one's position. */
  async write(events: readonly RecordedEvent[]): Promise<Position> {
    let last = 0n as Position;
    for (const { stream, revision, id, type, data, metadata } of events) {
      const expected = revision === 0n ? 'no-stream' : ((revision - 1n) as ExpectedRevision);
      last = (await this.store.append(stream, expected, [{ id, type, data, metadata }])).positions[0]!;
    }
    return last;
  }

  /** All that is in the log is applied. */
  async level(): Promise<void> {
    if (!(await this.readSide.reached(await this.store.head(), 60_000))) throw new Error('It does not come to the end of the log');
  }

  /** What it says of every crisis. */
  async everything(): Promise<string[]> {
    const later = { asOf: NOW, knownAt: NOW, now: NOW };
    const bodies = CRISES.flatMap((crisis) => [
      this.readSide.ask('tracks', { crisis, ...later }),
      this.readSide.ask('timeline', { crisis, ...later, filter: {}, order: 'oldest', limit: 500 }),
      this.readSide.ask('crisis', { crisis, ...later }),
    ]);
    return (await Promise.all(bodies)).map(({ body }) => body);
  }

  /** Resolves once a rebuild has come to its end. */
  async rebuilt(): Promise<void> {
    while (this.readSide.status.rebuild !== null) await sleep(5);
  }

  async remove(): Promise<void> {
    await this.readSide?.close();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
