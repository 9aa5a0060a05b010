// A live connection that is made again whenever it is lost, after the last message that was had.
//
// Guarantee: every message once and in order, however often the connection is cut. A message counts as had when it was whole;
// what was cut in the middle is asked for again.
// Non-guarantee: nothing is kept. Whoever wants to go on after their own process has ended keeps the last `id`, and gives it as `after`.
import { eventsIn } from './event-stream.js';
import { linesOf } from './lines.js';
import type { LiveMessage } from './messages.js';
import { ParleyProblem } from './problem.js';

/** Until the service says otherwise, ms. */
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
/** The service sends something every 15 s: who hears nothing for so long has lost it, ms. */
const SILENCE_MS = 45_000;

export interface LiveOptions {
  /** The `id` of the last message that was had. Without it, a snapshot comes first. */
  readonly after?: string;
  /** Ends it: the iteration then throws the signal's reason. It returns where the service told it not to come back, or where one breaks off. */
  readonly signal?: AbortSignal;
  /** Told when the connection stands. */
  readonly onOpen?: () => void;
  /** Told when it is lost, or ended by the service (then `error` is undefined), and when it is made again, ms. */
  readonly onLost?: (error: unknown, retryMs: number) => void;
}

/**
 * @param connect makes a connection, after the message with that id
 * @throws ParleyProblem that trying again does not help against @throws the signal's reason
 */
export async function* liveMessages(
  connect: (lastId: string | undefined, signal: AbortSignal) => Promise<Response>,
  { after, signal, onOpen, onLost }: LiveOptions,
): AsyncGenerator<LiveMessage, void, void> {
  let lastId = after;
  let retry = RETRY_MS;
  let failures = 0;
  for (;;) {
    let error: unknown;
    const connection = new Connection(signal);
    try {
      const response = await connect(lastId, connection.signal);
      if (response.status === 204) return;
      onOpen?.();
      for await (const event of eventsIn(connection.watched(linesOf(response.body!)), lastId)) {
        if ('retry' in event) {
          retry = event.retry;
          continue;
        }
        signal?.throwIfAborted();
        failures = 0;
        lastId = event.lastId;
        yield { event: event.event, id: event.hasOwnId ? event.lastId : undefined, data: JSON.parse(event.data) as unknown } as LiveMessage;
      }
    } catch (thrown) {
      signal?.throwIfAborted();
      if (isFinal(thrown)) throw thrown;
      error = thrown;
    } finally {
      connection.end();
    }
    const delay = retryDelay(error, retry, failures++);
    onLost?.(error, delay);
    await pause(delay, signal);
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof ParleyProblem && !error.isPassing);
}

/** Never sooner than the service said, longer with every failure, and not for all at once. ms */
function retryDelay(error: unknown, retry: number, failures: number): number {
  const told = error instanceof ParleyProblem ? (error.retryAfter ?? 0) * 1000 : 0;
  const least = Math.max(told, retry, Math.min(retry * 2 ** failures, LONGEST_RETRY_MS));
  return least * (1 + Math.random() / 2);
}

/** One connection: what ends it is the caller's signal, or silence. */
class Connection {
  readonly #controller = new AbortController();
  readonly #aborted = (): void => this.#controller.abort(this.caller!.reason);
  #silence: ReturnType<typeof setTimeout> | undefined;

  /** @throws the caller's reason, if it has aborted already */
  constructor(private readonly caller: AbortSignal | undefined) {
    caller?.throwIfAborted();
    caller?.addEventListener('abort', this.#aborted, { once: true });
    this.#heard();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The time that the consumer takes for a line is no silence. */
  async *watched(lines: AsyncIterable<string>): AsyncGenerator<string> {
    this.#heard();
    for await (const line of lines) {
      clearTimeout(this.#silence);
      yield line;
      this.#heard();
    }
  }

  end(): void {
    clearTimeout(this.#silence);
    this.caller?.removeEventListener('abort', this.#aborted);
    this.#controller.abort();
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#controller.abort(new Error(`Nothing was heard for ${SILENCE_MS / 1000} s`)), SILENCE_MS);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
