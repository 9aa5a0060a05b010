// Delivers to one webhook: reads what it wants from the read side, and sends it, in order for each track.
//
// All tracks are read together, and each has a lane in which its messages wait. A lane that is held up (its message is not
// accepted, its events could not be applied, or it has far more to send than the others) is detached: it goes on from where
// it is, reading by itself, and the others pass it. Once it is level with them it is one of them again.
//
// Guarantees: every message is accepted, or parked after the last attempt; the next message of a track is sent once the one before was;
// what is in memory is bounded; after a crash only what was not noted is sent again, with the same id.
// Non-guarantee: no order between tracks.
import type { DeliveryMessage, DeliveryPage, ReadSide } from '#projections/read-side.js';
import type { Log } from '../log.js';
import type { Clock } from './clock.js';
import { outgoing } from './cloud-event.js';
import { delayAfter } from './retry-schedule.js';
import type { Outcome, Sender } from './send.js';
import type { WebhookFile } from './webhook-file.js';
import type { Failure, LaneRecord, ParkedMessage, Webhook } from './webhook.js';

/** Requests to a webhook that are under way at once. */
const AT_ONCE = 4;
/** Messages that wait in lanes that are read together. */
const WAITING_MAX = 256;
/** Of these, how many a lane may have before it is detached to make room for others. */
const WAITING_OF_LANE = 32;
const PAGE = 64;
/** How long it is waited before the read side is asked again, ms. */
const PAUSE_MS = 1000;
/** How often it is written at most how far it has come where nothing was sent, ms. */
const NOTE_EVERY_MS = 1000;
/** How long a request may go on when the deliverer is told to stop, ms. */
const GRACE_MS = 1000;

export interface DelivererParts {
  readonly readSide: Pick<ReadSide, 'ask'>;
  readonly file: Pick<WebhookFile, 'lanes' | 'note'>;
  readonly sender: Pick<Sender, 'send'>;
  readonly log: Pick<Log, 'warn' | 'error'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly count: (outcome: Outcome['result'] | 'parked') => void;
  /** The receiver wants nothing more. Called when the deliverer has stopped. */
  readonly onGone: (reason: string) => void;
}

interface Lane {
  readonly crisis: string;
  readonly track: string;
  /** All of the track up to here was accepted or parked. */
  after: number;
  detached: boolean;
  failure: Failure | null;
  readonly waiting: DeliveryMessage[];
  /** Of a detached lane: up to where `waiting` was read. */
  read: number;
  working: boolean;
  /** There may be more than when it was last looked. */
  again: boolean;
}

export class Deliverer {
  readonly #lanes = new Map<string, Lane>();
  /** The positions of what waits or is under way in lanes that are not detached, in their order. */
  readonly #open = new Set<number>();
  readonly #stopping = new AbortController();
  readonly #cutting = new AbortController();
  readonly #working = new Set<Promise<void>>();
  readonly #queue: (() => void)[] = [];
  #underWay = 0;
  #read: number;
  #noted: number;
  /** When that was last written, ms. */
  #notedAt = 0;
  #news = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();

  constructor(
    private readonly webhook: Webhook,
    private readonly parts: DelivererParts,
  ) {
    this.#read = this.#noted = webhook.position;
    for (const record of parts.file.lanes(webhook.id)) {
      const { crisis, track } = record;
      const lane: Lane = { ...record, waiting: [], read: record.after, working: false, again: false };
      this.#lanes.set(keyOf({ crisis, track }), lane);
    }
  }

  start(): void {
    for (const lane of this.#lanes.values()) this.#resume(lane);
    this.#track(this.#readOn());
  }

  /** The read side has come further, or is another one. */
  advance(): void {
    this.#news.resolve();
  }

  /** Takes up nothing more, and gives what is under way a second to end. Safe to call more than once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#news.resolve();
    this.#room.resolve();
    for (const next of this.#queue.splice(0)) next();
    const cut = setTimeout(() => this.#cutting.abort(), GRACE_MS);
    while (this.#working.size > 0) await Promise.all(this.#working);
    clearTimeout(cut);
    try {
      this.parts.file.note(this.webhook.id, this.#noted);
    } catch (error) {
      this.#interrupted(error);
    }
  }

  /** All that matches up to here was accepted or parked. */
  get position(): number {
    return Math.min(this.#noted, ...[...this.#lanes.values()].filter(({ detached }) => detached).map(({ after }) => after));
  }

  /** How many messages are read and not accepted yet. */
  get pending(): number {
    return [...this.#lanes.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** The tracks whose next message was not accepted yet, longest first. */
  get failing(): readonly { readonly crisis: string; readonly track: string; readonly failure: Failure }[] {
    return [...this.#lanes.values()]
      .flatMap(({ crisis, track, failure }) => (failure === null ? [] : [{ crisis, track, failure }]))
      .sort((a, b) => a.failure.since - b.failure.since);
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #readOn(): Promise<void> {
    while (!this.#isStopping) {
      if (this.#open.size >= WAITING_MAX && !this.#makeRoom()) {
        await this.#room.promise;
        this.#room = Promise.withResolvers();
        continue;
      }
      this.#news = Promise.withResolvers();
      const page = await this.#page(this.#read, PAGE);
      if (page === undefined) continue;
      this.#takeUp(page);
      if (!page.more) await this.#news.promise;
    }
  }

  /** What cannot be noted now is noted with what comes next. */

  #takeUp({ messages, cursor, parked }: DeliveryPage): void {
    for (const message of messages) this.#take(message);
    this.#read = Number(cursor);
    try {
      for (const { position, ...of } of parked) this.#awaitRelease(this.#lane(of), Number(position));
      this.#noteMoved();
    } catch (error) {
      this.#interrupted(error);
    }
    for (const lane of this.#lanes.values()) if (lane.failure === null && (lane.detached || lane.waiting.length > 0)) this.#work(lane);
  }

  /** Undefined if it cannot be had: then some time has passed. */
  async #page(after: number, limit: number, lane?: Lane): Promise<DeliveryPage | undefined> {
    const crisis = lane?.crisis ?? this.webhook.crisis ?? undefined;
    const { filter } = this.webhook;
    try {
      const { body } = await this.parts.readSide.ask('deliveries', {
        filter,
        after: BigInt(after),
        limit,
        ...(crisis !== undefined && { crisis }),
        ...(lane !== undefined && { ofTrack: lane.track }),
      });
      return this.#isStopping ? undefined : (JSON.parse(body) as DeliveryPage);
    } catch (error) {
      if (this.#isStopping) return undefined;
      this.parts.log.warn(`What is to be delivered to the webhook ${this.webhook.id} cannot be read now: ${(error as Error).message}`);
      await this.#pause(PAUSE_MS);
      return undefined;
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    const { signal } = this.#stopping;
    signal.addEventListener('abort', end, { once: true });
    this.parts.clock.after(ms, end, signal);
    await promise;
    signal.removeEventListener('abort', end);
  }

  #lane(of: Pick<Lane, 'crisis' | 'track'>): Lane {
    const key = keyOf(of);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const { crisis, track } = of;
    const lane = { crisis, track, after: 0, detached: false, failure: null, waiting: [], read: 0, working: false, again: false };
    this.#lanes.set(key, lane);
    return lane;
  }

  #take(message: DeliveryMessage): void {
    const lane = this.#lane(message);
    const position = Number(message.position);
    if (lane.detached || position <= lane.after) return;
    lane.waiting.push(message);
    this.#open.add(position);
    this.#work(lane);
  }

  /** Its events from a position on could not be applied: it goes on by itself once they are. */
  #awaitRelease(lane: Lane, position: number): void {
    if (lane.detached || position <= lane.after) return;
    this.#detach(lane, position - 1);
    this.#note(lane);
  }

  /** @param upTo of a lane in which nothing waits: up to where all was accepted */
  #detach(lane: Lane, upTo: number): void {
    for (const { position } of lane.waiting) this.#open.delete(Number(position));
    const [first] = lane.waiting;
    lane.waiting.splice(1);
    lane.detached = true;
    lane.read = first === undefined ? upTo : Number(first.position);
    lane.after = first === undefined ? upTo : lane.read - 1;
    this.#room.resolve();
  }

  /** Whether there was a lane that had so much to send that the others need not wait for it. */
  #makeRoom(): boolean {
    const attached = [...this.#lanes.values()].filter(({ detached }) => !detached);
    const longest = attached.reduce((a, b) => (a.waiting.length >= b.waiting.length ? a : b));
    if (longest.waiting.length <= WAITING_OF_LANE) return false;
    this.#detach(longest, this.#read);
    this.#note(longest);
    return true;
  }

  /** Sends what waits in a lane, one after another. Where that is being done, it is looked once more before it ends. */
  #work(lane: Lane): void {
    lane.again = true;
    if (!lane.working && !this.#isStopping) this.#track(this.#sendAll(lane));
  }

  async #sendAll(lane: Lane): Promise<void> {
    lane.working = true;
    try {
      do {
        lane.again = false;
        while (!this.#isStopping && (await this.#sendNext(lane)));
      } while (lane.again && lane.failure === null && !this.#isStopping);
    } finally {
      lane.working = false;
    }
  }

  /** False if there is nothing to be sent for now. */
  async #sendNext(lane: Lane): Promise<boolean> {
    const message = lane.waiting[0];
    if (message === undefined) return lane.detached && this.#readLane(lane);
    const outcome = await this.#send(message);
    if (outcome === undefined) return false;
    this.parts.count(outcome.result);
    if (outcome.result === 'gone') this.#gone(outcome.error!);
    else if (outcome.result === 'failed') return this.#failed(lane, message, outcome);
    else this.#passed(lane);
    return true;
  }

  /** Undefined if it was cut off by the end. */
  async #send(message: DeliveryMessage): Promise<Outcome | undefined> {
    while (this.#underWay >= AT_ONCE && !this.#isStopping) await new Promise<void>((resolve) => this.#queue.push(resolve));
    if (this.#isStopping) return undefined;
    this.#underWay++;
    const { sender, clock } = this.parts;
    const outcome = await sender.send(this.webhook, outgoing(this.webhook.id, message), clock.now(), this.#cutting.signal);
    this.#underWay--;
    this.#queue.shift()?.();
    return this.#cutting.signal.aborted && outcome.result !== 'accepted' ? undefined : outcome;
  }

  /** Reads what comes next in a detached lane. False if that is nothing for now: maybe it is detached no more. */
  async #readLane(lane: Lane): Promise<boolean> {
    const page = await this.#page(lane.read, PAGE, lane);
    if (page === undefined) return !this.#isStopping;
    lane.waiting.push(...page.messages);
    const parked = page.parked.find(({ crisis, track }) => crisis === lane.crisis && track === lane.track);
    lane.read = Math.max(lane.read, Math.min(Number(page.cursor), parked === undefined ? Infinity : Number(parked.position) - 1));
    if (page.messages.length > 0 || page.more) return true;
    if (parked === undefined && lane.read >= this.#read) {
      lane.detached = false;
      lane.after = lane.read;
      this.#note(lane);
    }
    return false;
  }

  /** The first message of a lane was accepted or parked. */
  #passed(lane: Lane, parked?: ParkedMessage): void {
    const position = Number(lane.waiting.shift()!.position);
    this.#open.delete(position);
    lane.after = position;
    lane.failure = null;
    this.#note(lane, parked);
    this.#room.resolve();
  }

  /** Whether the lane goes on at once: the message was parked. */
  #failed(lane: Lane, message: DeliveryMessage, { status, error, retryAfter }: Outcome): boolean {
    const { clock, random, log, count } = this.parts;
    const now = clock.now();
    const { attempts: before, since } = lane.failure ?? { attempts: 0, since: now };
    const told = { attempts: before + 1, since, status, error: error! };
    const delay = delayAfter(told.attempts, retryAfter, random());
    if (delay === undefined) {
      const { id } = outgoing(this.webhook.id, message);
      const { crisis, track, development, type } = message;
      const position = Number(message.position);
      log.warn(`A message to the webhook ${this.webhook.id} (position ${position}) was parked after ${told.attempts} attempts: ${error}`);
      count('parked');
      this.#passed(lane, { id, position, crisis, track, development, type, ...told, parkedAt: now });
      return true;
    }
    if (lane.failure === null)
      log.warn(`The webhook ${this.webhook.id} did not accept a message of ${lane.crisis}/${lane.track}: ${error}`);
    lane.failure = { ...told, next: now + delay };
    if (!lane.detached) this.#detach(lane, 0);
    this.#note(lane);
    this.#resume(lane);
    return false;
  }

  /** Works on a lane when its next attempt is due. */
  #resume(lane: Lane): void {
    const wait = lane.failure === null ? 0 : lane.failure.next - this.parts.clock.now();
    if (wait > 0) this.parts.clock.after(wait, () => this.#work(lane), this.#stopping.signal);
    else if (lane.detached) this.#work(lane);
  }

  #gone(reason: string): void {
    if (this.#isStopping) return;
    this.#stopping.abort(); // at once: what else is under way changes nothing
    void this.stop().then(() => this.parts.onGone(reason));
  }

  #note(lane: Lane, parked?: ParkedMessage): void {
    const position = this.#level();
    const { crisis, track, after, detached, failure } = lane;
    const record: LaneRecord = { crisis, track, after, detached, failure };
    this.parts.file.note(this.webhook.id, position, record, parked);
    this.#notedAt = this.parts.clock.now();
    this.#moved(position);
  }

  /** It has come further though nothing was sent: what it read was for others. After a crash, that may be read again. */
  #noteMoved(): void {
    const position = this.#level();
    const now = this.parts.clock.now();
    if (position !== this.#noted && now - this.#notedAt >= NOTE_EVERY_MS) {
      this.parts.file.note(this.webhook.id, position);
      this.#notedAt = now;
    }
    this.#moved(position);
  }

  #level(): number {
    const [first] = this.#open;
    return first === undefined ? this.#read : first - 1;
  }

  #moved(position: number): void {
    if (position === this.#noted) return;
    this.#noted = position;
    for (const [key, lane] of this.#lanes)
      if (!lane.detached && lane.waiting.length === 0 && !lane.working && lane.after <= position) this.#lanes.delete(key);
  }

  /** Where it cannot be noted what was delivered, that is delivered again after a restart. */
  #interrupted(error: unknown): void {
    this.parts.log.error(`The deliveries to the webhook ${this.webhook.id} were interrupted`, error);
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch((error: unknown) => this.#interrupted(error)).finally(() => this.#working.delete(tracked));
    this.#working.add(tracked);
  }
}

function keyOf({ crisis, track }: { readonly crisis: string; readonly track: string }): string {
  return `${crisis}/${track}`;
}
