import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { StoreUnavailable, type Position } from '#event-store/port.js';
import type { Progress } from '#projections/read-side.js';
import { LogWatch } from './log-watch.js';

let watch: LogWatch;
afterEach(() => {
  watch.close();
  jest.useRealTimers();
});

/** A watch over a log and a read side that do as they are told, with the clock in its hands. */
async function watched() {
  jest.useFakeTimers({ now: 0 });
  let progress: Progress = { position: 10n as Position, caughtUp: true, parked: 0 };
  let tell: (progress: Progress) => void = () => undefined;
  const log = { head: 10n as Position, isAway: false };
  watch = new LogWatch(
    {
      head: async () => {
        if (log.isAway) throw new StoreUnavailable('away');
        return log.head;
      },
    },
    {
      get progress() {
        return progress;
      },
      onProgress: (listener) => {
        tell = listener;
        return () => undefined;
      },
    },
  );
  const becomes = (changes: Partial<Progress>): void => {
    progress = { ...progress, ...changes };
    tell(progress);
  };
  await jest.advanceTimersByTimeAsync(0);
  return { log, becomes, pass: (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1000) };
}

describe('the lag', () => {
  test('is nothing while the read side follows and includes all that was seen', async () => {
    const { pass } = await watched();
    await pass(60);
    expect(watch.lag).toBe(0);
  });

  test('is the time since the log could be followed last', async () => {
    const { becomes, pass } = await watched();
    becomes({ interrupted: 'gone' });
    await pass(7);
    expect(watch.lag).toBe(7);
    becomes({ interrupted: undefined });
    expect(watch.lag).toBe(0);
  });

  test('is the time since the store answered last, though the subscription seems well', async () => {
    const { log, pass } = await watched();
    log.isAway = true;
    await pass(5);
    expect(watch.lag).toBeGreaterThanOrEqual(4);
    log.isAway = false;
    await pass(1);
    expect(watch.lag).toBe(0);
  });

  test('counts from when something was seen in the log that is not applied, until it is', async () => {
    const { log, becomes, pass } = await watched();
    log.head = 20n as Position;
    await pass(1);
    log.head = 30n as Position;
    await pass(3);
    expect(watch.lag).toBe(3);
    becomes({ position: 20n as Position });
    expect(watch.lag).toBe(0);
    await pass(2);
    expect(watch.lag).toBe(1); // the third look's 30
  });

  test('is not known before the read side was level once', async () => {
    const { becomes } = await watched();
    watch.close();
    watch = new LogWatch(
      { head: async () => 0n as Position },
      { progress: { position: 0n as Position, caughtUp: false, parked: 0 }, onProgress: () => () => undefined },
    );
    expect(watch.lag).toBeUndefined();
    becomes({});
  });
});
