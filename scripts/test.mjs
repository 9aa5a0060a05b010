// Builds, runs jest on the build, and closes with "N passed, N failed" from jest's own JSON result.
// Arguments go to jest: npm test -- libs/crisis
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, root } from './build.mjs';

const folder = build();
const scratch = mkdtempSync(join(tmpdir(), 'parley-test-'));
const result = join(scratch, 'jest.json');
const run = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', '--enable-source-maps', join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--config', join(root, 'jest.config.json'), '--rootDir', folder, '--json', '--outputFile', result, ...process.argv.slice(2)],
  { stdio: ['ignore', 'ignore', 'inherit'], cwd: root },
);
let passed = 0;
let failed = 1;
try {
  const report = JSON.parse(readFileSync(result, 'utf8'));
  passed = report.numPassedTests;
  // A suite that could not even be loaded is a failure of its own.
  failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  if (passed + failed === 0) failed = 1;
} catch {
  console.error('jest left no result: the run did not come to its end');
}
rmSync(scratch, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = run.status === 0 && failed === 0 ? 0 : 1;
