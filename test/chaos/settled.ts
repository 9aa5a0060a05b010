// Guarantee 4: settled answers are kept while everything breaks, and asked for again when it is over.
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Dice } from './dice.js';
import { askAny, askUntilOk, type Run } from './run.js';
import type { TrackerProcess } from './tracker-process.js';

interface Kept {
  readonly path: string;
  readonly answer: unknown;
}

export class SettledAnswers {
  readonly #kept: Kept[] = [];

  get count(): number {
    return this.#kept.length;
  }

  async keep(run: Run, dice: Dice): Promise<void> {
    while (!run.over.aborted) {
      await sleep(dice.between(100, 600));
      const knownAt = new Date(Date.now() - dice.between(200, 3_000)).toISOString();
      const path = `/crises/${run.crisis}/${dice.one(['tracks', 'timeline'])}?asOf=2022-03-01&knownAt=${knownAt}`;
      const told = await askAny(run, dice, path);
      if (told?.status !== 200) continue;
      const answer = JSON.parse(told.text) as { settledUntil: string | null };
      if (answer.settledUntil !== null && knownAt < answer.settledUntil) this.#kept.push({ path, answer: lasting(answer) });
    }
  }

  async compare(tracker: TrackerProcess): Promise<string[]> {
    const changed: string[] = [];
    for (const { path, answer } of this.#kept) {
      const now = lasting(JSON.parse(await askUntilOk(tracker, path)));
      if (!isDeepStrictEqual(now, answer)) changed.push(`A settled answer has changed: ${path}`);
    }
    return changed;
  }
}

/** Without what of a settled answer may change. */
function lasting(answer: unknown): unknown {
  const changing = new Set(['position', 'settledUntil', 'revision', 'next', 'permalink', 'digest']);
  return JSON.parse(JSON.stringify(answer, (key, value: unknown) => (changing.has(key) && typeof value !== 'object' ? undefined : value)));
}
