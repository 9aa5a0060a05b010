import { describe, expect, test } from '@jest/globals';
import { someEvents } from '../contract/events.js';
import { START } from '../port.js';
import type { Position, RecordedEvent, Revision } from '../port.js';
import { LogSubscription } from './log-subscription.js';
import type { FollowedLog } from './log-subscription.js';

const recorded = (count: number): RecordedEvent[] =>
  someEvents(count).map((event, n) => ({ ...event, stream: 'a', revision: BigInt(n) as Revision, position: BigInt(n + 1) as Position }));

/** A log in memory that notes each read, fails while it is told to, and has news as soon as somebody waits. */
class LogInMemory implements FollowedLog {
  reads = 0;
  failing = false;
  onWait = () => {};
  constructor(readonly events: RecordedEvent[]) {}
  allAfter(position: Position, limit: number) {
    this.reads++;
    if (this.failing) throw new Error('the disk is gone');
    const events = this.events.filter((event) => event.position > position).slice(0, limit);
    return { events, last: events.length < limit };
  }
  waitFor() {
    this.onWait();
    return { over: Promise.resolve(), wake: () => {} };
  }
}

describe('a subscription to the embedded log', () => {
  test('reads only what it is asked for', async () => {
    const log = new LogInMemory(recorded(100));
    const messages = new LogSubscription(log, START, 10, () => {})[Symbol.asyncIterator]();
    expect(log.reads).toBe(0);
    for (const reads of [1, 2, 3]) {
      await messages.next();
      await new Promise(setImmediate);
      expect(log.reads).toBe(reads);
    }
  });

  test('says once that the log cannot be read, and goes on where it was when it can', async () => {
    const log = new LogInMemory(recorded(4));
    let waits = 0;
    log.onWait = () => {
      waits++;
      if (waits === 1) log.failing = true;
      if (waits === 4) {
        log.failing = false;
        log.events.push(...recorded(6).slice(4));
      }
    };
    const told: string[] = [];
    const subscription = new LogSubscription(log, START, 500, () => {});
    for await (const message of subscription) {
      told.push(message.kind === 'events' ? message.events.map(({ position }) => position).join() : message.kind);
      if (message.kind === 'interrupted') expect(message.reason).toBe('the disk is gone');
      if (told.length === 5) await subscription.close();
    }
    expect(told).toEqual(['1,2,3,4', 'caught-up', 'interrupted', '5,6', 'caught-up']);
  });
});
