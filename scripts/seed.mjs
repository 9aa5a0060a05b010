// Runs before each spec. CI draws the same random values every time, a developer others in each run; a failing property
// prints its seed, and `PARLEY_SEED=<seed> npm test` draws them again.
import fc from 'fast-check';

if (process.env.CI) process.env.PARLEY_SEED ??= '20220121';
const seed = process.env.PARLEY_SEED;
if (seed !== undefined) {
  if (!/^-?\d+$/.test(seed)) throw new Error(`PARLEY_SEED is an integer, not "${seed}"`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}
