import { getEventListeners } from 'node:events';
import { expect, it } from '@jest/globals';
import { SYSTEM_CLOCK } from './clock.js';

it('the clock calls when it is time, unless that is taken back, and keeps nothing of what it has done', async () => {
  const { signal } = new AbortController();
  await new Promise<void>((resolve) => SYSTEM_CLOCK.after(1, resolve, signal));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const taken = new AbortController();
  let called = false;
  SYSTEM_CLOCK.after(1, () => (called = true), taken.signal);
  taken.abort();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(called).toBe(false);
});
