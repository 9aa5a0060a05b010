// npm run chaos -- [--seconds 60] [--seed 1] [--trackers 3] [--longest 7000]
// EVENTSTORE_URL names a real server: its faults are made by something else, such as a script that kills it.
import { parseArgs } from 'node:util';
import { runChaos } from './chaos.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: process.env['PARLEY_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31)) },
    trackers: { type: 'string', default: '3' },
    longest: { type: 'string', default: '7000' },
  },
});
const seed = Number(values.seed);
console.log(`seed ${seed}: npm run chaos -- --seed ${seed}`);
const { violations, ...report } = await runChaos({
  seed,
  seconds: Number(values.seconds),
  trackers: Number(values.trackers),
  longestFault: Number(values.longest),
  storeUrl: process.env['EVENTSTORE_URL'] || undefined,
  log: console.log,
});
console.log(report);
for (const violation of violations) console.log(`BROKEN: ${violation}`);
console.log(`${violations.length} violations`);
process.exit(violations.length === 0 ? 0 : 1);
