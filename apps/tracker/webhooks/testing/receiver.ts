// Whoever receives webhooks: an HTTP server on a free port of this machine, which answers as it is told.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** What was sent, read as JSON. */
  readonly event: any;
  readonly id: string;
  /** Breaks the connection. */
  readonly cut: () => void;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class Receiver {
  readonly received: Received[] = [];
  /** Those to which it said 2xx, in their order. */
  readonly accepted: Received[] = [];
  #changed = Promise.withResolvers<void>();

  private constructor(
    private readonly server: http.Server,
    public answer: (received: Received) => Reply | Promise<Reply>,
  ) {}

  static async open(answer: Receiver['answer'] = () => ({ status: 204 })): Promise<Receiver> {
    const server = http.createServer();
    const receiver = new Receiver(server, answer);
    server.on('request', (request, response) => void receiver.#receive(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Resolves once so many were accepted. */
  async hasAccepted(count: number): Promise<void> {
    while (this.accepted.length < count) await this.#changed.promise;
  }

  /** Resolves once so many have come. */
  async hasReceived(count: number): Promise<void> {
    while (this.received.length < count) await this.#changed.promise;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // it was cut off
    }
    const text = Buffer.concat(chunks).toString('utf8');
    const id = String(request.headers['webhook-id']);
    const received = {
      path: request.url!,
      headers: request.headers,
      text,
      event: JSON.parse(text) as unknown,
      id,
      cut: () => void request.socket.destroy(),
    };
    this.received.push(received);
    this.#tell();
    const { status, headers, body } = await this.answer(received);
    if (status >= 200 && status < 300) this.accepted.push(received);
    response.writeHead(status, headers).end(body);
    this.#tell();
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Verifies a message after the Standard Webhooks specification, as a receiver does: written from the specification alone. @param now ms */
export function verifies(secret: string, { headers, text }: Pick<Received, 'headers' | 'text'>, now: number): boolean {
  const key = Buffer.from(secret.split('_')[1]!, 'base64');
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`] as string);
  if (Math.abs(now / 1000 - Number(timestamp)) > 300) return false;
  const expected = createHmac('sha256', key).update([id, timestamp, text].join('.')).digest();
  return signatures!.split(' ').some((each) => {
    const [version, signature] = each.split(',');
    const given = Buffer.from(signature ?? '', 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
