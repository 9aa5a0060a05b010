// A tracker in a process of its own that can be killed, stopped and started again, with its data folder and on another port.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../apps/tracker/main.js', import.meta.url));

export class TrackerProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-chaos-'));
  #process: ChildProcess | undefined;
  #url: string | undefined;
  #isMeantToRun = false;

  constructor(
    private readonly storeUrl: string,
    /** Told when it ends though nobody ended it. */
    private readonly onDeath: (how: string) => void,
  ) {}

  /** Undefined while it does not answer. */
  get url(): string | undefined {
    return this.#url;
  }

  /** Resolves when it answers, which it does without its store as well. */
  async start(): Promise<void> {
    this.#isMeantToRun = true;
    const child = spawn(process.execPath, ['--no-warnings', MAIN], {
      env: {
        ...process.env,
        PORT: '0',
        PARLEY_DATA_DIR: this.folder,
        EVENTSTORE_URL: this.storeUrl,
        LOG_LEVEL: 'info',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let said = '';
    const answering = new Promise<string>((resolve, reject) => {
      const listen = (chunk: Buffer): void => {
        said = (said + chunk.toString()).slice(-10_000);
        const address = /answers on (http:\/\/\S+)/.exec(said)?.[1];
        if (address !== undefined) resolve(address);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('exit', () => reject(new Error(`A tracker ended at its start: ${said}`)));
    });
    child.once('exit', (code, signal) => {
      if (this.#process !== child) return;
      this.#url = undefined;
      if (this.#isMeantToRun) this.onDeath(`A tracker ended by itself (${code ?? signal}): ${said}`);
    });
    this.#url = await answering;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#isMeantToRun = false;
    this.#url = undefined;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
