import { describe, expect, it } from '@jest/globals';
import type { EventStream } from '../live/event-stream.js';
import { showFilm } from './film.js';

describe('a film', () => {
  it('shows each frame, then its end', async () => {
    const stream = new FakeStream();
    await showFilm(chunks([frame('2022-01-10'), frame('2022-01-12')], [frame('2022-01-13T12:00:00Z')]), 0, stream.asEventStream());
    expect(stream.names).toEqual(['frame', 'frame', 'frame', 'end']);
  });

  it('takes its time for the days between', async () => {
    const stream = new FakeStream();
    const before = performance.now();
    await showFilm(chunks([frame('2022-01-10'), frame('2022-01-12')], [frame('2022-01-13T12:00:00Z')]), 0.1, stream.asEventStream());
    const elapsed = performance.now() - before;
    expect(elapsed).toBeGreaterThan(330); // three days and a half
    expect(elapsed).toBeLessThan(2000);
  });

  it('ends in the middle of a day when nobody watches any more, and lets go of its frames', async () => {
    const stream = new FakeStream();
    const frames = chunks([frame('2022-01-10'), frame('2032-01-10')]);
    const shown = showFilm(frames, 3600, stream.asEventStream());
    await new Promise(setImmediate);
    stream.close();
    await shown;
    expect(stream.names).toEqual(['frame']);
    expect((await frames.next()).done).toBe(true);
  });
});

function frame(at: string): string {
  return JSON.stringify({ frame: 1, at, tracks: [] });
}

async function* chunks(...given: string[][]): AsyncGenerator<Buffer> {
  for (const lines of given) yield Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

class FakeStream {
  isClosed = false;
  readonly names: string[] = [];
  readonly #listeners: (() => void)[] = [];

  asEventStream(): EventStream {
    return this as unknown as EventStream;
  }
  async ready(): Promise<void> {}
  onClose(listener: () => void): void {
    this.#listeners.push(listener);
  }
  write(text: string): void {
    this.names.push(/event: (\w+)\ndata: .*\n\n$/.exec(text)![1]!);
  }
  close(): void {
    this.isClosed = true;
    for (const listener of this.#listeners) listener();
  }
}
