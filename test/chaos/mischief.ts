// What goes wrong, and for how long.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../support/eventstoredb-endpoint.js';
import type { Dice } from './dice.js';
import type { Run } from './run.js';
import type { TrackerProcess } from './tracker-process.js';

export interface Mischief {
  readonly what: string;
  /** Resolves when it is over. */
  do(): Promise<unknown>;
}

/**
 * Draws what goes wrong next.
 * @param endpoint undefined: something else sees to the store's faults
 * @param longest how long a fault that lasts may last, ms
 */
export function drawMischief(run: Run, dice: Dice, endpoint: Endpoint | undefined, longest: number): Mischief {
  const tracker = dice.one(run.trackers);
  const lasting = dice.between(50, longest);
  const ofTrackers = [
    { what: `a tracker is killed for ${lasting} ms`, do: () => endFor(tracker, 'SIGKILL', lasting) },
    { what: `a tracker is stopped for ${lasting} ms`, do: () => endFor(tracker, 'SIGTERM', lasting) },
  ];
  if (endpoint === undefined) return dice.one(ofTrackers);
  const forAWhile = async (begin: () => unknown, end: () => unknown): Promise<void> => {
    await begin();
    await sleep(lasting);
    await end();
  };
  const how = dice.one(['ended', 'too-slow', 'not-ready'] as const);
  const appends = Array.from({ length: dice.between(1, 4) }, () => dice.one(['wrong-version', 'cut', 'unanswered'] as const));
  return dice.one<Mischief>([
    ...ofTrackers,
    {
      what: `the store is gone for ${lasting} ms`,
      do: () =>
        forAWhile(
          () => endpoint.stop(),
          () => endpoint.start(),
        ),
    },
    {
      what: `the store is frozen for ${lasting} ms`,
      do: () =>
        forAWhile(
          () => endpoint.freeze(),
          () => endpoint.thaw(),
        ),
    },
    {
      what: `the store refuses connections for ${lasting} ms`,
      do: () =>
        forAWhile(
          () => endpoint.refuse(),
          () => endpoint.accept(),
        ),
    },
    {
      what: `the store is slow for ${lasting} ms`,
      do: () =>
        forAWhile(
          () => endpoint.slow(dice.between(5, 80)),
          () => endpoint.slow(0),
        ),
    },
    { what: 'every connection breaks', do: async () => endpoint.cut() },
    { what: 'every connection is half closed', do: async () => endpoint.halfClose() },
    { what: `subscriptions are dropped: ${how}`, do: async () => endpoint.dropSubscriptions(how) },
    { what: `appends fail: ${appends.join(', ')}`, do: async () => endpoint.failAppends(...appends) },
  ]);
}

async function endFor(tracker: TrackerProcess, signal: 'SIGKILL' | 'SIGTERM', ms: number): Promise<void> {
  await tracker.end(signal);
  await sleep(ms);
  await tracker.start();
}
