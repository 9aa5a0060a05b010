// A deliverer between a read side in memory and whoever plays the receiver. Time stands still until it is moved.
import { setImmediate as turn } from 'node:timers/promises';
import { crisisStream, trackStream } from '#crisis/event.js';
import type { Position, RecordedEvent, Revision } from '#event-store/port.js';
import { MemoryReadSide } from '#projections/testing/memory-read-side.js';
import type { OutgoingMessage } from '../cloud-event.js';
import { Deliverer, type DelivererParts } from '../deliverer.js';
import type { Outcome } from '../send.js';
import { WebhookFile } from '../webhook-file.js';
import type { Webhook } from '../webhook.js';
import { FakeClock } from './fake-clock.js';

const START = Date.parse('2022-03-01T12:00:00Z');
/** Turns of the event loop in which nothing happens, before nothing will. */
const IDLE_TURNS = 10;

export const WEBHOOK: Webhook = {
  id: 'desk',
  url: 'http://127.0.0.1/',
  crisis: null,
  filter: {},
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  log: 'store',
  createdAt: START,
  position: 0,
  disabled: null,
};

export class DeliveryBench implements Disposable {
  readonly clock = new FakeClock(START);
  readonly file = WebhookFile.open(':memory:');
  readonly counted: string[] = [];
  readonly gone: string[] = [];
  /** What was thrown at the deliverer. */
  readonly faults: unknown[] = [];
  reads = new MemoryReadSide();
  deliverer!: Deliverer;
  #activity = 0;

  /** @param send what becomes of a message; a promise that does not settle is one that is under way */
  constructor(
    private readonly send: (message: OutgoingMessage, signal: AbortSignal) => Promise<Outcome>,
    webhook: Partial<Webhook> = {},
  ) {
    this.file.put({ ...WEBHOOK, ...webhook });
  }

  /** Starts a deliverer on what the file has; one that was there before is left where it is, as a process is that was killed. */
  start(): void {
    const isCurrent = (): boolean => this.deliverer === started;
    const parts: DelivererParts = {
      readSide: {
        ask: async (question, params) => {
          this.#activity++;
          return isCurrent() ? this.reads.answer(question, params) : new Promise(() => undefined);
        },
      },
      file: {
        lanes: (id) => this.file.lanes(id),
        note: (...noted) => isCurrent() && this.file.note(...noted),
      },
      sender: {
        send: async (_to, message, _now, signal) => {
          this.#activity++;
          const outcome = isCurrent() ? await this.send(message, signal) : undefined;
          return outcome !== undefined && isCurrent() ? outcome : new Promise(() => undefined);
        },
      },
      log: { warn: () => undefined, error: (_, error) => this.faults.push(error) },
      clock: this.clock,
      random: () => 0,
      count: (outcome) => this.counted.push(outcome),
      onGone: (reason) => this.gone.push(reason),
    };
    const [webhook] = this.file.all();
    const started = new Deliverer(webhook!, parts);
    this.deliverer = started;
    started.start();
  }

  apply(events: readonly RecordedEvent[]): void {
    this.reads.apply(events);
    this.deliverer.advance();
  }

  /** Resolves when nothing happens any more, but for what waits for time to go on. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < IDLE_TURNS;) {
      const before = this.#activity;
      await turn();
      quiet = this.#activity === before ? quiet + 1 : 0;
    }
  }

  /** Moves time on until nothing waits for it. */
  async settle(): Promise<void> {
    for (await this.idle(); this.clock.next !== undefined; await this.idle()) this.clock.moveTo(this.clock.next);
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
    this.reads[Symbol.dispose]();
  }
}

/** A crisis `c` with an actor and a source, then a statement for each name of a track. */
export function statementsOn(tracks: readonly string[]): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  const revisions = new Map<string, bigint>();
  const add = (stream: string, type: string, data: object): void => {
    const revision = (revisions.get(stream) ?? -1n) + 1n;
    revisions.set(stream, revision);
    const position = events.length + 1;
    const metadata = {
      recordedAt: '2022-02-01T12:00:00.000Z',
      recordedBy: 'desk',
      schemaVersion: 1,
      digest: 'd',
      $correlationId: 'c',
      $causationId: 'c',
    };
    events.push({
      id: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
      stream,
      type,
      data: JSON.stringify({ type, crisis: 'c', ...data }),
      metadata: JSON.stringify(metadata),
      revision: revision as Revision,
      position: BigInt(position) as Position,
    });
  };
  add(crisisStream('c'), 'CrisisOpened', { entry: 1, content: { title: 'C' } });
  add(crisisStream('c'), 'ActorRegistered', { id: 'russia', entry: 1, content: { name: 'Russia', kind: 'state' } });
  add(crisisStream('c'), 'SourceRegistered', { id: 'tass', entry: 1, content: { name: 'TASS', reliability: 'C' } });
  for (const track of new Set(tracks))
    add(trackStream('c', track), 'TrackOpened', { track, entry: 1, content: { title: track, parties: ['russia'] } });
  tracks.forEach((track, n) => {
    const told = { occurredAt: '2022-01-12', summary: 'It was said.', speaker: 'russia', reports: [{ source: 'tass' }] };
    add(trackStream('c', track), 'StatementMade', { track, id: `d-${n}`, ...told });
  });
  return events;
}
