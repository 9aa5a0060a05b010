// One tracker process of several on one store: it can be killed and brought back with its folder, on another port.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService, type Service } from '../bench/service.js';

export class Replica {
  readonly #folder = mkdtempSync(join(tmpdir(), 'parley-replica-'));
  #service: Service | undefined;

  constructor(private readonly store: string) {}

  /** Undefined while it is down. */
  get url(): string | undefined {
    return this.#service?.url;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    this.#service = await startService(this.#folder, { environment: { EVENTSTORE_URL: this.store } });
  }

  /** As the machine would end it: nothing is said, nothing is finished. */
  async kill(): Promise<void> {
    const { process } = this.#service!;
    this.#service = undefined;
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.#service?.stop();
    this.#service = undefined;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
