// A few seconds of chaos; `npm run chaos` has more of it. CI always draws the same.
import { expect, test } from '@jest/globals';
import { runChaos } from './chaos.js';

const SECONDS = 6;

test('while trackers and the store go wrong at random, every guarantee holds', async () => {
  const seed = Number(process.env['PARLEY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const lines: string[] = [`PARLEY_SEED=${seed}`];
  const report = await runChaos({ seed, seconds: SECONDS, longestFault: 1_200, log: (line) => lines.push(line) });
  if (report.violations.length > 0) console.error([...lines, ...report.violations].join('\n'));
  expect(report.violations).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(0);
  expect(report.mischiefs).toBeGreaterThan(0);
});
