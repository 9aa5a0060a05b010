// One attempt to deliver a message: what is sent, to where it may be sent, and what the answer means.
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { AddressRefused, addressIn, isPublic, publicLookup, systemResolve, type Resolve } from './allowed-address.js';
import type { OutgoingMessage } from './cloud-event.js';
import { CONTENT_TYPE } from './cloud-event.js';
import { parseRetryAfter } from './retry-schedule.js';
import { signedHeaders } from './signature.js';

const TIMEOUT_MS = 15_000;
/** How much of an answer's body is read, so that its connection can be used again. */
const BODY_MAX_BYTES = 64 * 1024;

/** `accepted`: 2xx. `gone`: 410, nothing more is wanted. */
export interface Outcome {
  readonly result: 'accepted' | 'failed' | 'gone';
  /** Null if there was no answer. */
  readonly status: number | null;
  /** What went wrong, for people; undefined if nothing did. */
  readonly error?: string;
  /** ms */
  readonly retryAfter?: number;
}

export interface SenderOptions {
  /** Private addresses and plain HTTP are allowed. */
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
  /** ms */
  readonly timeout?: number;
}

export class Sender {
  readonly #lookup: LookupFunction | undefined;
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };

  constructor(private readonly options: SenderOptions) {
    this.#lookup = options.allowPrivate ? undefined : publicLookup(options.resolve ?? systemResolve);
    const kept = { keepAlive: true, maxFreeSockets: 8, timeout: 60_000 };
    this.#agents = { 'http:': new http.Agent(kept), 'https:': new https.Agent(kept) };
  }

  /** What stands against a URL; undefined if nothing does that can be said before a connection is made. */
  faultOf(url: URL): string | undefined {
    const address = addressIn(url);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with https://';
    if (url.username !== '' || url.password !== '') return 'must hold no user and no password';
    if (this.options.allowPrivate) return undefined;
    if (url.protocol === 'http:')
      return 'must begin with https://; plain http is for private addresses, which PARLEY_WEBHOOK_PRIVATE=on allows';
    if (address !== undefined && !isPublic(address)) return new AddressRefused(address, address).message;
    return undefined;
  }

  /** Never rejects. @param now ms @param signal cuts it off: then it has failed */
  send(
    to: { readonly url: string; readonly secret: string },
    { id, body }: OutgoingMessage,
    now: number,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const url = new URL(to.url);
    // The setting may be another one than when it was registered.
    const fault = this.faultOf(url);
    if (fault !== undefined) return Promise.resolve({ result: 'failed', status: null, error: `The URL ${fault}` });
    const headers = {
      'content-type': CONTENT_TYPE,
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Parley',
      ...signedHeaders(to.secret, id, now, body),
    };
    const limit = this.options.timeout ?? TIMEOUT_MS;
    const timeout = AbortSignal.timeout(limit);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const attempt = (): void => {
      const request = (url.protocol === 'https:' ? https : http).request(url, {
        method: 'POST',
        headers,
        agent: this.#agents[url.protocol as 'http:' | 'https:'],
        lookup: this.#lookup,
        signal: AbortSignal.any([signal, timeout]),
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The receiver closed the connection of an earlier request just then: that is no answer to this one.
        if (request.reusedSocket && error.code === 'ECONNRESET') return attempt();
        resolve({ result: 'failed', status: null, error: timeout.aborted ? `No answer within ${limit / 1000} s` : described(error) });
      });
      request.on('response', (answer) => {
        discard(answer);
        resolve(outcomeOf(answer, now));
      });
      request.end(body);
    };
    attempt();
    return promise;
  }

  close(): void {
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }
}

/** Redirects are not followed: where they lead to, nobody has registered. */
function outcomeOf({ statusCode, headers }: http.IncomingMessage, now: number): Outcome {
  const status = statusCode!;
  if (status >= 200 && status < 300) return { result: 'accepted', status };
  if (status === 410) return { result: 'gone', status, error: 'The receiver answered 410: it wants nothing more' };
  const redirected = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  const retryAfter = parseRetryAfter(headers['retry-after'], now);
  return {
    result: 'failed',
    status,
    error: `The receiver answered ${status}${redirected}`,
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

function discard(answer: http.IncomingMessage): void {
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) answer.destroy();
  });
  answer.on('error', () => undefined);
}

/** Where several addresses were tried, what each of them said. */
function described(error: Error): string {
  if (error.name === 'AbortError') return 'It was cut off';
  if (error instanceof AggregateError) return error.errors.map((each: Error) => each.message).join('; ');
  return error.message;
}
