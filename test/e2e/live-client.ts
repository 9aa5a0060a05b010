// Whoever listens to Server-Sent Events: messages as they come, with the time at which each came.
import http from 'node:http';

export interface Message {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: any;
  /** By `performance.now()`. */
  readonly received: number;
}

export class LiveClient {
  readonly messages: Message[] = [];
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** How the connection ended, once it has. */
  readonly ended: Promise<void>;
  #read = 0;
  #change = Promise.withResolvers<void>();
  #hasEnded = false;

  static open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<LiveClient> {
    return new Promise((resolve, reject) => {
      const request = http.get(url, { headers, agent: false }, (response) => resolve(new LiveClient(response)));
      request.on('error', reject);
    });
  }

  private constructor(private readonly response: http.IncomingMessage) {
    this.status = response.statusCode!;
    this.headers = response.headers;
    this.ended = new Promise((resolve) => response.on('close', resolve));
    response.on('error', () => undefined);
    response.on('close', () => {
      this.#hasEnded = true;
      this.#changed();
    });
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.#receive(text.slice(0, end));
        text = text.slice(end + 2);
      }
    });
  }

  /** The id of the last message that has one. */
  get lastId(): string | undefined {
    return this.messages.findLast(({ id }) => id !== undefined)?.id;
  }

  /** The next message that was not asked for yet; with a name, the next one of that name. */
  async next(event?: string): Promise<Message> {
    for (;;) {
      while (this.#read < this.messages.length) {
        const message = this.messages[this.#read++]!;
        if (event === undefined || message.event === event) return message;
      }
      if (this.#hasEnded) throw new Error(`The connection has ended before a message ${event ?? ''}`);
      await this.#change.promise;
    }
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  async close(): Promise<void> {
    this.response.destroy();
    await this.ended;
  }

  #receive(block: string): void {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const data = field('data');
    if (data === undefined) return;
    this.messages.push({ id: field('id'), event: field('event')!, data: JSON.parse(data), received: performance.now() });
    this.#changed();
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
