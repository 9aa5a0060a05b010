// The builder's thread: follows the log and applies it to the file, rows and checkpoint in one transaction.
import { readlinkSync, statSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Subscription } from '#event-store/port.js';
import { Builder } from './building.js';
import { fileOf, isDamage, openForBuilding, removeOthers } from './file.js';
import { openLog } from './log-source.js';
import type { FromBuilder, ThreadOptions, ToBuilder } from './messages.js';

const { folder, log, store: storeId } = workerData as ThreadOptions;
const tell = (message: FromBuilder): void => parentPort!.postMessage(message);

let subscription: Subscription | undefined;
let closing = false;
parentPort!.on('message', (message: ToBuilder) => {
  if (message.kind !== 'close') return;
  closing = true;
  void subscription?.close();
});

stepBack();
try {
  await build();
} catch (error) {
  if (!isDamage(error)) throw error;
  tell({ kind: 'damaged', reason: (error as Error).message });
} finally {
  parentPort!.close();
}

async function build(): Promise<void> {
  using database = openForBuilding(folder, storeId);
  const store = await openLog(log);
  try {
    if (closing) return;
    const builder: Builder = new Builder(database, {
      committed: (crises) => tell({ kind: 'committed', state: builder.state(), crises }),
      level: () => removeOthers(folder, storeId),
      interrupted: (reason) => tell({ kind: 'interrupted', reason }),
      writeAheadLogSize: () => statSync(`${fileOf(folder, storeId)}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    });
    tell({ kind: 'ready', state: builder.state() });
    subscription = store.subscribeToAll({ after: builder.position, batchSize: 1_000 });
    for await (const message of subscription) {
      if (message.kind === 'events') builder.apply(message.events);
      else if (message.kind === 'caught-up') builder.level();
      else builder.interrupted(message.reason);
    }
    builder.end();
  } finally {
    await store.close();
  }
}

/** Where cores are short, recording and answering go before catching up. On systems that set the priority of whole processes only, nothing. */
function stepBack(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 10);
  } catch {
    // no such thing here
  }
}
