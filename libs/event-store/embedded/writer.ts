// The writer's thread: commits what has gathered, tells the outcomes, and lets all threads know that there is news.
import { BroadcastChannel, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { StoreFileRefused, StoreInUse, channelOf, idOf, openForWriting } from './log-file.js';
import type { WritableLog } from './log-file.js';
import { FIELDS_OF_AN_EVENT, LogWriter } from './log-writer.js';
import type { AppendRequest } from './log-writer.js';
import { packOutcomes, unpackAppends } from './messages.js';
import type { FromWriter, ToWriter, WriterData } from './messages.js';

/** A commit of this many events takes about 20 ms; a larger one would only make its callers wait. */
const EVENTS_IN_A_COMMIT = 2_000;

const port = parentPort!;
const { folder } = workerData as WriterData;

try {
  serve(openForWriting(folder));
} catch (error) {
  const { name, message } = error as Error;
  tell({ kind: 'refused', name: error instanceof StoreInUse || error instanceof StoreFileRefused ? name : 'Error', message });
}

function serve({ database, lock }: WritableLog): void {
  const writer = new LogWriter(database);
  const commits = new BroadcastChannel(channelOf(folder));
  const waiting: AppendRequest[] = [];
  let closing = false;

  const take = (message: ToWriter) => {
    if (message.kind === 'close') closing = true;
    else for (const append of unpackAppends(message.appends)) waiting.push(append);
  };

  const commit = (group: AppendRequest[]) => {
    const before = writer.head;
    tell({ kind: 'outcomes', outcomes: packOutcomes(writer.commit(group)) });
    if (writer.head > before) commits.postMessage(writer.head);
  };

  port.on('message', (message: ToWriter) => {
    take(message);
    for (;;) {
      // What came in while the last commit was under way is part of the next one.
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
        take(next.message as ToWriter);
      }
      if (waiting.length === 0) break;
      commit(takeGroup(waiting));
    }
    if (closing) {
      port.close();
      commits.close();
      database.close();
      lock.close();
    }
  });
  tell({ kind: 'ready', id: idOf(database) });
}

function takeGroup(waiting: AppendRequest[]): AppendRequest[] {
  let events = 0;
  let appends = 0;
  while (appends < waiting.length && events < EVENTS_IN_A_COMMIT) events += waiting[appends++]!.fields.length / FIELDS_OF_AN_EVENT;
  return waiting.splice(0, appends);
}

function tell(message: FromWriter): void {
  port.postMessage(message);
}
