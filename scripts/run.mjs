// Runs a program of the project from an up-to-date build: node scripts/run.mjs apps/tracker/main.js [arguments]
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';

process.setSourceMapsEnabled(true);
const [program, ...rest] = process.argv.slice(2);
const folder = buildOrStop();
const entry = join(folder, program);
enableCompileCache(join(folder, 'compile-cache')); // a fifth of the start-up is compiling
process.argv = [process.argv[0], entry, ...rest];
await import(pathToFileURL(entry).href);

function buildOrStop() {
  try {
    return build();
  } catch (error) {
    if (error.status === undefined) throw error;
    process.exit(1); // the compiler has said why
  }
}
