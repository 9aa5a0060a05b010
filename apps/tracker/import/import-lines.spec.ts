import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { refusal } from '#crisis/refusal.js';
import { CommandRefused, type Recorded, type Recorder } from '../recording/recorder.js';
import { importLines, ImportStopped } from './import-lines.js';

interface Result {
  line: number;
  id: string;
  status: string;
  problem?: { code: string };
}

/** A recorder that keeps what it is told, and answers when it is let. */
class SlowRecorder implements Recorder {
  readonly begun: string[] = [];
  readonly #waiting: { id: string; answer: (error?: Error) => void }[] = [];

  record = ({ id }: { id: string }): Promise<Recorded> => this.#take(id);
  register = ({ crisis, id = crisis }: { crisis: string; id?: string }): Promise<Recorded> => this.#take(id);
  openTrack = ({ track }: { track: string }): Promise<Recorded> => this.#take(track);

  /** Waits until so many were begun, and then for a moment whether there are more. */
  async hasBegun(count: number): Promise<string[]> {
    while (this.begun.length < count) await setTimeout(1);
    await setTimeout(10);
    return this.begun;
  }

  async answer(id: string, error?: Error): Promise<void> {
    const index = this.#waiting.findIndex((waiting) => waiting.id === id);
    this.#waiting.splice(index, 1)[0]!.answer(error);
    await setTimeout(5);
  }

  async answerAll(): Promise<void> {
    for (const { answer } of this.#waiting.splice(0)) answer();
    await setTimeout(5);
  }

  #take(id: string): Promise<Recorded> {
    this.begun.push(id);
    return new Promise((resolve, reject) => {
      const recorded = { status: 'recorded', position: 7n, revision: 0n, recordedAt: 0 } as const;
      this.#waiting.push({ id, answer: (error) => (error === undefined ? resolve(recorded) : reject(error)) });
    });
  }
}

const actor = (id: string, crisis = 'c'): object => ({ type: 'ActorRegistered', crisis, id, name: id, kind: 'state' });
const opening = (track: string): object => ({ type: 'TrackOpened', crisis: 'c', track, title: track, parties: ['a'] });
const development = (id: string, more: object = {}): object => ({ type: 'StatementMade', crisis: 'c', track: 't', id, ...more });

/** Begins an import of lines; the results gather in `results`. */
async function begin(
  lines: readonly object[],
  signal?: AbortSignal,
  ends = true,
): Promise<{ recorder: SlowRecorder; results: Result[]; done: Promise<void> }> {
  const recorder = new SlowRecorder();
  const results: Result[] = [];
  const input = async function* (): AsyncGenerator<Buffer> {
    for (const line of lines) yield Buffer.from(`${JSON.stringify(line)}\n`);
    if (!ends) await new Promise(() => undefined);
  };
  const provenance = { recordedBy: 'desk', correlationId: 'c-1' };
  const consume = async (): Promise<void> => {
    for await (const chunk of importLines(input(), { recorder, provenance, onError: () => undefined, signal })) {
      for (const line of chunk.trimEnd().split('\n')) results.push(JSON.parse(line) as Result);
    }
  };
  const done = consume();
  done.catch(() => undefined);
  return { recorder, results, done };
}

describe('an import', () => {
  test('has many lines under way, and tells their results in their order', async () => {
    const { recorder, results, done } = await begin([development('d1'), development('d2'), development('d3')]);
    expect(await recorder.hasBegun(3)).toEqual(['d1', 'd2', 'd3']);
    await recorder.answer('d2');
    expect(results).toEqual([]);
    await recorder.answer('d1');
    expect(results.map(({ id }) => id)).toEqual(['d1', 'd2']);
    await recorder.answer('d3');
    await done;
    expect(results[2]).toEqual({ line: 3, id: 'd3', status: 'recorded', position: '7', recordedAt: '1970-01-01T00:00:00.000Z' });
  });

  test('records what names are made of before the lines that use them, and in between', async () => {
    const { recorder, done } = await begin([actor('a'), actor('b'), opening('t'), development('d1'), actor('e'), development('d2')]);
    expect(await recorder.hasBegun(2)).toEqual(['a', 'b']);
    for (const next of [['t'], ['d1'], ['e'], ['d2']]) {
      const before = recorder.begun.length;
      await recorder.answerAll();
      expect((await recorder.hasBegun(before + 1)).slice(before)).toEqual(next);
    }
    await recorder.answerAll();
    await done;
  });

  test('records a line that names another track by itself', async () => {
    const { recorder, done } = await begin([
      development('d1', { track: 'u' }),
      development('d2', { relatesTo: [{ development: 'u/d1', relation: 'follows' }] }),
      development('d3'),
    ]);
    for (const [count, next] of ['d1', 'd2', 'd3'].entries()) {
      expect((await recorder.hasBegun(count + 1)).slice(count)).toEqual([next]);
      await recorder.answerAll();
    }
    await done;
  });

  test('rejects a line that is refused, and goes on', async () => {
    const { recorder, results, done } = await begin([development('d1'), { type: 'Nonsense' }, development('d2')]);
    await recorder.hasBegun(2);
    await recorder.answer('d1', new CommandRefused(refusal('conflict', 'id-taken', 'It is taken.')));
    await recorder.answer('d2');
    await done;
    expect(results.map(({ status, problem }) => [status, problem?.code])).toEqual([
      ['rejected', 'id-taken'],
      ['rejected', 'invalid-body'],
      ['recorded', undefined],
    ]);
  });

  test('does not read on while results are not taken', async () => {
    const recorder = new SlowRecorder();
    let read = 0;
    const input = async function* (): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.from(`${JSON.stringify(development(`d${read++}`))}\n`);
    };
    const results = importLines(input(), { recorder, provenance: { recordedBy: 'desk', correlationId: 'c' }, onError: () => undefined });
    const first = results.next();
    await recorder.hasBegun(2000);
    expect(read).toBeLessThan(2010);
    await recorder.answerAll();
    await first;
    await results.return(undefined);
  });

  test('that is stopped tells the results of what was begun, and then that it is not whole', async () => {
    const stopping = new AbortController();
    const { recorder, results, done } = await begin([development('d1')], stopping.signal, false);
    await recorder.hasBegun(1);
    stopping.abort();
    await recorder.answer('d1');
    await expect(done).rejects.toThrow(ImportStopped);
    expect(results.map(({ id }) => id)).toEqual(['d1']);
  });
});
