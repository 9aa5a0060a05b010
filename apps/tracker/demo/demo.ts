// The January 2022 crisis, filled into an empty embedded store; into one left half filled, what is missing.
import { createReadStream, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crisisStream } from '#crisis/event.js';
import { START, type EventStore, type Position } from '#event-store/port.js';
import { importLines } from '../import/import-lines.js';
import type { Log } from '../log.js';
import type { Recorder } from '../recording/recorder.js';

export const DEMO_CRISIS = 'nato-russia-2022';
const FILE = `data/${DEMO_CRISIS}.ndjson`;

/** `off`: not asked for, or the store holds other crises. */
export type DemoState = 'off' | 'filling' | 'filled' | 'failed';

export interface DemoParts {
  readonly store: EventStore;
  readonly recorder: Recorder;
  readonly log: Log;
}

export class Demo {
  #state: DemoState;
  #filledUpTo: Position = START;

  constructor(private readonly wanted: boolean) {
    // Until it is known what the store holds, nobody is told that all is there.
    this.#state = wanted ? 'filling' : 'off';
  }

  get state(): DemoState {
    return this.#state;
  }

  /** Where the log stood when all was filled in. */
  get filledUpTo(): Position {
    return this.#filledUpTo;
  }

  /** Fills the store if there is something to fill. Never rejects: the service runs without its demo. */
  async run({ store, recorder, log }: DemoParts, signal: AbortSignal): Promise<void> {
    if (!this.wanted) return;
    try {
      const state = (await isToBeFilled(store)) ? await fill(recorder, log, signal) : 'off';
      if (state !== 'off') this.#filledUpTo = await store.head();
      this.#state = state;
    } catch (error) {
      if (!signal.aborted) log.error(`The crisis ${DEMO_CRISIS} could not be filled in; PARLEY_DEMO=off starts without it`, error);
      this.#state = 'failed';
    }
  }
}

async function isToBeFilled(store: EventStore): Promise<boolean> {
  if ((await store.head()) === START) return true;
  for await (const _event of store.readStream(crisisStream(DEMO_CRISIS), { limit: 1 })) return true;
  return false;
}

async function fill(recorder: Recorder, log: Log, signal: AbortSignal): Promise<DemoState> {
  const file = demoFile();
  if (file === undefined) throw new Error(`${FILE} is not there`);
  const provenance = { recordedBy: 'parley-demo', correlationId: 'parley-demo' };
  let recorded = 0;
  let rejected = 0;
  const onError = (error: unknown): void => log.error('A line of the demo failed', error);
  for await (const chunk of importLines(createReadStream(file), { recorder, provenance, onError, signal })) {
    for (const text of chunk.trimEnd().split('\n')) {
      const { line, status, problem } = JSON.parse(text) as { line: number; status: string; problem?: { detail: string } };
      if (status === 'recorded') recorded++;
      if (status !== 'rejected') continue;
      rejected++;
      log.warn(`${FILE}:${line} was not filled in: ${problem?.detail}`);
    }
  }
  if (recorded > 0) log.info(`Filled in the crisis ${DEMO_CRISIS}: ${recorded} events`);
  return rejected === 0 ? 'filled' : 'failed';
}

/** From the project's root, which is above the build that this runs from. */
function demoFile(): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, FILE);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}
