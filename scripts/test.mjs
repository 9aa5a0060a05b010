// Builds, runs jest on the build, and closes with "N passed, N failed" from jest's own JSON result.
// Arguments go to jest, and a path may be that of the source: npm test -- libs/crisis/time.spec.ts -t 'a sentence'
// What jest says goes to stderr; stdout has the closing line alone.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, root } from './build.mjs';

const { passed, failed, skipped } = runTests(process.argv.slice(2));
if (skipped > 0) console.error(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function runTests(args) {
  const scratch = mkdtempSync(join(tmpdir(), 'parley-test-'));
  const result = join(scratch, 'jest.json');
  try {
    const { status } = jest(build(), ['--json', '--outputFile', result, ...args.map(toBuiltPath)]);
    if (!existsSync(result)) throw new Error('jest left no result: the run did not come to its end');
    const counts = countsOf(JSON.parse(readFileSync(result, 'utf8')));
    if (counts.passed + counts.failed === 0) console.error('No test ran.');
    // Whatever else jest holds against a run is a failure too, and so is a run of no test.
    if (counts.failed === 0 && (status !== 0 || counts.passed === 0)) return { ...counts, failed: 1 };
    return counts;
  } catch (error) {
    if (error.status === undefined) console.error(error.message); // else the compiler has said why
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function jest(folder, args) {
  const program = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const node = ['--experimental-vm-modules', '--no-warnings', '--enable-source-maps'];
  const settings = ['--config', join(root, 'jest.config.json'), '--rootDir', folder, '--setupFiles', join(root, 'scripts', 'seed.mjs')];
  return spawnSync(process.execPath, [...node, program, ...settings, ...args], { stdio: ['ignore', 2, 2], cwd: root });
}

/** A suite that could not even be loaded is a failure of its own. */
function countsOf(report) {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function toBuiltPath(argument) {
  return /^(\.\/)?(apps|libs|test)\/.*\.ts$/.test(argument) ? argument.replace(/^\.\//, '').replace(/\.ts$/, '.js') : argument;
}
