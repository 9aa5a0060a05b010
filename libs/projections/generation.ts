// One file of the read side: the thread that keeps it level with the log, and the one that reads it.
import { Asking } from './asking.js';
import { fileOf, removeFile } from './file.js';
import { KeptThread } from './kept-thread.js';
import type { LogSource } from './log-source.js';
import type { BuilderOptions, BuilderState, FromBuilder, Obstacle, ToBuilder } from './messages.js';

export interface GenerationOptions {
  readonly folder: string;
  readonly log: LogSource;
  /** The log's id. */
  readonly store: string;
  /** 0 for the first file; see file.ts. */
  readonly number: number;
  /** It is not built beside another one: it is read as soon as it is there. */
  readonly inService: boolean;
  /** To stop at the first event that cannot be applied, instead of parking it. */
  readonly strict: boolean;
}

export interface GenerationEvents {
  /** The file is there, and tells its state. */
  opened(): void;
  /** Its state is another. @param crises of which there were events */
  moved(crises: readonly string[]): void;
  /** It is being built from a long log, and is not there yet. */
  underWay(): void;
  /** It can be asked. */
  readable(): void;
  /** The log cannot be followed at the moment. */
  interrupted(reason: string): void;
  /** A thread has broken down, and is started again after a while. */
  down(thread: 'builder' | 'reader', reason: string): void;
  /** In strict mode: it does not go on. */
  stopped(obstacle: Obstacle): void;
  /** It is of no use any more. */
  damaged(): void;
}

export class Generation {
  readonly number: number;
  readonly file: string;
  readonly asking: Asking;
  readonly #builder: KeptThread<ToBuilder, FromBuilder>;
  #inService: boolean;
  #isReading = false;
  #state: BuilderState | undefined;
  #underWay = { position: 0, applied: 0 };

  constructor(
    { folder, log, store, number, inService, strict }: GenerationOptions,
    private readonly events: GenerationEvents,
  ) {
    this.number = number;
    this.file = fileOf(folder, store, number);
    this.#inService = inService;
    const options: BuilderOptions = { file: this.file, store, folder, log, inService, strict };
    this.asking = new Asking(options, {
      up: () => events.readable(),
      down: (reason) => events.down('reader', reason),
      damaged: () => events.damaged(),
    });
    this.#builder = new KeptThread(new URL('./builder.js', import.meta.url), options, {
      onMessage: (message) => this.#receive(message),
      onDown: (reason) => events.down('builder', reason),
    });
  }

  /** How far it has come, and how many events its thread has come through, also before the file is there. */
  get reached(): Pick<BuilderState, 'position' | 'applied'> {
    return this.#state ?? this.#underWay;
  }

  /** Undefined until the file is there. */
  get state(): BuilderState | undefined {
    return this.#state;
  }

  start(): void {
    this.#builder.start();
  }

  /** From now on it is the one that answers, also after the next start. */
  putInService(): void {
    this.#inService = true;
    this.#builder.post({ kind: 'put-in-service' });
    this.#read();
  }

  /** Leaves nothing running. It can be started again. */
  async kill(): Promise<void> {
    this.#isReading = false;
    this.#state = undefined;
    this.#underWay = { position: 0, applied: 0 };
    await Promise.all([this.asking.kill(), this.#builder.kill()]);
  }

  /** Kills it and removes its file. */
  async discard(): Promise<void> {
    await this.kill();
    removeFile(this.file);
  }

  /** Goes on answering what was asked, at most so long; then closes, and removes its file. */
  async retire(patienceMs: number): Promise<void> {
    await this.#builder.close({ kind: 'close' });
    await this.asking.retire(patienceMs);
    removeFile(this.file);
  }

  async close(): Promise<void> {
    // The reader first: whose connection is the last one tidies the file up, and only a builder can.
    await this.asking.close();
    await this.#builder.close({ kind: 'close' });
  }

  #receive(message: FromBuilder): void {
    switch (message.kind) {
      case 'under-way':
        this.#underWay = message;
        return this.events.underWay();
      case 'ready':
      case 'committed':
        this.#state = message.state;
        // A builder that broke down may not have heard of it.
        if (message.kind === 'ready' && this.#inService) this.#builder.post({ kind: 'put-in-service' });
        if (this.#inService || message.state.caughtUp) this.#read();
        return message.kind === 'ready' ? this.events.opened() : this.events.moved(message.crises);
      case 'interrupted':
        return this.events.interrupted(message.reason);
      case 'stopped':
        return this.events.stopped(message.obstacle);
      case 'damaged':
        return this.events.damaged();
    }
  }

  #read(): void {
    if (this.#isReading || this.#state === undefined) return;
    this.#isReading = true;
    this.asking.start();
  }
}
