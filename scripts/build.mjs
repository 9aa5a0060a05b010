// Compiles the project into build/<digest of its sources>, once for each state of the sources.
// A build is never written to again, so what runs from one is not disturbed by the next. Nor is one removed by itself:
// a service may load its worker files late. `npm run clean` removes all.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const OLDEST_NODE = 24;
if (Number.parseInt(process.versions.node) < OLDEST_NODE) {
  console.error(
    `This is Node ${process.versions.node}; Parley needs ${OLDEST_NODE} or newer. "npm ci" brings it, "npm start" and "npm test" use it.`,
  );
  process.exit(1);
}

/** Builds what is not up to date. Returns the folder of the build. */
export function build() {
  for (;;) {
    const digest = digestOfSources();
    const folder = join(root, 'build', digest);
    if (fs.existsSync(folder)) return folder;
    const unfinished = `${folder}.${process.pid}`;
    try {
      compile(unfinished);
      // Sources saved meanwhile are perhaps half in this build: it is nobody's.
      if (digestOfSources() === digest) return publish(unfinished, folder);
    } finally {
      fs.rmSync(unfinished, { recursive: true, force: true });
    }
  }
}

function compile(folder) {
  fs.mkdirSync(folder, { recursive: true });
  // By its path: TypeScript 6, which scripts/imports.mjs needs, may have taken the name in node_modules/.bin.
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', root, '--outDir', folder], { stdio: ['ignore', 2, 2] });
  const { name, type, imports } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  fs.writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type, imports }));
}

function publish(unfinished, folder) {
  try {
    fs.renameSync(unfinished, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error; // else another process has built the same
  }
  return folder;
}

function digestOfSources() {
  const hash = createHash('sha256');
  const sources = fs.globSync('{apps,libs,test}/**/*.ts', { cwd: root }).sort();
  for (const file of [...sources, 'tsconfig.json', 'package.json', 'package-lock.json', 'scripts/build.mjs']) {
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

if (import.meta.main) {
  try {
    console.log(build());
  } catch (error) {
    if (error.status === undefined) throw error;
    process.exitCode = 1; // the compiler has said why
  }
}
