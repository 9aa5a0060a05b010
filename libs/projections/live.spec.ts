// Live messages: every change once, in one order, whoever asks and whenever.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '#event-store/port.js';
import type { LiveCursor } from './read-side.js';
import { histories } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { NOW } from './testing/points.js';

const CRISIS = 'alpha';
const START: LiveCursor = { position: 0n };

interface Message {
  readonly event: string;
  readonly position: string;
  readonly number?: number;
  readonly moment?: number;
  readonly data: any;
}

describe('live pages', () => {
  it('from any message on are what came after it, without gap or repeat, however long the pages are', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40 }), fc.integer({ min: 1, max: 5 }), fc.nat({ max: 1000 }), (events, limit, from) => {
        const readSide = new MemoryReadSide(events);
        const all = messagesAfter(readSide, START, 1000);
        expect(messagesAfter(readSide, START, limit)).toEqual(all);
        if (all.length === 0) return;
        const told = from % all.length;
        expect(messagesAfter(readSide, cursorAt(all, told), limit)).toEqual(all.slice(told + 1));
      }),
      { numRuns: 100 },
    );
  });

  it('are the same for who listens all the time as for who comes back at the end', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40 }), fc.array(fc.integer({ min: 0, max: 3 * 86_400_000 })), (events, waits) => {
        const times = new NaiveFold(events).trueTimes();
        const readSide = new MemoryReadSide();
        const heard: Message[] = [];
        let cursor = START;
        const listen = (now: number): void => {
          const page = readSide.ask('livePage', { crisis: CRISIS, after: cursor, limit: 1000, now });
          heard.push(...page.messages);
          cursor = readCursor(page.cursor);
        };
        events.forEach((event, index) => {
          readSide.apply([event]);
          if (index === 0) return;
          const now = times.get(event.position) ?? 0;
          const next = events.slice(index + 1).flatMap(({ position }) => times.get(position) ?? [])[0] ?? Infinity;
          listen(Math.min(now + (waits[index] ?? 0), next - 1));
        });
        listen(NOW);
        expect(heard).toEqual(messagesAfter(readSide, START, 1000));
      }),
      { numRuns: 100 },
    );
  });

  it('tell of every event with the state that it made, and of what falls due with the state that it became', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40 }), (events) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        const times = fold.trueTimes();
        const messages = messagesAfter(readSide, START, 1000);
        const developments = messages.filter(({ event }) => !['track', 'due'].includes(event));
        expect(developments.map(({ position }) => position)).toEqual(fold.recorded(CRISIS, NOW).map(({ position }) => String(position)));
        const order = messages.map(({ position, moment }) => moment ?? times.get(BigInt(position))!);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        for (const { event, position, moment, data } of messages) {
          const then = { asOf: moment ?? times.get(BigInt(position))!, knownAt: Infinity, position: BigInt(position) };
          if (event === 'track') expect(data.track).toEqual(fold.track(CRISIS, data.track.id, then));
          if (event === 'due') for (const track of data.tracks) expect(track).toEqual(fold.track(CRISIS, track.id, then));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tell at its moment of every commitment that falls overdue', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40 }), (events) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        const dues = messagesAfter(readSide, START, 1000).filter(({ event }) => event === 'due');
        const told = dues.flatMap(({ data, moment, position }) =>
          data.due
            .filter(({ kind }: any) => kind === 'commitment-overdue')
            .map(({ track, promise }: any) => ({ track, promise, moment: moment!, position: BigInt(position) })),
        );
        for (const { track, promise, moment, position } of told) {
          expect(isOverdue(fold, track, promise, moment - 1, position)).not.toBe(true);
          expect(isOverdue(fold, track, promise, moment, position)).toBe(true);
        }
        const end = lastOf(events);
        const quietFrom = Math.max(...fold.trueTimes().values());
        for (const track of ['talks', 'council', 'context']) {
          const overdue = (asOf: number): string[] =>
            fold
              .track(CRISIS, track, { asOf, knownAt: Infinity, position: end })
              .openCommitments.flatMap(({ promise, overdue: isLate }: any) => (isLate ? [promise] : []));
          const before = overdue(quietFrom);
          const fell = overdue(NOW - 1000).filter((promise) => !before.includes(promise));
          for (const promise of fell)
            expect(told.filter((due) => due.track === track && due.promise === promise && due.moment > quietFrom)).toHaveLength(1);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('what falls due next', () => {
  it('is the moment from which a page tells of it', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40, parks: false }), (events) => {
        const readSide = new MemoryReadSide(events);
        const quietFrom = Math.max(...new NaiveFold(events).trueTimes().values());
        const position = lastOf(events);
        for (let after = quietFrom; ;) {
          const { nextDue } = readSide.ask('nextDue', { crisis: CRISIS, after });
          const page = (now: number) =>
            readSide.ask('livePage', { crisis: CRISIS, after: { position, moment: after }, limit: 10, now }).messages;
          if (nextDue === null) return expect(page(NOW)).toEqual([]);
          expect(page(nextDue - 1)).toEqual([]);
          const [message] = page(nextDue);
          expect(message).toMatchObject({ event: 'due' });
          after = message.moment;
        }
      }),
      { numRuns: 60 },
    );
  });
});

function messagesAfter(readSide: MemoryReadSide, start: LiveCursor, limit: number): Message[] {
  const messages: Message[] = [];
  for (let after = start; ;) {
    const page = readSide.ask('livePage', { crisis: CRISIS, after, limit, now: NOW });
    expect(page.messages.length).toBeLessThanOrEqual(limit);
    messages.push(...page.messages);
    if (!page.more) return messages;
    after = readCursor(page.cursor);
  }
}

/** Where a connection stands by the id of a message: what fell due has the place of the event before it. */
function cursorAt(messages: readonly Message[], index: number): LiveCursor {
  const { moment } = messages[index]!;
  const event = messages.slice(0, index + 1).findLast(({ number }) => number !== undefined);
  return {
    position: BigInt(event?.position ?? 0),
    ...(event === undefined ? {} : { number: event.number! }),
    ...(moment === undefined ? {} : { moment }),
  };
}

function readCursor({ position, number, moment }: any): LiveCursor {
  return { position: BigInt(position), moment, ...(number === undefined ? {} : { number }) };
}

function isOverdue(fold: NaiveFold, track: string, promise: string, asOf: number, position: bigint): boolean | undefined {
  return fold.track(CRISIS, track, { asOf, knownAt: Infinity, position }).openCommitments.find((each: any) => each.promise === promise)
    ?.overdue;
}

function lastOf(events: readonly RecordedEvent[]): bigint {
  return events.at(-1)!.position;
}
