// Whatever the order in which the read side answers, moves on, and connections come, stall, go and come back.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Answer, LiveCursor, LiveProjection, Question, Questions, ReadSide } from '#projections/read-side.js';
import { parseId } from './live-cursor.js';
import { LiveFeeds } from './live-feed.js';
import { LivePages } from './live-pages.js';
import { LiveSubscriber, type Sink } from './live-subscriber.js';

const STORE = 's1';
const CRISIS = 'c';
const START = Date.parse('2022-01-21T12:00:00Z');

beforeEach(() => {
  jest.useFakeTimers({ now: START, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

type Step =
  | { do: 'append'; messages: number; elsewhere: boolean }
  | { do: 'answer'; times: number }
  | { do: 'wait'; ms: number }
  | { do: 'connect' | 'drop' | 'stall' | 'drain'; client: number; lost: number };

const CLIENTS = 3;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('append' as const), messages: fc.integer({ min: 1, max: 3 }), elsewhere: fc.boolean() }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('answer' as const), times: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('connect' as const, 'drop' as const, 'stall' as const, 'drain' as const),
      client: fc.nat({ max: CLIENTS - 1 }),
      lost: fc.nat({ max: 3 }),
    }),
  },
);

describe('a live connection', () => {
  it('is told everything after its snapshot once and in order, however it joins, stalls, drops and resumes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.nat({ max: 150 }), { maxLength: 8 }),
        async (scheduler, steps, dues) => {
          jest.setSystemTime(START);
          const log = new FakeLog(
            scheduler,
            dues.map((ms) => START + ms),
          );
          const clients = Array.from({ length: CLIENTS }, () => new Client(log));
          for (const next of steps) {
            if (next.do === 'append') log.append(next.messages, next.elsewhere ? 'elsewhere' : CRISIS);
            else if (next.do === 'wait') jest.advanceTimersByTime(next.ms);
            else if (next.do === 'answer') for (let n = 0; n < next.times && scheduler.count() > 0; n++) await scheduler.waitOne();
            else if (next.do === 'drop') clients[next.client]!.drop(next.lost);
            else clients[next.client]![next.do]();
          }
          for (const client of clients) {
            client.connect();
            client.drain();
          }
          jest.advanceTimersByTime(200);
          await settle(scheduler);

          for (const client of clients) {
            expect(client.failure).toBeUndefined();
            expectToldOf(log, client);
            if (!client.hasStalled) expect(client.events).toEqual(log.eventsAfter(client.start!).map(({ id }) => id));
            expect(client.dues).toEqual(log.duesAfter(client.start!));
          }
          for (const client of clients) client.drop(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is told every development once and the latest state of each track, with bounded memory, however slowly it reads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 10 }),
        fc.integer({ min: 0, max: 400 }),
        async (missed, meanwhile, backlogBytes) => {
          const log = new FakeLog();
          const client = new Client(log, undefined, backlogBytes);
          client.connect();
          await settled();
          client.stall();
          for (const messages of missed) log.append(messages);
          await settled();
          for (let turn = 0; turn < 500; turn++) {
            if (turn % 5 === 0 && meanwhile.length > 0) log.append(meanwhile.pop()!);
            client.drain();
            client.stall();
            await settled();
            expect(client.backlogBytes).toBeLessThanOrEqual(backlogBytes + log.pageBytes);
            if (meanwhile.length === 0 && client.events.at(-1) === log.eventsAfter(client.start!).at(-1)!.id) break;
          }
          expectToldOf(log, client);
          client.drop(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is spared the states that later ones replace, once it has fallen behind and until it is level again', async () => {
    const log = new FakeLog();
    const client = new Client(log);
    client.connect();
    await settled();
    log.append(2);
    log.append(2);
    await settled();
    expect(client.events).toEqual(['1.1', '1.2', '2.1', '2.2']);
    client.stall();
    for (let n = 0; n < 20; n++) log.append(2);
    await settled();
    const toldWhenFull = client.events.length;
    client.drain();
    await settled();
    const after = client.events.slice(toldWhenFull);
    expect(after.filter((id) => id.endsWith('.2'))).toEqual(['21.2', '22.2']); // the last of each of two tracks, in its own place
    expectToldOf(log, client);
    log.append(2);
    log.append(2);
    log.append(2);
    await settled();
    expect(client.events.slice(-6)).toEqual(['23.1', '23.2', '24.1', '24.2', '25.1', '25.2']);
  });

  it('is told a state that it was spared if it is cut before the one that replaces it', async () => {
    const log = new FakeLog();
    const client = new Client(log);
    client.connect();
    await settled();
    client.stall();
    for (let n = 0; n < 8; n++) log.append(2);
    await settled();
    client.drain();
    await settled();
    const lost = client.events.length - client.events.indexOf('5.1') - 1;
    client.drop(lost);
    client.connect();
    await settled();
    expect(client.events.slice(client.events.indexOf('5.1') + 1)).toEqual(['5.2', '6.1', '6.2', '7.1', '7.2', '8.1', '8.2']);
    expectToldOf(log, client);
  });

  it('asks the read side once for all who follow', async () => {
    const log = new FakeLog();
    const clients = Array.from({ length: 50 }, () => new Client(log));
    for (const client of clients) client.connect();
    await settled();
    const asked = log.pagesAsked;
    log.append(1);
    await settled();
    expect(log.pagesAsked - asked).toBe(1);
    expect(new Set(clients.map(({ events }) => events.join()))).toEqual(new Set(['1.1']));
  });

  it('is told of what it wants alone', async () => {
    const log = new FakeLog(undefined, [START + 5]);
    const tracks = new Client(log, ['tracks']);
    const timeline = new Client(log, ['timeline']);
    tracks.connect();
    timeline.connect();
    await settled();
    log.append(2);
    await settled();
    jest.advanceTimersByTime(10);
    await settled();
    expect(tracks.names).toEqual(['snapshot', 'track', 'due']);
    expect(timeline.names).toEqual(['snapshot', 'development']);
  });

  it('starts afresh where the read side has to say that what it told does not hold', async () => {
    const log = new FakeLog();
    const client = new Client(log);
    client.connect();
    await settled();
    log.append(1, CRISIS, 'resync');
    await settled();
    log.append(1);
    await settled();
    expect(client.names).toEqual(['snapshot', 'resync', 'snapshot', 'development']);
  });

  it('keeps nothing of its crisis once it is gone', async () => {
    const log = new FakeLog(undefined, [START + 1_000_000]);
    const client = new Client(log);
    client.connect();
    await settled();
    expect(jest.getTimerCount()).toBe(1);
    client.drop(0);
    expect(jest.getTimerCount()).toBe(0);
    const asked = log.pagesAsked;
    log.append(1);
    await settled();
    expect(log.pagesAsked).toBe(asked);
  });

  it('waits for what falls due later than a timer can', async () => {
    const inFiftyDays = START + 50 * 86_400_000;
    const log = new FakeLog(undefined, [inFiftyDays]);
    const client = new Client(log);
    client.connect();
    for (let day = 0; day < 51; day++) {
      await settled();
      jest.advanceTimersByTime(86_400_000);
    }
    await settled();
    expect(client.dues).toEqual([inFiftyDays]);
    client.drop(0);
  });

  it('ends where reading fails', async () => {
    const log = new FakeLog();
    const client = new Client(log);
    client.connect();
    await settled();
    log.failure = new Error('closed');
    log.append(1);
    await settled();
    expect(client.failure).toBe(log.failure);
  });
});

/** In order, nothing twice, and nothing left out but states that a later one has replaced. */
function expectToldOf(log: FakeLog, client: Client): void {
  const all = log.eventsAfter(client.start!);
  const told = new Set(client.events);
  expect(client.events).toEqual(all.map(({ id }) => id).filter((id) => told.has(id)));
  const leftOut = all.filter(({ id }, index) => {
    const isReplaced = all.slice(index + 1).some((later) => later.track === all[index]!.track && told.has(later.id));
    return !told.has(id) && !(all[index]!.event === 'track' && isReplaced);
  });
  expect(leftOut).toEqual([]);
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** Until nothing is under way, nor waits for a timer that has run out: an answer may set one, and a timer may ask. */
async function settle(scheduler: fc.Scheduler): Promise<void> {
  do {
    await scheduler.waitIdle();
    jest.advanceTimersByTime(1);
    await settled();
  } while (scheduler.count() > 0);
}

/** A connection's other end, over all its connections. */
class Client {
  /** `<position>.<n>` of what was received. */
  get events(): string[] {
    return this.#received.filter(({ name }) => name === 'development' || name === 'track').map(({ id }) => id.slice(id.indexOf(':') + 1));
  }
  /** Moments. */
  get dues(): number[] {
    return this.#received.filter(({ name }) => name === 'due').map(({ id }) => parseId(id, STORE)!.moment!);
  }
  get names(): string[] {
    return this.#received.map(({ name }) => name);
  }
  /** What its first snapshot stands for. */
  start: LiveCursor | undefined;
  failure: unknown;
  hasStalled = false;
  #subscriber: LiveSubscriber | undefined;
  #received: { id: string; name: string }[] = [];
  #sink: FakeSink | undefined;

  constructor(
    private readonly log: FakeLog,
    private readonly projections: LiveProjection[] = ['tracks', 'timeline'],
    private readonly backlogLimit?: number,
  ) {}

  get backlogBytes(): number {
    return this.#subscriber?.backlogBytes ?? 0;
  }

  connect(): void {
    if (this.#sink !== undefined) return;
    const sink = new FakeSink((text) => this.#receive(text));
    this.#sink = sink;
    void this.#run(sink).catch((error: unknown) => {
      this.failure = error;
    });
  }

  /** The connection is lost, and with it what was under way. */
  drop(lost: number): void {
    this.#sink?.close();
    this.#sink = undefined;
    if (lost > 0 && this.#received.length > 1) this.#received = this.#received.slice(0, Math.max(1, this.#received.length - lost));
  }

  stall(): void {
    this.hasStalled = true;
    this.#sink?.stall();
  }

  drain(): void {
    this.#sink?.drain();
  }

  async #run(sink: FakeSink): Promise<void> {
    const { pages, feeds } = this.log;
    const last = this.#received.findLast(({ id }) => id !== '')?.id;
    const asked = { crisis: CRISIS, projections: this.projections };
    const first = last === undefined ? await pages.snapshot(asked) : await pages.after(asked, parseId(last, STORE)!);
    if (sink.isClosed) return;
    this.#subscriber = new LiveSubscriber(asked, sink, pages, feeds, this.backlogLimit);
    await this.#subscriber.run(first);
  }

  #receive(text: string): void {
    for (const [, id = '', name] of text.matchAll(/(?:^id: (.*)\n)?^event: (.*)\n/gm)) {
      this.#received.push({ id, name: name! });
      if (name === 'snapshot') this.start ??= parseId(id, STORE);
    }
  }
}

class FakeSink implements Sink {
  isClosed = false;
  #stalled = false;
  #queued = 0;
  #change = Promise.withResolvers<void>();
  readonly #listeners: (() => void)[] = [];

  constructor(private readonly receive: (text: string) => void) {}

  get isFull(): boolean {
    return this.#stalled && this.#queued >= 2;
  }

  write(bytes: Buffer): void {
    if (this.isFull) throw new Error('What is full is not written to');
    this.#queued++;
    this.receive(bytes.toString());
  }

  async ready(): Promise<void> {
    while (this.isFull && !this.isClosed) await this.#change.promise;
  }

  onClose(listener: () => void): void {
    this.#listeners.push(listener);
  }

  stall(): void {
    this.#stalled = true;
    this.#queued = 0;
  }

  drain(): void {
    this.#stalled = false;
    this.#changed();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const listener of this.#listeners) listener();
    this.#changed();
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

interface LoggedEvent {
  readonly crisis: string;
  readonly recordedAt: number;
  readonly messages: readonly string[];
}

/** A read side over a log of events and moments, that answers when the scheduler lets it. Its pages are short. */
class FakeLog {
  readonly pages: LivePages;
  readonly feeds: LiveFeeds;
  pagesAsked = 0;
  failure: Error | undefined;
  readonly #events: LoggedEvent[] = [];
  readonly #dues: readonly number[];

  constructor(
    private readonly scheduler?: fc.Scheduler,
    dues: readonly number[] = [],
  ) {
    this.#dues = [...new Set(dues)].sort((a, b) => a - b);
    this.pages = new LivePages({ ask: (question: Question, params: never) => this.#ask(question, params) } as unknown as ReadSide, {
      id: STORE,
    });
    this.feeds = new LiveFeeds(this.pages);
  }

  append(messages: number, crisis = CRISIS, name?: string): void {
    const names = Array.from({ length: messages }, (_, n) => name ?? (n === 0 ? 'development' : 'track'));
    this.#events.push({ crisis, recordedAt: Date.now(), messages: names });
    this.feeds.advance([crisis]);
  }

  /** More than a page of it has. */
  readonly pageBytes = 3 * 100;

  eventsAfter({ position }: LiveCursor): { id: string; event: string; track: string }[] {
    return this.#messages()
      .filter((message) => message.position > position)
      .map(({ event, data, ...message }) => ({ id: `${message.position}.${message.number}`, event, track: data.track.id }));
  }

  duesAfter({ moment }: LiveCursor): number[] {
    return this.#dues.filter((due) => due > moment! && due <= Date.now());
  }

  async #ask(question: Question, params: never): Promise<Answer> {
    if (question === 'livePage') this.pagesAsked++;
    if (this.failure !== undefined) throw this.failure;
    const body = JSON.stringify(this.#answer(question, params));
    if (this.scheduler === undefined) return { body };
    return this.scheduler.schedule(Promise.resolve({ body }), question);
  }

  #answer(question: Question, params: never): unknown {
    if (question === 'snapshot') return { position: String(this.#events.length) };
    if (question === 'nextDue') return { nextDue: this.#dues.find((due) => due > (params as Questions['nextDue']).after) ?? null };
    return this.#page(params);
  }

  #page({ after, now, limit }: Questions['livePage']): unknown {
    const told = after.moment ?? this.#events[Number(after.position) - 1]?.recordedAt ?? 0;
    const events = this.#messages().filter(
      ({ position, number }) => position > after.position || (position === after.position && number > (after.number ?? Infinity)),
    );
    const dues = this.#dues.filter((due) => due > told && due <= now).map((moment) => ({ time: moment, moment, event: 'due', data: {} }));
    const all = [...dues, ...events].sort((a, b) => a.time - b.time);
    const messages = all.slice(0, Math.min(limit, 3));
    const more = messages.length < all.length;
    if (!more)
      return { messages: messages.map(written), cursor: { position: String(this.#events.length), moment: Math.max(now, told) }, more };
    const lastEvent = messages.findLast((message) => 'position' in message) ?? after;
    const lastDue = messages.findLast((message) => 'moment' in message)?.moment ?? told;
    return {
      messages: messages.map(written),
      cursor: { position: String(lastEvent.position), number: lastEvent.number, moment: lastDue },
      more,
    };
  }

  #messages() {
    return this.#events.flatMap(({ crisis, recordedAt, messages }, index) =>
      crisis === CRISIS
        ? messages.map((event, n) => ({
            time: recordedAt,
            position: BigInt(index + 1),
            number: n + 1,
            event,
            data: { track: { id: `t${index % 2}` } },
          }))
        : [],
    );
  }
}

function written({ time: _time, ...message }: { time: number; position?: bigint }): unknown {
  return { ...message, position: message.position === undefined ? undefined : String(message.position) };
}
