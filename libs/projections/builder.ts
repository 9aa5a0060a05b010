// The builder's thread: follows the log and applies it to the file, rows and checkpoint in one transaction.
import { readlinkSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Subscription } from '#event-store/port.js';
import { Builder, NotApplicable } from './building.js';
import { follow, isDamage, openForBuilding, removeOthers } from './file.js';
import { openLog } from './log-source.js';
import type { BuilderOptions, FromBuilder, ToBuilder } from './messages.js';

const { file, folder, log, store: storeId, inService, strict } = workerData as BuilderOptions;
const tell = (message: FromBuilder): void => parentPort!.postMessage(message);

let subscription: Subscription | undefined;
let builder: Builder | undefined;
let isServing = inService;
let closing = false;
parentPort!.on('message', ({ kind }: ToBuilder) => {
  if (kind === 'put-in-service') {
    isServing = true;
    builder?.putInService();
  } else {
    closing = true;
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
  using database = openForBuilding(file, storeId);
  const store = await openLog(log);
  try {
    if (closing) return;
    const making: Builder = new Builder(
      database,
      {
        committed: (crises) => tell({ kind: 'committed', state: making.state(), crises }),
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
    tell({ kind: 'ready', state: builder.state() });
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

async function sync(path: string): Promise<void> {
  await using handle = await open(path, 'r+');
  await handle.datasync();
}

/** Where cores are short, recording and answering go before catching up. On systems that set the priority of whole processes only, nothing. */
function stepBack(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 10);
  } catch {
    // no such thing here
  }
}
