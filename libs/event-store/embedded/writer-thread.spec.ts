import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../port.js';
import { WriterThread } from './writer-thread.js';

const someAppend = (stream: string) => ({ stream, expected: -1, fields: [randomUUID(), 'StatementMade', '{}', '{}'] });

describe("the writer's thread", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-thread-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('when it dies, what was sent is of unknown outcome, and nothing more is taken', async () => {
    const thread = await WriterThread.start(folder);
    const sent = thread.append(someAppend('a'));
    await new Promise(setImmediate);
    const killed = kill(thread);
    const gathered = thread.append(someAppend('b'));
    const [first, second] = await Promise.allSettled([sent, gathered]);
    await killed;
    // The first may have been quicker than its killer.
    if (first.status === 'rejected') expect(first.reason).toBeInstanceOf(OutcomeUnknown);
    expect(second).toMatchObject({ status: 'rejected' });
    await expect(thread.append(someAppend('c'))).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(thread.append(someAppend('c'))).rejects.toThrow('restart the process');
    await thread.close();
  });

  test('when it is dead, its folder is free', async () => {
    const dead = await WriterThread.start(folder);
    await kill(dead);
    const thread = await WriterThread.start(folder);
    expect(thread.id).toBe(dead.id);
    expect(await thread.append(someAppend('a'))).toEqual({ kind: 'appended', revision: 0, positions: [1] });
    await thread.close();
  });

  test('more appends than a commit takes come out in their order', async () => {
    const thread = await WriterThread.start(folder);
    const outcomes = await Promise.all(Array.from({ length: 7_000 }, (_, n) => thread.append(someAppend(`s-${n}`))));
    expect(outcomes.map((outcome) => outcome.kind === 'appended' && outcome.positions[0])).toEqual(outcomes.map((_, n) => n + 1));
    await thread.close();
  });
});

async function kill(thread: WriterThread): Promise<void> {
  await (thread as unknown as { worker: Worker }).worker.terminate();
}
