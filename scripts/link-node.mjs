// Runs after `npm ci` and `npm install`: sees to it that npm scripts find the pinned Node.
// npm 10 removes node_modules/.bin/node again, along with the packages for other platforms: they all name that program.
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const program = Object.keys(optionalDependencies)
  .map((name) => join('..', name, 'bin', 'node'))
  .find((path) => existsSync(join(root, 'node_modules', '.bin', path)));
const link = join(root, 'node_modules', '.bin', 'node');
if (program !== undefined && !existsSync(link)) symlinkSync(program, link);
