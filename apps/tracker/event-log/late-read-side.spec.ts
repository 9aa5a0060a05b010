import { afterEach, describe, expect, test } from '@jest/globals';
import type { Position } from '#event-store/port.js';
import type { Advance, Progress, ProjectionStatus, ReadSide } from '#projections/read-side.js';
import { LateReadSide } from './late-read-side.js';

/** A read side that answers, and tells whoever listens what it is told to tell. */
class Answering implements ReadSide {
  readonly progress: Progress = { position: 5n as Position, caughtUp: true, parked: 0 };
  isClosed = false;
  readonly #advance: ((advance: Advance) => void)[] = [];

  async ask(): Promise<{ body: string }> {
    return { body: 'answer' };
  }
  async *stream(): AsyncGenerator<Buffer> {
    yield Buffer.from('line\n');
  }
  async reached(): Promise<boolean> {
    return true;
  }
  onAdvance(listener: (advance: Advance) => void): () => void {
    this.#advance.push(listener);
    return () => undefined;
  }
  onProgress(): () => void {
    return () => undefined;
  }
  readonly status = { state: 'live', position: 5n } as ProjectionStatus;
  rebuild(): boolean {
    return true;
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
  advance(advance: Advance): void {
    for (const listener of this.#advance) listener(advance);
  }
}

let late: LateReadSide;
afterEach(() => late.close());

describe('a read side whose log is not known yet', () => {
  test('refuses what it is asked, says why, and reaches nothing', async () => {
    late = new LateReadSide(() => Promise.reject(new Error('nobody there')));
    await new Promise(setImmediate);
    await expect(late.ask('crises', { now: 0 })).rejects.toMatchObject({ refusal: { code: 'read-side-away', detail: 'nobody there' } });
    await expect(late.stream('export', { crisis: 'c' })[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'ReadRefused' });
    expect(await late.reached(1n as Position, 10)).toBe(false);
    expect(late.progress).toEqual({ position: 0n, caughtUp: false, parked: 0, interrupted: 'nobody there' });
    expect(late.status).toMatchObject({ state: 'interrupted', position: 0n });
    expect(late.rebuild('asked', { strict: false })).toBe(false);
  });

  test('is opened as soon as it can be, for whoever waited and listened before', async () => {
    const answering = new Answering();
    let tries = 0;
    late = new LateReadSide(() => (++tries < 2 ? Promise.reject(new Error('not yet')) : Promise.resolve(answering)));
    const advances: Advance[] = [];
    const progress: Progress[] = [];
    late.onAdvance((advance) => advances.push(advance));
    late.onProgress((told) => progress.push(told));
    expect(await late.reached(5n as Position, 60_000)).toBe(true);
    expect(await late.ask('crises', { now: 0 })).toEqual({ body: 'answer' });
    expect(late.status).toBe(answering.status);
    expect(late.rebuild('asked', { strict: false })).toBe(true);
    expect(await Array.fromAsync(late.stream('export', { crisis: 'c' }))).toEqual([Buffer.from('line\n')]);
    answering.advance({ position: 6n as Position, crises: ['c'] });
    expect(advances).toEqual([{ position: 6n, crises: ['c'] }]);
    expect(progress).toEqual([answering.progress]);
    await late.close();
    expect(answering.isClosed).toBe(true);
  });
});
