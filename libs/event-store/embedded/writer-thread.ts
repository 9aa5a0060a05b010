// The calling thread's side of the writer: gathers appends, hands them over in one message, and gives each its outcome.
import { Worker } from 'node:worker_threads';
import { OutcomeUnknown, StoreUnavailable } from '../port.js';
import { StoreFileRefused, StoreInUse } from './log-file.js';
import type { AppendOutcome, AppendRequest } from './log-writer.js';
import { packAppends, unpackOutcomes } from './messages.js';
import type { FromWriter, PackedOutcomes, ToWriter, WriterData } from './messages.js';

interface Pending {
  readonly request: AppendRequest;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Appends reach the log in the order of the calls. Keeps the process alive while appends are under way, and not
 * otherwise. Does not bound how many are under way: whoever calls knows best how many to send at once.
 */
export class WriterThread {
  /**
   * Starts the thread and waits until it holds the folder's lock.
   * @throws StoreInUse
   * @throws StoreFileRefused
   */
  static async start(folder: string): Promise<WriterThread> {
    const workerData: WriterData = { folder };
    const worker = new Worker(new URL('./writer.js', import.meta.url), { workerData });
    const id = await new Promise<string>((resolve, reject) => {
      worker.once('message', (message: FromWriter) => {
        if (message.kind === 'ready') resolve(message.id);
        else reject(refusal(folder, message));
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(new StoreUnavailable(`The writer of the event log in ${folder} ended at its start`)));
    });
    return new WriterThread(worker, id);
  }

  /** Commits under way, oldest first. */
  readonly #sent: Pending[] = [];
  #gathered: Pending[] = [];
  /** Why nothing more can be appended. */
  #ended: string | undefined;
  #closed: Promise<void> | undefined;
  readonly #exit: Promise<void>;

  private constructor(
    private readonly worker: Worker,
    readonly id: string,
  ) {
    worker.removeAllListeners('error');
    worker.on('message', (message: FromWriter) => {
      if (message.kind === 'outcomes') this.#settle(message.outcomes);
    });
    worker.on('error', (error) => this.#fail(error instanceof Error ? error.message : String(error)));
    this.#exit = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail('it has ended');
        resolve();
      });
    });
    worker.unref();
  }

  /**
   * @throws StoreUnavailable the writer is closed or dead: nothing was written
   * @throws OutcomeUnknown the writer died over it
   */
  append(request: AppendRequest): Promise<AppendOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(new StoreUnavailable(this.#ended));
      if (this.#sent.length + this.#gathered.length === 0) this.worker.ref();
      // Not at once: what this turn of the event loop brings, many requests perhaps, goes over in one message.
      if (this.#gathered.length === 0) setImmediate(() => this.#send());
      this.#gathered.push({ request, resolve, reject });
    });
  }

  /** Lets what was appended before finish, and lets go of the lock. Safe to call more than once. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#ended === undefined) {
      this.worker.ref();
      this.#send();
      this.#post({ kind: 'close' });
      this.#ended = 'The event log is closed';
    }
    await this.#exit;
  }

  #send(): void {
    if (this.#gathered.length === 0) return;
    const gathered = this.#gathered;
    this.#gathered = [];
    for (const pending of gathered) this.#sent.push(pending);
    this.#post({ kind: 'append', appends: packAppends(gathered.map(({ request }) => request)) });
  }

  #post(message: ToWriter): void {
    this.worker.postMessage(message);
  }

  #settle(packed: PackedOutcomes): void {
    const settled = this.#sent.splice(0, packed.numbers.length / 2);
    const outcomes = unpackOutcomes(
      packed,
      settled.map(({ request }) => request),
    );
    if (this.#sent.length + this.#gathered.length === 0 && this.#closed === undefined) this.worker.unref();
    settled.forEach(({ resolve }, n) => resolve(outcomes[n]!));
  }

  #fail(reason: string): void {
    this.#ended ??= `The event log's writer stopped (${reason}): restart the process`;
    for (const { reject } of this.#sent.splice(0)) {
      reject(new OutcomeUnknown(`The event log's writer stopped (${reason}) before it told the outcome`));
    }
    for (const { reject } of this.#gathered.splice(0)) reject(new StoreUnavailable(this.#ended));
  }
}

function refusal(folder: string, message: FromWriter): Error {
  if (message.kind !== 'refused') return new Error(`The event log's writer began with ${message.kind}`);
  if (message.name === 'StoreInUse') return new StoreInUse(folder);
  if (message.name === 'StoreFileRefused') return new StoreFileRefused(message.message);
  return new StoreUnavailable(`The event log in ${folder} cannot be opened: ${message.message}`);
}
