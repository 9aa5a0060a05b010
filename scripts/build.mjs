// Compiles the project into build/<digest of its sources>, once for each state of the sources.
// A build is never written to again, so what runs from one is not disturbed by the next.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds what is not up to date. Returns the folder of the build. */
export function build() {
  const folder = join(root, 'build', digestOfSources());
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', root, '--outDir', unfinished], { stdio: 'inherit' });
    const { name, type, imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    writeFileSync(join(unfinished, 'package.json'), JSON.stringify({ name, type, imports }));
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

function digestOfSources() {
  const hash = createHash('sha256');
  const sources = globSync('{apps,libs,test}/**/*.ts', { cwd: root }).sort();
  for (const file of [...sources, 'tsconfig.json', 'package.json', 'package-lock.json', 'scripts/build.mjs']) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file))).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(build());
  } catch {
    process.exitCode = 1; // the compiler has said why
  }
}
