// Runs before each spec. CI draws the same random values every time, a developer others in each run; a failing property
// prints its seed, and `PARLEY_SEED=<seed> npm test` draws them again.
import fc from 'fast-check';

const CI_SEED = '20220121';
const given = process.env.PARLEY_SEED ?? (process.env.CI ? CI_SEED : undefined);
if (given !== undefined) {
  if (!/^-?\d+$/.test(given)) throw new Error(`PARLEY_SEED is an integer, not "${given}"`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given) });
}
