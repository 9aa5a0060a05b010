import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OpenedByTest } from './opened-by-test.js';
import type { EventStore, ExpectedRevision, NewEvent, Revision } from '../port.js';
import { collect, freshStreams, idsOf, someEvent } from './events.js';

/** Ids are drawn from few, so that repeats, partial repeats and ids at other places come up often. */
interface Step {
  readonly stream: 'a' | 'b';
  /** From the stream's end: 0 is right, less is past, more is future. */
  readonly offset: number;
  readonly ids: readonly number[];
  /** Sends an earlier append once more instead. */
  readonly repeatOf: number | undefined;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  stream: fc.constantFrom('a', 'b'),
  offset: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.integer({ min: -5, max: 2 }) }),
  ids: fc.uniqueArray(fc.nat(12), { minLength: 1, maxLength: 4 }),
  repeatOf: fc.option(fc.nat(20), { nil: undefined, freq: 3 }),
});

export function describeAgainstModel({ open }: OpenedByTest): void {
  describe('any sequence of appends', () => {
    test('has the outcomes and leaves the streams of a model of ten lines', async () => {
      const store = await open();
      const sequences = fc.array(anyStep, { minLength: 1, maxLength: 25 });
      const property = fc.asyncProperty(sequences, (steps) => judge(store, steps));
      await expect(fc.assert(property, { seed: 20_220_112, numRuns: 60 })).resolves.toBeUndefined();
    });
  });
}

type Outcome = { readonly revision: number } | { readonly actual: number };

/** What a stream is: ids one after another. Written at the end, repeated where they stand, refused else. */
function model(streams: Map<string, string[]>, stream: string, expected: number, ids: readonly string[]): Outcome {
  const there = streams.get(stream) ?? [];
  const at = expected + 1;
  if (at === there.length) streams.set(stream, [...there, ...ids]);
  else if (at + ids.length > there.length || ids.some((id, n) => there[at + n] !== id)) return { actual: there.length - 1 };
  return { revision: expected + ids.length };
}

async function judge(store: EventStore, steps: readonly Step[]): Promise<void> {
  const { prefix, stream: name } = freshStreams();
  const streams = new Map<string, string[]>();
  const sent: { stream: string; expected: number; events: NewEvent[] }[] = [];
  for (const step of steps) {
    const stream = name(step.stream);
    const last = (streams.get(stream)?.length ?? 0) - 1;
    const fresh = { stream, expected: Math.max(-1, last + step.offset), events: step.ids.map((n) => someEvent({ id: uuid(prefix, n) })) };
    const append = (step.repeatOf === undefined ? undefined : sent[step.repeatOf % sent.length]) ?? fresh;
    sent.push(append);
    const outcome = await outcomeOf(store, append.stream, append.expected, append.events);
    expect(outcome).toEqual(model(streams, append.stream, append.expected, idsOf(append.events)));
  }
  for (const stream of [name('a'), name('b')]) {
    expect(idsOf(await collect(store.readStream(stream)))).toEqual(streams.get(stream) ?? []);
  }
}

async function outcomeOf(store: EventStore, stream: string, expected: number, events: readonly NewEvent[]): Promise<Outcome> {
  try {
    return { revision: Number((await store.append(stream, revisionOf(expected), events)).revision) };
  } catch (error) {
    const { name, actual } = error as { name: string; actual: ExpectedRevision };
    expect(name).toBe('WrongExpectedRevision');
    return { actual: actual === 'no-stream' ? -1 : Number(actual) };
  }
}

function revisionOf(revision: number): ExpectedRevision {
  return revision < 0 ? 'no-stream' : (BigInt(revision) as Revision);
}

function uuid(prefix: string, n: number): string {
  return createHash('sha256')
    .update(`${prefix}${n}`)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
