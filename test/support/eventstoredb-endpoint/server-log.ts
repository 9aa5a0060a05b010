// The log as EventStoreDB keeps it, over the embedded store: which appends it takes, what it gives back.
//
// Guarantees: what is answered is what a server answers (docs/testing-eventstoredb.md names the exceptions); appends to a
// stream are judged one after another; what is acknowledged is synced by the embedded store.
// Not guaranteed: deletions are kept as events of the log, but what they leave out of reads is simpler than a server's.
import type { EventStore, Position, RecordedEvent, Revision } from '#event-store/port.js';
import { logPosition, placeOf } from './log-position.js';
import { fromStored, toStored, type ProposedEvent, type ServedEvent } from './stored-event.js';

export type ExpectedVersion = bigint | 'any' | 'no-stream' | 'stream-exists';

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: bigint; readonly position: bigint }
  /** -1: there is no such stream. */
  | { readonly kind: 'wrong-version'; readonly current: bigint }
  | { readonly kind: 'deleted' };

/** No event stands there, though some stand behind it. */
export class NoBoundary extends Error {
  override readonly name = 'NoBoundary';
}

/** How many ids the log remembers for appends at any revision. A server remembers a million; nobody may rely on it. */
const REMEMBERED_IDS = 50_000;
const TOMBSTONE = '$streamDeleted';
/** What a server calls the revision of a tombstone. */
const TOMBSTONE_REVISION = 2n ** 63n - 1n;

interface StreamEnd {
  /** The revision of its last event; -1 for none. */
  last: bigint;
  /** The first revision that is not deleted. */
  first: bigint;
  tombstoned: boolean;
}

export class ServerLog {
  readonly #ends = new Map<string, StreamEnd>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #remembered = new Map<string, ServedAt>();

  constructor(private readonly store: EventStore) {}

  append(stream: string, expected: ExpectedVersion, events: readonly ProposedEvent[]): Promise<AppendOutcome> {
    return this.#inTurn(stream, async () => {
      const end = await this.#endOf(stream);
      const refused = await this.#judge(stream, end, expected, events);
      return refused ?? this.#write(stream, end, events);
    });
  }

  /** After it the stream is as if it had never been, but its revisions go on. */
  delete(stream: string, expected: ExpectedVersion): Promise<AppendOutcome> {
    return this.#inTurn(stream, async () => {
      const end = await this.#endOf(stream);
      const refused = await this.#judge(stream, end, expected, []);
      if (refused !== undefined) return refused;
      const metadata = event('$metadata', JSON.stringify({ $tb: Number(end.last + 1n) }));
      const outcome = await this.#write(`$$${stream}`, await this.#endOf(`$$${stream}`), [metadata]);
      end.first = end.last + 1n;
      return outcome;
    });
  }

  /** After it the stream can be neither read nor appended to, for ever. */
  tombstone(stream: string, expected: ExpectedVersion): Promise<AppendOutcome> {
    return this.#inTurn(stream, async () => {
      const end = await this.#endOf(stream);
      const refused = await this.#judge(stream, end, expected, []);
      if (refused !== undefined) return refused;
      const outcome = await this.#write(stream, end, [event(TOMBSTONE, '')]);
      end.tombstoned = true;
      return outcome;
    });
  }

  async look(stream: string): Promise<'there' | 'missing' | 'tombstoned'> {
    const { last, first, tombstoned } = await this.#endOf(stream);
    if (tombstoned) return 'tombstoned';
    return last < first ? 'missing' : 'there';
  }

  /** The revision of the last event, -1 for none. */
  async currentVersion(stream: string): Promise<bigint> {
    return (await this.#endOf(stream)).last;
  }

  /** @param from inclusive, both ways */
  async *readStream(stream: string, from: bigint | 'start' | 'end', direction: 'forwards' | 'backwards'): AsyncGenerator<ServedEvent> {
    const { first } = await this.#endOf(stream);
    const asked = from === 'start' ? 0n : from === 'end' ? undefined : from;
    if (direction === 'forwards') {
      if (asked === undefined) return;
      const start = (asked < first ? first : asked) as Revision;
      for await (const stored of this.store.readStream(stream, { from: start })) yield served(stored);
    } else {
      const options = asked === undefined ? { direction } : { direction, from: asked as Revision };
      for await (const stored of this.store.readStream(stream, options)) {
        if (stored.revision < first) return;
        yield served(stored);
      }
    }
  }

  /** @param from inclusive; after the last event there is nothing @throws NoBoundary */
  async *readAll(from: bigint | 'start'): AsyncGenerator<ServedEvent> {
    if (from !== 'start' && (await this.#isPast(from))) return;
    const after = from === 'start' || from === 0n ? 0n : this.#placeOf(from) - 1n;
    for await (const stored of this.store.readAll({ after: after as Position })) yield served(stored);
  }

  /** Latest first. @param before exclusive, as a server has it @throws NoBoundary */
  async *readAllBackwards(before: bigint | 'end'): AsyncGenerator<ServedEvent> {
    let upTo = before === 'end' ? await this.store.head() : this.#placeOf(before) - 1n;
    while (upTo > 0n) {
      const after = upTo > 32n ? upTo - 32n : 0n;
      const page: RecordedEvent[] = [];
      for await (const stored of this.store.readAll({ after: after as Position, limit: Number(upTo - after) })) page.push(stored);
      for (const stored of page.reverse()) yield served(stored);
      upTo = after;
    }
  }

  /**
   * Pages of at most so many events after a position, then what is appended. An empty page: everything that there is
   * has been given. After a position past the last event come those that are appended, wherever they stand, as from a
   * server. Ends when `signal` does.
   * @throws NoBoundary
   */
  async *follow(after: bigint | 'start' | 'end', pageSize: number, signal: AbortSignal): AsyncGenerator<readonly ServedEvent[]> {
    const fromHead = after === 'end' || (after !== 'start' && (await this.#isPast(after)));
    const place = after === 'start' ? 0n : fromHead ? await this.store.head() : this.#placeOf(after);
    if (signal.aborted) return;
    const subscription = this.store.subscribeToAll({ after: place as Position, batchSize: pageSize });
    const stop = (): void => void subscription.close();
    signal.addEventListener('abort', stop);
    try {
      for await (const message of subscription) {
        if (signal.aborted) return;
        if (message.kind === 'events') yield message.events.map(served);
        if (message.kind === 'caught-up') yield [];
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await subscription.close();
    }
  }

  /** What a server calls idempotency: `CheckCommit` in its source. Undefined: new events, to be written. */
  async #judge(
    stream: string,
    end: StreamEnd,
    expected: ExpectedVersion,
    events: readonly ProposedEvent[],
  ): Promise<AppendOutcome | undefined> {
    if (end.tombstoned) return { kind: 'deleted' };
    const wrong: AppendOutcome = { kind: 'wrong-version', current: end.last };
    if (expected === 'stream-exists' && end.last < 0n) return wrong;
    if (expected === 'any' || expected === 'stream-exists') return this.#repeatAtAny(stream, events, wrong);
    const version = expected === 'no-stream' ? -1n : expected;
    if (version === end.last) return undefined;
    if (expected === 'no-stream' && end.last < end.first) return undefined;
    return version > end.last ? wrong : ((await this.#repeatAt(stream, version, events)) ?? wrong);
  }

  #repeatAtAny(stream: string, events: readonly ProposedEvent[], wrong: AppendOutcome): AppendOutcome | undefined {
    const known = events.map(({ id }) => this.#remembered.get(id)).filter((at) => at?.stream === stream);
    if (known.length === 0) return undefined;
    return known.length === events.length ? { kind: 'appended', ...known.at(-1)! } : wrong;
  }

  async #repeatAt(stream: string, version: bigint, events: readonly ProposedEvent[]): Promise<AppendOutcome | undefined> {
    if (events.length === 0) return undefined;
    const there: ServedEvent[] = [];
    const from = (version + 1n) as Revision;
    for await (const stored of this.store.readStream(stream, { from, limit: events.length })) there.push(served(stored));
    if (there.length < events.length || there.some(({ id }, n) => id !== events[n]!.id)) return undefined;
    const { revision, position } = there.at(-1)!;
    return { kind: 'appended', revision, position };
  }

  async #write(stream: string, end: StreamEnd, events: readonly ProposedEvent[]): Promise<AppendOutcome> {
    if (events.length === 0) return { kind: 'appended', revision: end.last, position: logPosition(await this.store.head()) };
    const created = Date.now();
    const stored = events.map((proposed) => toStored(proposed, created));
    const { revision, positions } = await this.store.append(stream, end.last < 0n ? 'no-stream' : (end.last as Revision), stored);
    events.forEach(({ id }, n) =>
      this.#remember(id, { stream, revision: end.last + 1n + BigInt(n), position: logPosition(positions[n]!) }),
    );
    end.last = revision;
    return { kind: 'appended', revision, position: logPosition(positions.at(-1)!) };
  }

  #remember(id: string, at: ServedAt): void {
    this.#remembered.delete(id);
    this.#remembered.set(id, at);
    if (this.#remembered.size > REMEMBERED_IDS) this.#remembered.delete(this.#remembered.keys().next().value!);
  }

  async #endOf(stream: string): Promise<StreamEnd> {
    const known = this.#ends.get(stream);
    if (known !== undefined) return known;
    const last = await this.#lastOf(stream);
    const metadata = await this.#lastOf(`$$${stream}`);
    const end: StreamEnd = {
      last: last?.revision ?? -1n,
      first: metadata === undefined ? 0n : BigInt((JSON.parse(metadata.data) as { $tb?: number }).$tb ?? 0),
      tombstoned: last !== undefined && fromStored(last).type === TOMBSTONE,
    };
    // Another call may have looked it up meanwhile: there is one end of a stream.
    if (!this.#ends.has(stream)) this.#ends.set(stream, end);
    return this.#ends.get(stream)!;
  }

  async #lastOf(stream: string): Promise<RecordedEvent | undefined> {
    for await (const stored of this.store.readStream(stream, { direction: 'backwards', limit: 1 })) return stored;
    return undefined;
  }

  async #isPast(position: bigint): Promise<boolean> {
    return position > logPosition(await this.store.head());
  }

  #placeOf(position: bigint): Position {
    const place = placeOf(position);
    if (place === undefined) throw new NoBoundary(`No event stands at ${position}`);
    return place;
  }

  #inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(stream) ?? Promise.resolve();
    const turn = before.then(work, work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(stream, settled);
    void settled.then(() => {
      if (this.#turns.get(stream) === settled) this.#turns.delete(stream);
    });
    return turn;
  }
}

interface ServedAt {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
}

function served(stored: RecordedEvent): ServedEvent {
  const event = fromStored(stored);
  return event.type === TOMBSTONE ? { ...event, revision: TOMBSTONE_REVISION } : event;
}

function event(type: string, data: string): ProposedEvent {
  return { id: crypto.randomUUID(), type, contentType: 'application/json', data: Buffer.from(data), metadata: new Uint8Array() };
}
