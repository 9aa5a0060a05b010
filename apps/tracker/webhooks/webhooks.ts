// All webhooks of this replica: registering them, and what can be asked and told of each.
import { randomUUID } from 'node:crypto';
import type { OnModuleDestroy } from '@nestjs/common';
import { canonicalJson } from '#crisis/canonical.js';
import type { EventStore, Position } from '#event-store/port.js';
import type { DeliveryPage, ReadSide } from '#projections/read-side.js';
import type { LogWatch } from '../event-log/log-watch.js';
import type { Log } from '../log.js';
import { Problem } from '../problem.js';
import { awaitPosition, WAIT_LIMIT_MS } from '../reads/await-position.js';
import type { Clock } from './clock.js';
import { outgoing, testMessage, type OutgoingMessage } from './cloud-event.js';
import { Deliverer } from './deliverer.js';
import type { Outcome, Sender } from './send.js';
import { freshSecret } from './signature.js';
import type { WebhookEntry } from './webhook-entry.js';
import type { WebhookFile } from './webhook-file.js';
import type { WebhookMetrics } from './webhook-metrics.js';
import type { ParkedMessage, Webhook } from './webhook.js';

/** Each asks the read side for what is new by itself. */
const WEBHOOKS_MAX = 100;
/** How long parked messages are tried again in one call, ms. */
const RETRY_PATIENCE_MS = 20_000;
const PARKED_LIMIT = 500;

const OTHER_LOG = 'It was registered for another log; register it again to have it go on with this one';

export interface WebhooksParts {
  readonly file: WebhookFile;
  readonly sender: Sender;
  readonly store: Pick<EventStore, 'id'>;
  readonly readSide: ReadSide;
  readonly watch: Pick<LogWatch, 'head'>;
  readonly metrics: WebhookMetrics;
  readonly log: Log;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface Registered {
  readonly webhook: Webhook;
  readonly status: 'registered' | 'amended' | 'unchanged';
}

/** How deliveries to a webhook stand. */
export interface WebhookStatus {
  readonly webhook: Webhook;
  /** All that matches up to here was accepted or parked. */
  readonly position: number;
  readonly pending: number;
  readonly parked: number;
  readonly failing: Deliverer['failing'];
}

/** What became of the parked messages that were tried again. */
export interface Retried {
  readonly delivered: readonly string[];
  /** The first that was not accepted: those after it were not tried. */
  readonly failed: ({ readonly id: string } & Pick<Outcome, 'status' | 'error'>) | null;
  readonly left: number;
}

export class Webhooks implements OnModuleDestroy {
  readonly #webhooks = new Map<string, Webhook>();
  readonly #deliverers = new Map<string, Deliverer>();
  readonly #cutting = new AbortController();
  readonly #stopListening: (() => void)[];
  /** Changes to what is registered come one after another. */
  #changing: Promise<unknown> = Promise.resolve();
  #started = false;
  #closed = false;

  constructor(private readonly parts: WebhooksParts) {
    const { file, readSide } = parts;
    for (const webhook of file.all()) this.#webhooks.set(webhook.id, webhook);
    this.#stopListening = [readSide.onAdvance(() => this.#advance()), readSide.onProgress(() => this.#advance())];
    this.#advance();
  }

  /** Takes up nothing more, and gives what is under way a second to end. */
  async onModuleDestroy(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stopListening) stop();
    this.#cutting.abort();
    await Promise.all([...this.#deliverers.values()].map((deliverer) => deliverer.stop()));
    this.parts.sender.close();
  }

  /**
   * Registers a webhook or amends it; one that was disabled is enabled again. `after` counts when it is registered.
   * @throws Problem 503 `too-many-webhooks` or `not-caught-up` @throws ReadRefused `unknown-crisis` @throws StoreUnavailable
   */
  put(id: string, entry: WebhookEntry): Promise<Registered> {
    return this.#change(async () => {
      const known = this.#webhooks.get(id);
      const log = this.parts.store.id;
      if (known === undefined && this.#webhooks.size >= WEBHOOKS_MAX)
        throw new Problem(503, 'too-many-webhooks', `There are ${WEBHOOKS_MAX} webhooks; delete one that is not needed`);
      const goesOn = known !== undefined && known.log === log;
      const webhook: Webhook = {
        id,
        url: entry.url,
        crisis: entry.crisis ?? null,
        filter: { ...entry.filter },
        secret: entry.secret ?? known?.secret ?? freshSecret(),
        log,
        createdAt: known?.createdAt ?? this.parts.clock.now(),
        position: goesOn ? this.#positionOf(known) : Number(await this.#startOf(entry.after)),
        disabled: null,
      };
      if (goesOn && isSame(known, webhook)) return { webhook: known, status: 'unchanged' };
      if (webhook.crisis !== null) await this.#refuseUnknown(webhook.crisis);
      await this.#restart(id, () => {
        if (known !== undefined && !goesOn) this.parts.file.remove(id);
        // Its deliverer has noted how far it came meanwhile.
        const position = goesOn ? this.#noted(id) : webhook.position;
        this.parts.file.put({ ...webhook, position });
        return { ...webhook, position };
      });
      return { webhook, status: known === undefined ? 'registered' : 'amended' };
    });
  }

  /** @throws Problem 404 `unknown-webhook` */
  remove(id: string): Promise<void> {
    return this.#change(async () => {
      this.#named(id);
      await this.#restart(id, () => {
        this.parts.file.remove(id);
        return undefined;
      });
    });
  }

  /** By their names. */
  all(): WebhookStatus[] {
    return [...this.#webhooks.keys()].sort().map((id) => this.status(id));
  }

  /** @throws Problem 404 `unknown-webhook` */
  status(id: string): WebhookStatus {
    const webhook = this.#named(id);
    const deliverer = this.#deliverers.get(id);
    return {
      webhook,
      position: this.#positionOf(webhook),
      pending: deliverer?.pending ?? 0,
      parked: this.parts.file.parkedCount(id),
      failing: deliverer?.failing ?? [],
    };
  }

  /** Sends a message that tells of nothing, at once. @throws Problem 404 `unknown-webhook` */
  test(id: string): Promise<Outcome> {
    const webhook = this.#named(id);
    return this.#send(webhook, testMessage(id, randomUUID(), this.parts.clock.now()));
  }

  /**
   * Delivers everything that matches after a position again. What was parked of it is no longer.
   * @throws Problem 404 `unknown-webhook`, 409 `webhook-disabled`, 503 `not-caught-up`
   */
  replay(id: string, from: Position): Promise<void> {
    return this.#change(async () => {
      if (this.#named(id).disabled !== null)
        throw new Problem(409, 'webhook-disabled', `The webhook ${id} is disabled; register it again, then replay`);
      await awaitPosition(this.parts.readSide, from);
      await this.#restart(id, (webhook) => {
        const position = Math.min(Number(from), this.#noted(id));
        this.parts.file.goBack(id, position);
        return { ...webhook!, position };
      });
    });
  }

  /** In the log's order. @throws Problem 404 `unknown-webhook` */
  parked(id: string): ParkedMessage[] {
    this.#named(id);
    return this.parts.file.parked(id, PARKED_LIMIT);
  }

  /**
   * Tries a parked message once more, or all of them in their order until one is not accepted or some time has passed.
   * @throws Problem 404 `unknown-webhook` or `unknown-message`
   */
  async retry(id: string, message?: string): Promise<Retried> {
    const webhook = this.#named(id);
    const { file, clock } = this.parts;
    const until = clock.now() + RETRY_PATIENCE_MS;
    const delivered: string[] = [];
    for (const parked of message === undefined ? file.parked(id, PARKED_LIMIT) : [this.#parkedNamed(id, message)]) {
      if (clock.now() > until) break;
      const { result, status, error } = await this.#send(webhook, await this.#again(webhook, parked));
      if (result !== 'accepted') {
        if (this.#webhooks.has(id)) file.parkAgain(id, { ...parked, attempts: parked.attempts + 1, status, error: error! });
        return { delivered, failed: { id: parked.id, status, error: error! }, left: file.parkedCount(id) };
      }
      file.unpark(id, parked.id);
      delivered.push(parked.id);
    }
    return { delivered, failed: null, left: file.parkedCount(id) };
  }

  async #send(webhook: Webhook, message: OutgoingMessage): Promise<Outcome> {
    const outcome = await this.parts.sender.send(webhook, message, this.parts.clock.now(), this.#cutting.signal);
    this.parts.metrics.count(outcome.result);
    return outcome;
  }

  async #again({ id }: Webhook, { position, crisis, track }: ParkedMessage): Promise<OutgoingMessage> {
    const { body } = await this.parts.readSide.ask('deliveries', {
      after: BigInt(position - 1),
      limit: 1,
      crisis,
      ofTrack: track,
      filter: {},
    });
    const message = (JSON.parse(body) as DeliveryPage).messages.find((each) => each.position === String(position));
    if (message !== undefined) return outgoing(id, message);
    throw new Problem(503, 'not-caught-up', `What is read does not include position ${position} yet. Try again.`, [], 1);
  }

  #named(id: string): Webhook {
    const webhook = this.#webhooks.get(id);
    if (webhook !== undefined) return webhook;
    throw new Problem(404, 'unknown-webhook', `There is no webhook "${id}" at this replica`);
  }

  #parkedNamed(id: string, message: string): ParkedMessage {
    const parked = this.parts.file.parkedMessage(id, message);
    if (parked !== undefined) return parked;
    throw new Problem(404, 'unknown-message', `No message "${message}" is parked`);
  }

  #positionOf({ id, position }: Webhook): number {
    return this.#deliverers.get(id)?.position ?? position;
  }

  /** The position that the file has, whatever detached lanes owe from before it. */
  #noted(id: string): number {
    return this.parts.file.all().find((webhook) => webhook.id === id)!.position;
  }

  /** After which position deliveries start. */
  async #startOf(after = 'now'): Promise<Position> {
    if (after === 'now') return this.#head();
    const position = BigInt(after) as Position;
    await awaitPosition(this.parts.readSide, position);
    return position;
  }

  /** It may have been opened just now. @throws ReadRefused `unknown-crisis` */
  async #refuseUnknown(crisis: string): Promise<void> {
    const { readSide } = this.parts;
    await readSide.reached(await this.#head(), WAIT_LIMIT_MS);
    await readSide.ask('deliveries', { crisis, filter: {}, after: 0n, limit: 0 });
  }

  /** The log's, since the read side's may lie far behind it. */
  async #head(): Promise<Position> {
    try {
      return await this.parts.watch.head();
    } catch (error) {
      throw new Problem(503, 'store-away', `Where the log stands is not known: ${(error as Error).message}`, [], 1);
    }
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  /** Changes a webhook while nothing is delivered to it. Undefined: it is no more. */
  async #restart(id: string, change: (webhook: Webhook | undefined) => Webhook | undefined): Promise<void> {
    await this.#deliverers.get(id)?.stop();
    this.#deliverers.delete(id);
    const webhook = change(this.#webhooks.get(id));
    if (webhook === undefined) this.#webhooks.delete(id);
    else this.#webhooks.set(id, webhook);
    if (webhook !== undefined && this.#started) this.#deliver(webhook);
  }

  /** There may be something new. The first time that the log is known, deliveries start. */
  #advance(): void {
    if (!this.#started) this.#start();
    for (const deliverer of this.#deliverers.values()) deliverer.advance();
  }

  #start(): void {
    let log: string;
    try {
      log = this.parts.store.id;
    } catch {
      return; // it is away, and not known yet
    }
    this.#started = true;
    for (const webhook of this.#webhooks.values()) {
      if (webhook.log === log) this.#deliver(webhook);
      else this.#disable(webhook, OTHER_LOG);
    }
  }

  #deliver(webhook: Webhook): void {
    if (webhook.disabled !== null || this.#closed) return;
    const { readSide, file, sender, log, clock, random, metrics } = this.parts;
    const deliverer = new Deliverer(webhook, {
      readSide,
      file,
      sender,
      log,
      clock,
      random,
      count: (outcome) => metrics.count(outcome),
      onGone: (reason) => {
        if (this.#deliverers.get(webhook.id) !== deliverer || this.#closed) return;
        this.#deliverers.delete(webhook.id);
        this.#disable({ ...webhook, position: this.#noted(webhook.id) }, reason);
      },
    });
    this.#deliverers.set(webhook.id, deliverer);
    deliverer.start();
  }

  #disable(webhook: Webhook, reason: string): void {
    const disabled = { ...webhook, disabled: webhook.disabled ?? { reason, at: this.parts.clock.now() } };
    this.#webhooks.set(webhook.id, disabled);
    this.parts.file.put(disabled);
    this.parts.log.warn(`The webhook ${webhook.id} is disabled: ${reason}`);
  }
}

function isSame(known: Webhook, { url, crisis, filter, secret }: Webhook): boolean {
  const same = known.url === url && known.crisis === crisis && known.secret === secret;
  return same && known.disabled === null && canonicalJson(known.filter) === canonicalJson(filter);
}
