// The builder's thread: follows the log and applies it to the file, rows and checkpoint in one transaction.
import { existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Position, Subscription } from '#event-store/port.js';
import { Builder, NotApplicable } from './building.js';
import { follow, isDamage, openForBuilding, removeOthers } from './file.js';
import { openLog } from './log-source.js';
import { buildFromLongLog } from './long-build.js';
import type { BuilderOptions, BuilderState, FromBuilder, ToBuilder } from './messages.js';
import { stepBack } from './step-back.js';

const { file, folder, log, store: storeId, inService, strict } = workerData as BuilderOptions;
const tell = (message: FromBuilder): void => parentPort!.postMessage(message);

let subscription: Subscription | undefined;
let builder: Builder | undefined;
let isServing = inService;
const closing = new AbortController();
/** Events that were applied before the builder began. */
let appliedBefore = 0;
parentPort!.on('message', ({ kind }: ToBuilder) => {
  if (kind === 'put-in-service') {
    isServing = true;
    builder?.putInService();
  } else {
    closing.abort();
    void subscription?.close();
  }
});

stepBack();
try {
  await build();
} catch (error) {
  if (error instanceof NotApplicable) tell({ kind: 'stopped', obstacle: error.event });
  else if (isDamage(error)) tell({ kind: 'damaged', reason: (error as Error).message });
  else throw error;
} finally {
  parentPort!.close();
}

async function build(): Promise<void> {
  const store = await openLog(log);
  try {
    if (!existsSync(file) && !(await buildFromLongLog(store, { file, log, signal: closing.signal, told: underWay }))) appliedBefore = 0;
    if (closing.signal.aborted) return;
    using database = openForBuilding(file, storeId);
    const making: Builder = new Builder(
      database,
      {
        committed: (crises) => tell({ kind: 'committed', state: stateOf(making), crises }),
        level: () => {
          follow(database);
          if (isServing) removeOthers(folder, storeId);
        },
        interrupted: (reason) => tell({ kind: 'interrupted', reason }),
        writeAheadLogSize: () => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0,
        syncWriteAheadLog: () => sync(`${file}-wal`),
      },
      { strict },
    );
    builder = making;
    if (isServing) builder.putInService();
    tell({ kind: 'ready', state: stateOf(builder) });
    subscription = store.subscribeToAll({ after: builder.position, batchSize: 1_000 });
    for await (const message of subscription) {
      if (message.kind === 'events') {
        builder.apply(message.events);
        if (builder.rest > 0) await setTimeout(builder.rest);
      } else if (message.kind === 'caught-up') builder.level();
      else builder.interrupted(message.reason);
    }
    builder.end();
  } finally {
    await store.close();
  }
}

function underWay(position: Position, applied: number): void {
  appliedBefore += applied;
  tell({ kind: 'under-way', position: Number(position), applied: appliedBefore });
}

function stateOf(making: Builder): BuilderState {
  const state = making.state();
  return { ...state, applied: appliedBefore + state.applied };
}

async function sync(path: string): Promise<void> {
  await using handle = await open(path, 'r+');
  await handle.datasync();
}
