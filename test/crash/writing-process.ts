// A process that appends until it is killed: writing-process.js <folder> <writers> <acknowledged batches of each, as JSON>
// Prints a line for each acknowledgement, after the append has resolved. All that it sends follows from the writer and the
// number of the batch, so that a batch whose outcome the last process did not learn is repeated unchanged.
import { writeSync } from 'node:fs';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import { appendOf } from './appends.js';

const [folder, writers, acknowledged] = [process.argv[2]!, Number(process.argv[3]), JSON.parse(process.argv[4]!) as number[]];

try {
  const store = await openEmbeddedStore({ folder });
  writeSync(1, `${JSON.stringify({ kind: 'open' })}\n`);
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let batch = acknowledged[writer] ?? 0; ; batch++) {
        const { stream, expected, events } = appendOf(writer, batch);
        const { revision, positions } = await store.append(stream, expected, events);
        writeSync(
          1,
          `${JSON.stringify({ kind: 'acknowledged', writer, batch, revision: Number(revision), positions: positions.map(Number) })}\n`,
        );
      }
    }),
  );
} catch (error) {
  const { name, message } = error as Error;
  writeSync(1, `${JSON.stringify({ kind: 'failed', name, message })}\n`);
}
