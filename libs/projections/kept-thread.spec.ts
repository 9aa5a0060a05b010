import { afterEach, describe, expect, it } from '@jest/globals';
import { KeptThread } from './kept-thread.js';

type To = { readonly kind: 'close' } | { readonly kind: 'break' };

/** Says how often it was started; breaks down or ends when it is told to. */
const PROGRAM = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads';
    parentPort.on('message', ({ kind }) => {
      if (kind === 'break') throw new Error('as it was told');
      parentPort.close();
    });
    parentPort.postMessage(workerData);`)}`,
);

let thread: KeptThread<To, string> | undefined;
afterEach(() => thread?.close({ kind: 'close' }));

describe('a kept thread', () => {
  it('is started again when it has broken down, and says why it did', async () => {
    const { messages, reasons } = start();
    await happens(() => messages.length === 1);
    thread!.post({ kind: 'break' });
    await happens(() => messages.length === 2);
    expect(messages).toEqual(['hello', 'hello']);
    expect(reasons).toEqual(['as it was told']);
  });

  it('is not started again once it is closed, also while it waits to be', async () => {
    const { messages } = start();
    await happens(() => messages.length === 1);
    thread!.post({ kind: 'break' });
    await thread!.close({ kind: 'close' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(messages).toHaveLength(1);
  });

  it('can be killed and started by hand', async () => {
    const { messages, reasons } = start();
    await happens(() => messages.length === 1);
    await thread!.kill();
    thread!.start();
    await happens(() => messages.length === 2);
    expect(reasons).toEqual([]);
  });
});

function start(): { messages: string[]; reasons: string[] } {
  const messages: string[] = [];
  const reasons: string[] = [];
  thread = new KeptThread(PROGRAM, 'hello', { onMessage: (message) => messages.push(message), onDown: (reason) => reasons.push(reason) });
  thread.start();
  return { messages, reasons };
}

async function happens(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
