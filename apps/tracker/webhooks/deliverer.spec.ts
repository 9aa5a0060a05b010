import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseStream } from '#crisis/event.js';
import { isDevelopmentType, isRecordType } from '#crisis/vocabulary/types.js';
import type { RecordedEvent } from '#event-store/port.js';
import { histories, understood } from '#projections/testing/history.js';
import { MemoryReadSide } from '#projections/testing/memory-read-side.js';
import { DELAYS_MS } from './retry-schedule.js';
import { Sender, type Outcome } from './send.js';
import { DeliveryBench, statementsOn } from './testing/delivery-bench.js';
import { Receiver, type Received } from './testing/receiver.js';

const ACCEPTED: Outcome = { result: 'accepted', status: 204 };
const FAILED: Outcome = { result: 'failed', status: 500, error: 'The receiver answered 500' };

/** The subject, such as `talks/d-1`, and the track of a message. */
const subjectOf = (body: string): string => (JSON.parse(body) as { subject: string }).subject;
const trackOf = (body: string): string => (JSON.parse(body) as { source: string }).source;

type Step = { readonly do: 'append'; readonly events: number } | { readonly do: 'crash' | 'restart' | 'wait' | 'turn' | 'idle' };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), events: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'restart' as const, 'wait' as const, 'idle' as const) }) },
  ),
  { maxLength: 30 },
);

describe('deliveries', () => {
  it('are of every event, in the order of each track, whatever fails, crashes or is released late; only a crash repeats', async () => {
    await fc.assert(
      fc.asyncProperty(histories({ maxLength: 80 }), steps, fc.infiniteStream(fc.nat({ max: 9 })), async (events, drawn, dice) => {
        const expected = Map.groupBy(events.map(understood).filter(isTold), streamOf);
        const accepted = new Map<string, string[]>();
        const failures = new Map<string, number>();
        const bodies = new Map<string, string>();
        let underWay = 0;
        using bench = new DeliveryBench(async ({ id, body }) => {
          expect(bodies.get(id) ?? body).toBe(body);
          bodies.set(id, body);
          const track = trackOf(body);
          const told = accepted.get(track) ?? [];
          accepted.set(track, told);
          // All before it were accepted.
          const before = expected.get(track)!.findIndex((event) => event.position.toString() === positionOf(body));
          expect(new Set(told).size).toBeGreaterThanOrEqual(before);
          expect(++underWay).toBeLessThanOrEqual(4);
          const fate = dice.next().value;
          const failed = failures.get(id) ?? 0;
          for (let turns = 0; turns < fate % 4; turns++) await new Promise((resolve) => setImmediate(resolve));
          underWay--;
          if (fate < 3 && failed < 3) {
            failures.set(id, failed + 1);
            return FAILED;
          }
          told.push(id);
          return ACCEPTED;
        });
        bench.start();
        let [next, crashes] = [0, 0];
        for (const step of drawn) {
          if (step.do === 'append') bench.apply(events.slice(next, (next += step.events)));
          else if (step.do === 'wait') bench.clock.moveTo(bench.clock.next ?? bench.clock.now());
          else if (step.do === 'idle') await bench.idle();
          else if (step.do === 'turn')
            await new Promise((resolve) => setImmediate(resolve)); // some are under way
          else if (step.do === 'restart') await bench.deliverer.stop();
          if (step.do === 'crash') crashes++;
          if (step.do === 'crash') underWay = -100; // what was under way may still end
          if (step.do === 'crash' || step.do === 'restart') bench.start();
        }
        bench.apply(events.slice(next));
        await bench.settle();
        // A release that can apply what was parked.
        bench.reads[Symbol.dispose]();
        bench.reads = new MemoryReadSide(events.map(understood));
        bench.deliverer.advance();
        await bench.settle();

        for (const fault of bench.faults) throw fault;
        for (const [track, told] of expected) expect(new Set(accepted.get(track)).size).toBe(told.length);
        const repeats = [...accepted.values()].reduce((sum, told) => sum + told.length - new Set(told).size, 0);
        expect(repeats).toBeLessThanOrEqual(4 * crashes);
        expect(bench.deliverer.position).toBe(Number(events.at(-1)!.position));
        expect(bench.file.lanes('desk').filter(({ detached }) => detached)).toEqual([]);
        expect([bench.deliverer.pending, bench.deliverer.failing]).toEqual([0, []]);
        await bench.deliverer.stop();
      }),
      { numRuns: 100 },
    );
  });

  it('of a track that fails hold up no other track', async () => {
    const seen: string[] = [];
    using bench = new DeliveryBench(async ({ body }) => {
      if (trackOf(body).endsWith('/bad')) return FAILED;
      seen.push(subjectOf(body));
      return ACCEPTED;
    });
    bench.start();
    bench.apply(statementsOn(['bad', 'good', 'bad', 'good', 'good']));
    await bench.idle();
    expect(seen).toEqual(['good/d-1', 'good/d-3', 'good/d-4']);
    expect(bench.deliverer.failing).toMatchObject([{ crisis: 'c', track: 'bad', failure: { attempts: 1, status: 500 } }]);
    expect(bench.deliverer.position).toBe(5); // up to the last before the first of the track that fails
    await bench.deliverer.stop();
  });

  it('of a track with far more than the others let them pass, and what is in memory is bounded', async () => {
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    using bench = new DeliveryBench(async ({ body }) => {
      if (trackOf(body).endsWith('/flood')) await gate.promise;
      seen.push(subjectOf(body));
      return ACCEPTED;
    });
    bench.start();
    bench.apply(statementsOn([...Array.from({ length: 2000 }, () => 'flood'), 'small']));
    await bench.idle();
    expect(seen).toEqual(['small/d-2000']);
    expect(bench.deliverer.pending).toBeLessThan(300);
    gate.resolve();
    await bench.idle();
    expect(seen).toEqual(['small/d-2000', ...Array.from({ length: 2000 }, (_, n) => `flood/d-${n}`)]);
    await bench.deliverer.stop();
  });

  it('end with 410: nothing more is sent', async () => {
    let sent = 0;
    using bench = new DeliveryBench(async () => (sent++, { result: 'gone', status: 410, error: 'The receiver answered 410' }));
    bench.start();
    bench.apply(statementsOn(['talks', 'talks', 'other']));
    await bench.settle();
    expect(bench.gone).toEqual(['The receiver answered 410']);
    expect(sent).toBeLessThanOrEqual(2);
  });

  it('that are under way when it stops have a second to end', async () => {
    const cut: boolean[] = [];
    using bench = new DeliveryBench(
      (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => (cut.push(true), resolve(FAILED)))),
    );
    bench.start();
    bench.apply(statementsOn(['talks', 'other']));
    await bench.idle();
    const started = performance.now();
    await bench.deliverer.stop();
    expect(performance.now() - started).toBeLessThan(1500);
    expect(cut).toEqual([true, true]);
    expect(bench.counted).toEqual([]);
    expect(bench.file.lanes('desk')).toEqual([]);
  });
});

describe('a message that is not accepted', () => {
  let receiver: Receiver;
  const sender = new Sender({ allowPrivate: true });
  afterEach(async () => {
    await receiver.close();
    sender.close();
  });

  /** A deliverer that really sends. */
  function benchOf(): DeliveryBench {
    const bench: DeliveryBench = new DeliveryBench((message, signal) =>
      sender.send({ url: receiver.url, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, message, bench.clock.now(), signal),
    );
    bench.start();
    return bench;
  }

  const subject = ({ text }: Received): string => subjectOf(text);
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('is sent again after growing delays for more than a day, then parked, and its track goes on', async () => {
    receiver = await Receiver.open((received) => ({ status: subject(received) === 'talks/d-0' ? 500 : 200 }));
    using bench = benchOf();
    const started = bench.clock.now();
    bench.apply(statementsOn(['talks', 'talks']));
    const moments: number[] = [];
    for (let attempt = 1; attempt <= DELAYS_MS.length; attempt++) {
      await until(() => bench.deliverer.failing[0]?.failure.attempts === attempt);
      moments.push(bench.clock.next! - started);
      expect(bench.deliverer.failing[0]!.failure).toMatchObject({ status: 500, since: started, next: bench.clock.next });
      bench.clock.moveTo(bench.clock.next!);
    }
    await receiver.hasAccepted(1);
    await until(() => bench.deliverer.position === 6);
    expect(moments.map((ms) => ms / 1000)).toEqual([5, 305, 2105, 9305, 27_305, 63_305, 113_705]);
    expect(receiver.received.map(subject)).toEqual([...Array.from({ length: 8 }, () => 'talks/d-0'), 'talks/d-1']);
    expect(new Set(receiver.received.slice(0, 8).map(({ id }) => id)).size).toBe(1);
    expect(bench.file.parked('desk', 10)).toMatchObject([
      { id: receiver.received[0]!.id, position: 5, track: 'talks', development: 'd-0', attempts: 8, status: 500, since: started },
    ]);
    expect(bench.counted).toEqual([...Array.from({ length: 8 }, () => 'failed'), 'parked', 'accepted']);
    await bench.deliverer.stop();
  });

  it('is sent again when the receiver asks for it, and with what it waits for after a restart', async () => {
    receiver = await Receiver.open(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    using bench = benchOf();
    bench.apply(statementsOn(['talks']));
    await until(() => bench.deliverer.failing.length === 1);
    const { next } = bench.deliverer.failing[0]!.failure;
    expect(next - bench.clock.now()).toBe(3_600_000);
    await bench.deliverer.stop();
    bench.start();
    expect(bench.deliverer.failing[0]!.failure).toMatchObject({ attempts: 1, next });
    receiver.answer = () => ({ status: 200 });
    bench.clock.moveTo(next - 1);
    await bench.idle();
    expect(receiver.received).toHaveLength(1);
    bench.clock.moveTo(next);
    await receiver.hasAccepted(1);
    await until(() => bench.deliverer.failing.length === 0);
    await bench.deliverer.stop();
  });
});

function isTold({ type }: RecordedEvent): boolean {
  return isDevelopmentType(type) || isRecordType(type);
}

function streamOf({ stream }: RecordedEvent): string {
  const { crisis, track } = parseStream(stream)!;
  return `/crises/${crisis}/tracks/${track}`;
}

function positionOf(body: string): string {
  return (JSON.parse(body) as { data: { position: string } }).data.position;
}
