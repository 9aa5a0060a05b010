// A process that appends until it is killed: writing-process.js <folder> <writers> <acknowledged batches of each, as JSON>
// Prints a line for each acknowledgement, after the append has resolved. All that it sends follows from the writer and the
// number of the batch, so that a batch whose outcome the last process did not learn is repeated unchanged.
import { writeSync } from 'node:fs';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import { appendOf } from './appends.js';

/** The pipe does not block, and whoever reads it may be slow: EAGAIN says that it is full. */
function tell(line: object): void {
  let bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

const [folder, writers, acknowledged] = [process.argv[2]!, Number(process.argv[3]), JSON.parse(process.argv[4]!) as number[]];

try {
  const store = await openEmbeddedStore({ folder });
  tell({ kind: 'open' });
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let batch = acknowledged[writer] ?? 0; ; batch++) {
        const { stream, expected, events } = appendOf(writer, batch);
        const { revision, positions } = await store.append(stream, expected, events);
        tell({ kind: 'acknowledged', writer, batch, revision: Number(revision), positions: positions.map(Number) });
      }
    }),
  );
} catch (error) {
  const { name, message } = error as Error;
  tell({ kind: 'failed', name, message });
}
