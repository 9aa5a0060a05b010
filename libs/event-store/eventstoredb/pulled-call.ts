// A call whose answers are taken in batches, as fast as they are asked for.
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { StoreUnavailable } from '../port.js';
import type { ReadCall } from './connection.js';
import { readMessage, type ReadMessage } from './read-message.js';

/** Above this the server is held up, bytes: HTTP/2's flow control does the rest. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * Guarantees: what has come and was not taken is bounded, in number and in bytes; whoever waits longer than its patience
 * is told, and the call is cancelled.
 */
export class PulledCall {
  #messages: ReadMessage[] = [];
  #bytes = 0;
  #ended = false;
  #failure: unknown;
  #wake: () => void = () => undefined;

  /** @param most how many messages wait at most, about */
  constructor(
    private readonly call: ReadCall,
    private readonly most: number,
  ) {
    call.on('data', (response) => {
      const message = readMessage(response);
      this.#messages.push(message);
      if (message.kind === 'event') this.#bytes += message.event.data.length + message.event.metadata.length;
      if (this.#messages.length >= this.most || this.#bytes >= BUFFER_BYTES) call.pause();
      this.#wake();
    });
    call.on('error', (error) => this.#end(error));
    call.on('end', () => this.#end(undefined));
    call.on('close', () => this.#end(undefined));
  }

  /**
   * What has come by now, in order and never empty; undefined once all has been taken and the call has ended by itself.
   * @param patience ms. Undefined: it may be silent for ever
   * @throws whatever ended the call, after all that came before it
   */
  async next(patience: number | undefined): Promise<readonly ReadMessage[] | undefined> {
    if (this.#messages.length === 0 && !this.#ended) {
      await this.#arrival(patience);
      // What comes in this turn is taken together.
      await turnOfTheEventLoop();
    }
    const messages = this.#messages;
    this.#messages = [];
    this.#bytes = 0;
    if (messages.length > 0) {
      if (!this.#ended) this.call.resume();
      return messages;
    }
    if (this.#failure !== undefined) throw this.#failure;
    return undefined;
  }

  cancel(): void {
    if (!this.#ended) this.call.cancel();
  }

  async #arrival(patience: number | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const silence = patience === undefined ? undefined : setTimeout(() => this.#giveUp(), patience);
    await promise;
    clearTimeout(silence);
  }

  #giveUp(): void {
    this.call.cancel();
    this.#end(new StoreUnavailable('The event store does not answer'));
  }

  #end(failure: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#wake();
  }
}
