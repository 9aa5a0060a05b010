// The thread that builds what is listed and counted while the builder's own builds the rest: see long-build.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { openLog } from './log-source.js';
import { buildPart, type FromPart, type PartOptions } from './long-build.js';
import { stepBack } from './step-back.js';

const { file, log, upTo } = workerData as PartOptions;

stepBack();
const store = await openLog(log);
try {
  // Who wants it to stop ends the thread.
  const isBuilt = await buildPart(store, { file, group: 'lists', upTo, signal: new AbortController().signal });
  parentPort!.postMessage((isBuilt ? 'built' : 'left') satisfies FromPart);
} finally {
  await store.close();
}
