// The service as users run it: a process of its own, on a folder and a port of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Service {
  readonly url: string;
  readonly process: ChildProcess;
  /** From the start of the process until it was ready, ms. */
  readonly startedIn: number;
  stop(): Promise<void>;
}

/** The folder of this build. */
const BUILD = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(BUILD, 'apps/tracker/main.js');
/** As `npm start` has them. */
const FLAGS = ['--heap-growing-percent=100', '--v8-pool-size=1'];
const READY_WITHIN_MS = 300_000;

/** Starts a program that listens on PORT, and waits until a path answers 200. */
export async function startService(
  folder: string,
  {
    program = MAIN,
    readyPath = '/health/ready',
    environment = {},
  }: { program?: string; readyPath?: string; environment?: Readonly<Record<string, string>> } = {},
): Promise<Service> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, ['--no-warnings', ...FLAGS, program], {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(BUILD, 'compile-cache'),
      PORT: String(port),
      PARLEY_DATA_DIR: folder,
      PARLEY_DEMO: 'off',
      LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url + readyPath, child);
  const startedIn = performance.now() - started;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return { url, process: child, startedIn, stop };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const end = performance.now() + READY_WITHIN_MS;
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}`);
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('The service did not get ready');
}

/** Waits until the read side has applied all that is recorded. */
export async function untilCaughtUp(url: string): Promise<void> {
  for (;;) {
    const { readSide } = (await (await fetch(`${url}/health/ready`)).json()) as { readSide: { lag: string } };
    if (readSide.lag === '0') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
