// A thread that is there again when it has broken down.
import { Worker } from 'node:worker_threads';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
/** Who has worked for so long is started again without a long wait, ms. */
const STEADY_MS = 10_000;
/** Room for what is young: by default what a batch is made of outlives it, and is moved twice. */
export const ROOM_FOR_A_BATCH = { maxYoungGenerationSizeMb: 48 } as const;
/** How long a thread may take to end once it is told to, ms. */
const PATIENCE_MS = 5_000;

export interface ThreadEvents<From> {
  onMessage(message: From): void;
  /** It has broken down and is started again after a while. */
  onDown(reason: string): void;
}

export class KeptThread<To extends { readonly kind: string }, From> {
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  constructor(
    private readonly program: URL,
    private readonly workerData: unknown,
    private readonly events: ThreadEvents<From>,
  ) {}

  start(): void {
    if (this.#closed) return;
    clearTimeout(this.#restart);
    const worker = new Worker(this.program, { workerData: this.workerData, resourceLimits: ROOM_FOR_A_BATCH });
    const started = performance.now();
    let reason = 'it ended by itself';
    this.#worker = worker;
    worker.on('message', (message: From) => {
      if (this.#worker === worker) this.events.onMessage(message);
    });
    worker.on('error', (error) => (reason = (error as Error).message));
    this.#ended = new Promise((resolve) => {
      worker.on('exit', () => {
        resolve();
        if (this.#worker !== worker) return;
        this.#worker = undefined;
        if (this.#closed) return;
        this.#failures = performance.now() - started > STEADY_MS ? 0 : this.#failures + 1;
        this.#restart = setTimeout(() => this.start(), Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS));
        this.events.onDown(reason);
      });
    });
  }

  /** What is posted while it is down is lost. */
  post(message: To): void {
    this.#worker?.postMessage(message);
  }

  /** Ends it wherever it stands. It can be started again. */
  async kill(): Promise<void> {
    clearTimeout(this.#restart);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  /** Lets it end by itself, for a while. @param farewell what tells it to */
  async close(farewell: To): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    this.post(farewell);
    const impatience = setTimeout(() => void this.#worker?.terminate(), PATIENCE_MS);
    await this.#ended;
    clearTimeout(impatience);
  }
}
