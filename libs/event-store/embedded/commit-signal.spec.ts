import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CommitSignal } from './commit-signal.js';
import { channelOf } from './log-file.js';

const NEVER = 3_600_000;

describe('the signal of commits', () => {
  let folder: string;
  let writer: BroadcastChannel;
  const signals: CommitSignal[] = [];

  const signal = (pollInterval: number) => {
    const made = new CommitSignal(folder, pollInterval);
    signals.push(made);
    return made;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-signal-'));
    writer = new BroadcastChannel(channelOf(folder));
  });
  afterEach(() => {
    for (const made of signals.splice(0)) made.close();
    writer.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('ends a wait for a commit, also one that begins after it was told', async () => {
    const commits = signal(NEVER);
    const waiting = commits.after(41);
    writer.postMessage(42);
    await waiting.over;
    await commits.after(41).over;
    await commits.after(0).over;
  });

  test('lets go on waiting those who know the commit already', async () => {
    const commits = signal(NEVER);
    let over = false;
    const waiting = commits.after(42);
    void waiting.over.then(() => (over = true));
    const other = commits.after(41);
    writer.postMessage(42);
    await other.over;
    expect(over).toBe(false);
    waiting.wake();
    await waiting.over;
  });

  test('ends every wait by itself after the poll interval', async () => {
    const waiting = signal(5).after(1);
    // The signal's own timer does not keep the process alive: somebody else has to.
    const alive = setInterval(() => {}, 1_000);
    await waiting.over;
    clearInterval(alive);
  });

  test('ends every wait when it is closed', async () => {
    const commits = signal(NEVER);
    const waits = [commits.after(1).over, commits.after(2).over];
    commits.close();
    await Promise.all(waits);
  });
});
