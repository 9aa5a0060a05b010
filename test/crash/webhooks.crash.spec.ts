// A service that is killed while it delivers goes on where it was: nothing is lost, and what is repeated has the same id.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { Receiver, verifies } from '../../apps/tracker/webhooks/testing/receiver.js';

const MAIN = fileURLToPath(new URL('../../apps/tracker/main.js', import.meta.url));
const ROUNDS = 4;
const ACCEPTED_IN_ROUND = 40;
const TRACKS = ['osce', 'us-russia', 'context'];
/** Requests to a webhook that are under way at once. */
const UNDER_WAY = 4;

const folder = mkdtempSync(join(tmpdir(), 'parley-webhooks-crash-'));
let running: ChildProcess | undefined;
let receiver: Receiver | undefined;
afterEach(async () => {
  running?.kill('SIGKILL');
  await receiver?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the service on a free port and waits until it is ready. */
async function start(): Promise<string> {
  const child = spawn(process.execPath, ['--no-warnings', MAIN], {
    env: { ...process.env, PORT: '0', PARLEY_DATA_DIR: folder, LOG_LEVEL: 'info', PARLEY_WEBHOOK_PRIVATE: 'on' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running = child;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (;;) {
    const url = /answers on (http:\/\/\S+)/.exec(said)?.[1];
    if (url !== undefined && (await isReady(url))) return url;
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
}

test('every acknowledged development is delivered, in the order of its track; only what was under way is repeated, with the same id', async () => {
  receiver = await Receiver.open(async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    return { status: 204 };
  });
  const acknowledged = new Map<string, number>();
  let secret = '';
  for (let round = 0; round < ROUNDS; round++) {
    const url = await start();
    if (round === 0) {
      const answer = await fetch(`${url}/webhooks/desk`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url: receiver.url }),
      });
      ({ secret } = (await answer.json()) as { secret: string });
    }
    const stopping = new AbortController();
    const write = async (track: string): Promise<void> => {
      for (let number = 0; !stopping.signal.aborted; number++) {
        const id = `kill-${round}-${number}`;
        const body = { id, type: 'StatementMade', occurredAt: '2022-01-28', summary: id, speaker: 'russia', reports: [{ source: 'tass' }] };
        const answer = await fetch(`${url}/crises/nato-russia-2022/tracks/${track}/developments`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).then(
          (response) => response.json() as Promise<{ position: string }>,
          () => undefined,
        );
        if (answer !== undefined) acknowledged.set(`${track}/${id}`, Number(answer.position));
      }
    };
    const writers = TRACKS.map(write);
    await receiver.hasAccepted((round + 1) * ACCEPTED_IN_ROUND);
    running!.kill('SIGKILL');
    await once(running!, 'exit');
    stopping.abort();
    await Promise.all(writers);
  }
  const url = await start();
  const last = Math.max(...acknowledged.values());
  for (;;) {
    const status = (await (await fetch(`${url}/webhooks/desk`)).json()) as { position: string; pending: number };
    if (Number(status.position) >= last && status.pending === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { accepted } = receiver;
  const subjects = new Set(accepted.map(({ event }) => event.subject as string));
  expect([...acknowledged.keys()].filter((subject) => !subjects.has(subject))).toEqual([]);
  // Each subject has one event, one message id and one text.
  expect(new Set(accepted.map(({ id }) => id)).size).toBe(subjects.size);
  expect(new Set(accepted.map(({ text }) => text)).size).toBe(subjects.size);
  expect(accepted.length - subjects.size).toBeLessThanOrEqual(ROUNDS * UNDER_WAY);
  for (const received of accepted) expect(verifies(secret, received, Date.now())).toBe(true);
  const firsts = accepted.filter(({ id }, n) => accepted.findIndex((each) => each.id === id) === n).map(({ event }) => event);
  for (const track of TRACKS) {
    const positions = firsts.filter(({ subject }) => subject.startsWith(`${track}/`)).map(({ data }) => Number(data.position));
    expect(positions.length).toBeGreaterThan(10);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  }
});
