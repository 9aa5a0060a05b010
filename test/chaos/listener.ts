// A live subscriber that is thrown off again and again, and goes on, anywhere, with the id of the last message that it has.
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveClient, type Message } from '../e2e/live-client.js';
import type { Dice } from './dice.js';
import type { Run } from './run.js';

/** The messages that stand for events of the log. */
const OF_EVENTS = ['development', 'correction', 'retraction'];

export class Listener {
  readonly messages: Message[] = [];
  connections = 0;
  #client: LiveClient | undefined;
  #stopped = false;

  constructor(
    private readonly run: Run,
    private readonly dice: Dice,
    /** Stops reading now and then. */
    private readonly isSlow: boolean,
  ) {}

  /** The position of the snapshot that it began with. */
  get from(): bigint {
    return BigInt(this.messages[0]!.data.position);
  }

  /** Positions of the events that it was told of, in the order of the telling. */
  get positions(): bigint[] {
    return this.messages.filter(({ event }) => OF_EVENTS.includes(event)).map(({ data }) => BigInt(data.position));
  }

  async listen(): Promise<void> {
    while (!this.#stopped) {
      const up = this.run.trackers.filter(({ url }) => url !== undefined);
      if (up.length > 0) await this.#connect(this.dice.one(up).url!);
      await sleep(this.dice.between(5, 50));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#client?.close();
  }

  async #connect(url: string): Promise<void> {
    const last = this.messages.findLast(({ id }) => id !== undefined)?.id;
    const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': last };
    const client = await LiveClient.open(`${url}/crises/${this.run.crisis}/live`, headers).catch(() => undefined);
    if (client === undefined) return;
    this.#client = client;
    if (this.#stopped) return client.close();
    if (client.status !== 200) {
      if (client.status !== 503) this.run.violations.push(`A live connection was answered ${client.status}`);
      return client.close();
    }
    this.connections++;
    if (this.isSlow) void this.#dawdle(client);
    try {
      for (;;) this.#take(await client.next(), last !== undefined);
    } catch {
      // It has ended: as in life, one connects again.
    }
  }

  #take(message: Message, resumed: boolean): void {
    if (message.event === 'resync') this.run.violations.push(`A live connection was told to begin anew: ${JSON.stringify(message.data)}`);
    if (message.event === 'snapshot' && (resumed || this.messages.length > 0))
      this.run.violations.push('A live connection that resumed began with a snapshot');
    this.messages.push(message);
  }

  /** Reads a little, then nothing for a while, until the connection or the run is over. */
  async #dawdle(client: LiveClient): Promise<void> {
    const ended = new AbortController();
    void client.ended.then(() => ended.abort());
    const signal = AbortSignal.any([ended.signal, this.run.over]);
    const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      client.pause();
      await pause(this.dice.between(100, 2_000));
      client.resume();
      await pause(this.dice.between(10, 200));
    }
  }
}
