// Checks both compose files as `docker compose config` reads them. No Docker has to run for that, only its client.
import { spawnSync } from 'node:child_process';
import { root } from './build.mjs';

const FILES = ['docker-compose.yml', 'docker-compose.cluster.yml'];
/** Passwords that the files insist on. */
const passwords = { EVENTSTORE_ADMIN_PASSWORD: 'for-the-check', PARLEY_STORE_PASSWORD: 'for-the-check' };

const compose = [['docker', 'compose'], ['docker-compose']].find(
  ([program, ...rest]) => spawnSync(program, [...rest, 'version']).status === 0,
);
if (compose === undefined) {
  console.error('Neither "docker compose" nor "docker-compose" is here. On Debian: apt-get install docker-compose');
  process.exit(1);
}
for (const file of FILES) {
  const [program, ...rest] = compose;
  const options = { cwd: root, env: { ...process.env, ...passwords }, stdio: ['ignore', 'ignore', 'inherit'] };
  const { status } = spawnSync(program, [...rest, '-f', file, 'config'], options);
  if (status !== 0) process.exit(1);
}
console.log(`${FILES.join(' and ')} are well formed, says ${compose.join(' ')}.`);
