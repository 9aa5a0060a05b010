import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentDigest } from './canonical.js';
import { PENDING_POSITION } from './draft.js';
import { KnownEvents } from './known-events.js';
import type { Known } from './known.js';

function known(number: number, fields: Partial<Known> = {}): Known {
  return {
    type: 'StatementMade',
    digest: contentDigest(number),
    position: BigInt(number),
    revision: BigInt(number),
    recordedAt: Date.UTC(2022, 0, 1) + number,
    retracted: false,
    records: [],
    proposal: undefined,
    ...fields,
  };
}

function withEvents(events: KnownEvents, count: number, idOf = (number: number) => `event-${number}`): KnownEvents {
  let made = events;
  for (let number = 0; number < count; number++) made = made.set(idOf(number), known(number));
  return made;
}

describe('the events that a decider knows', () => {
  const odd = fc.record<Partial<Known>>(
    {
      type: fc.constantFrom<any>('ResponsePromised', 'ReportAdded', 'Unheard'),
      digest: fc.constantFrom('', 'short', 'é', '\ud800', contentDigest('other')),
      position: fc.constantFrom(0n, 2n ** 63n, 2n ** 64n - 1n, PENDING_POSITION),
      revision: fc.constantFrom(0n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 62n),
      recordedAt: fc.constantFrom(-1, 8.64e15),
      retracted: fc.boolean(),
      records: fc.constantFrom([], [7n], [7n, 9n]),
      proposal: fc.constantFrom(undefined, 'terms'),
    },
    { requiredKeys: [] },
  );
  const id = fc.oneof(
    { weight: 20, arbitrary: fc.nat(200).map((number) => `event-${number}`) },
    fc.constantFrom('', 'é', 'event-1\u{1F600}', '\ud800', 'e'.repeat(255), 'e'.repeat(256)),
  );
  const settings = fc.array(fc.tuple(id, fc.nat(1e6), fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, odd)), {
    minLength: 1,
    maxLength: 400,
    size: 'max',
  });

  it('are as in any map, whatever is set for whatever id', () => {
    fc.assert(
      fc.property(settings, (all) => {
        const judge = new Map<string, Known>();
        let events = new KnownEvents();
        for (const [name, number, fields] of all) {
          const value = known(number, fields);
          judge.set(name, value);
          events = events.set(name, value);
        }
        expect(events.size).toBeGreaterThanOrEqual(judge.size);
        for (const [name, value] of judge) expect(events.get(name)).toEqual(value);
        expect(events.get('another')).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('stay as they were in every earlier state, whatever is made from it', () => {
    const before = withEvents(new KnownEvents(), 5000);
    const one = withEvents(before, 700, (number) => `one-${number}`);
    const other = withEvents(before, 700, (number) => (number % 2 === 0 ? `event-${number}` : `other-${number}`));
    expect([before.size, one.size]).toEqual([5000, 5700]);
    expect(other.get('event-400')).toEqual(known(400));
    expect(one.get('other-1')).toBeUndefined();
    expect(before.get('one-1')).toBeUndefined();
    for (const events of [before, one, other]) expect(events.get('event-4321')).toEqual(known(4321));
  });

  it('are each found among many, of which some have the same hash', () => {
    const events = withEvents(new KnownEvents(), 50_000);
    expect(events.size).toBe(50_000);
    for (let number = 0; number < 50_000; number++)
      if (events.get(`event-${number}`)?.revision !== BigInt(number)) throw new Error(`event-${number} is not found`);
  });
});
