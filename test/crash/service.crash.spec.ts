// What was acknowledged over HTTP is there after kill -9, once each, and readable.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../apps/tracker/main.js', import.meta.url));
const ROUNDS = 3;
const CRISIS = 'crises/nato-russia-2022';

const folder = mkdtempSync(join(tmpdir(), 'parley-service-crash-'));
let running: ChildProcess | undefined;
afterEach(() => {
  running?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the service on a free port and waits until it is ready. */
async function start(): Promise<string> {
  const child = spawn(process.execPath, ['--no-warnings', MAIN], {
    env: { ...process.env, PORT: '0', PARLEY_DATA_DIR: folder, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const address = /answers on (http:\/\/\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}: ${said}`)));
  });
  for (;;) {
    const ready = await fetch(`${url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return url;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a service that is killed while it records has lost and doubled nothing that it acknowledged', async () => {
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round++) {
    const url = await start();
    const stopping = new AbortController();
    const write = async (writer: number): Promise<void> => {
      for (let number = 0; !stopping.signal.aborted; number++) {
        const id = `kill-${round}-${writer}-${number}`;
        const body = { id, type: 'StatementMade', occurredAt: '2022-01-28', summary: id, speaker: 'russia', reports: [{ source: 'tass' }] };
        const answer = await fetch(`${url}/${CRISIS}/tracks/osce/developments`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).then(
          (response) => response.json() as Promise<{ position: string }>,
          () => undefined,
        );
        if (answer !== undefined) acknowledged.set(id, answer.position);
      }
    };
    const writers = [0, 1, 2, 3].map(write);
    while (acknowledged.size < (round + 1) * 40) await new Promise((resolve) => setTimeout(resolve, 5));
    running!.kill('SIGKILL');
    stopping.abort();
    await Promise.all(writers);
  }
  const url = await start();
  const exported = (await (await fetch(`${url}/${CRISIS}/export.ndjson`)).text()).trim().split('\n');
  const ids = exported.map((line) => (JSON.parse(line) as { id?: string }).id).filter((id) => id?.startsWith('kill-') === true);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...acknowledged.keys()].filter((id) => !ids.includes(id))).toEqual([]);
  const [id, position] = [...acknowledged].at(-1)!;
  const page = (await (await fetch(`${url}/${CRISIS}/tracks/osce/developments/${id}?minPosition=${position}`)).json()) as any;
  expect(page.development.position).toBe(position);
});
