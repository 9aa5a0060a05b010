// The log that a release writes of the story, and how it is kept: a file for each version of the event types, never changed again.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decode } from '#crisis/event.js';
import { projectRoot } from '#crisis/testing/project-files.js';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import { openReadSide } from '#projections/open.js';
import type { EventStore, ExpectedRevision, Position, RecordedEvent, Revision } from '#event-store/port.js';
import { importLines } from '../../apps/tracker/import/import-lines.js';
import { createRecorder } from '../../apps/tracker/recording/create-recorder.js';
import { STORY } from './story.js';

export function keptLogFile(version: number): string {
  return join(projectRoot(), 'test', 'logs', `version-${version}.ndjson`);
}

/** A line for each event: what a store was given, the texts as they lie in the log. */
interface KeptEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export function keptText(events: readonly RecordedEvent[]): string {
  return events
    .map(({ stream, revision, id, type, data, metadata }): KeptEvent => ({ stream, revision: Number(revision), id, type, data, metadata }))
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
}

export function readKept(version: number): RecordedEvent[] {
  const lines = readFileSync(keptLogFile(version), 'utf8').trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as KeptEvent)
    .map((event, index) => ({ ...event, revision: BigInt(event.revision) as Revision, position: BigInt(index + 1) as Position }));
}

/** A log of one's own, for as long as it is used. */
export class ScratchLog implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-kept-log-'));
  store!: EventStore;

  static async open(events: readonly RecordedEvent[] = []): Promise<ScratchLog> {
    const log = new ScratchLog();
    log.store = await openEmbeddedStore({ folder: log.folder });
    for (const { stream, revision, id, type, data, metadata } of events) {
      const expected = revision === 0n ? 'no-stream' : ((revision - 1n) as ExpectedRevision);
      await log.store.append(stream, expected, [{ id, type, data, metadata }]);
    }
    return log;
  }

  events(): Promise<RecordedEvent[]> {
    return Array.fromAsync(this.store.readAll());
  }

  /** Sends the story, each line at its time. Gives the results of an import. @param decode how the recorder reads what is there */
  async tell(decode?: Decode): Promise<{ status: string }[]> {
    let now = 0;
    await using readSide = await this.#openReadSide();
    const recorder = createRecorder({ store: this.store, readSide, clock: () => now, ...(decode === undefined ? {} : { decode }) });
    const results: { status: string }[] = [];
    for (const { at, line } of STORY) {
      now = Date.parse(at);
      const input = (async function* () {
        yield Buffer.from(JSON.stringify(line));
      })();
      const fail = (error: unknown): void => {
        throw error;
      };
      const provenance = { recordedBy: 'desk', correlationId: 'kept' };
      for await (const text of importLines(input, { recorder, provenance, onError: fail })) results.push(JSON.parse(text));
    }
    return results;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #openReadSide() {
    const log = { kind: 'embedded', folder: this.folder } as const;
    const readSide = await openReadSide({ folder: join(this.folder, 'read-side'), store: this.store.id, log });
    return Object.assign(readSide, { [Symbol.asyncDispose]: () => readSide.close() });
  }
}
