// Appends, tried until their outcome is known or their time is over.
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import { InvalidAppend, OutcomeUnknown, StoreUnavailable, WrongExpectedRevision } from '../port.js';
import type { AppendResult, ExpectedRevision, NewEvent, Position, RecordedEvent, Revision } from '../port.js';
import { AppendCall, type NoAnswer } from './append-call.js';
import { appendRequest, type AppendAnswer } from './append-message.js';
import type { BatchAppendCall } from './connection.js';
import { reasonOf } from './failure.js';
import { LEAST_ATTEMPT_MS, PATIENCE_MS, Pauses, within } from './patience.js';

const LONGEST_PAUSE_MS = 500;

export interface AppenderParts {
  /** @throws StoreUnavailable */
  openCall(): Promise<BatchAppendCall>;
  /** @throws StoreUnavailable */
  readStream(stream: string, from: Revision, limit: number): AsyncIterable<RecordedEvent>;
}

/**
 * Guarantees: an expected revision goes with every attempt, and a repeat is the same append, so nothing is written twice;
 * {@link StoreUnavailable} only if no attempt can have come to a server; every append settles after little more than 4 s.
 */
export class Appender {
  #call: Promise<AppendCall> | undefined;

  constructor(private readonly parts: AppenderParts) {}

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const request = appendRequest(stream, expected, events);
    const giveUp = performance.now() + PATIENCE_MS;
    const pauses = new Pauses(LONGEST_PAUSE_MS);
    let mayBeWritten = false;
    for (;;) {
      const answer = await this.#attempt(request, giveUp);
      switch (answer.kind) {
        case 'written':
          return { revision: answer.revision, positions: await this.#positions(stream, expected, events.length, answer.position) };
        case 'wrong-revision':
          return this.#foundThere(stream, expected, events, answer.actual);
        case 'too-large':
          throw new InvalidAppend(`The event store takes no append of that size to ${stream}: ${answer.reason}`);
        case 'refused':
          if (mayBeWritten) throw unknown(stream, answer.reason);
          throw new StoreUnavailable(`The event store refused an append to ${stream}: ${answer.reason}`);
        case 'unknown':
          mayBeWritten = true;
          break;
        case 'not-answered':
          mayBeWritten = true;
          if (!answer.passing) throw unknown(stream, answer.reason);
          break;
        case 'not-sent':
          break;
      }
      await pauses.pause();
      if (performance.now() < giveUp - LEAST_ATTEMPT_MS) continue;
      if (mayBeWritten) throw unknown(stream, answer.reason);
      throw new StoreUnavailable(`The event store is away: ${answer.reason}`);
    }
  }

  async #attempt(request: BatchAppendReq, giveUp: number): Promise<AppendAnswer | NoAnswer> {
    const left = (): number => Math.max(giveUp - performance.now(), 1);
    let call: AppendCall;
    try {
      call = await within(left(), this.#openedCall());
    } catch (error) {
      return { kind: 'not-sent', reason: reasonOf(error) };
    }
    return call.append(request, left());
  }

  async #openedCall(): Promise<AppendCall> {
    this.#call ??= this.parts.openCall().then((call) => new AppendCall(call));
    const opening = this.#call;
    try {
      const call = await opening;
      if (!call.isOver) return call;
    } catch (error) {
      if (this.#call === opening) this.#call = undefined;
      throw error;
    }
    if (this.#call === opening) this.#call = undefined;
    return this.#openedCall();
  }

  /** The server tells the position of the last event only; those before it are read back. */
  async #positions(stream: string, expected: ExpectedRevision, count: number, last: Position): Promise<Position[]> {
    if (count === 1) return [last];
    const before = await this.#readBack(stream, expected, count - 1);
    if (before.length < count - 1) throw unknown(stream, 'what was written cannot be read back whole');
    return [...before.map(({ position }) => position), last];
  }

  /** The stream is elsewhere: because this very append has taken it there, or another's. */
  async #foundThere(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    actual: ExpectedRevision,
  ): Promise<AppendResult> {
    const last = revisionBefore(expected) + BigInt(events.length);
    if (actual !== 'no-stream' && actual >= last) {
      const there = await this.#readBack(stream, expected, events.length);
      if (there.length === events.length && there.every(({ id }, n) => id === events[n]!.id)) {
        return { revision: last as Revision, positions: there.map(({ position }) => position) };
      }
    }
    throw new WrongExpectedRevision(stream, expected, actual);
  }

  async #readBack(stream: string, expected: ExpectedRevision, count: number): Promise<RecordedEvent[]> {
    try {
      return await Array.fromAsync(this.parts.readStream(stream, (revisionBefore(expected) + 1n) as Revision, count));
    } catch (error) {
      throw unknown(stream, reasonOf(error));
    }
  }
}

function revisionBefore(expected: ExpectedRevision): bigint {
  return expected === 'no-stream' ? -1n : expected;
}

function unknown(stream: string, reason: string): OutcomeUnknown {
  return new OutcomeUnknown(`It is not known whether the events of ${stream} were written: ${reason}`);
}
