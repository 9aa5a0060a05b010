import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeliveryFilter, DeliveryMessage, DeliveryPage, DeliveryScope } from './read-side.js';
import { ACTORS, CRISES, histories, SOURCES, TRACKS } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';

/** All messages of a scope, a page after another. */
function told(reads: MemoryReadSide, scope: DeliveryScope, limit: number): DeliveryMessage[] {
  const messages: DeliveryMessage[] = [];
  for (let after = 0n; ;) {
    const page: DeliveryPage = reads.ask('deliveries', { ...scope, after, limit });
    expect(BigInt(page.cursor)).toBeGreaterThanOrEqual(after);
    messages.push(...page.messages);
    after = BigInt(page.cursor);
    if (!page.more) return messages;
  }
}

const filters: fc.Arbitrary<DeliveryFilter> = fc.record(
  {
    actor: fc.subarray(ACTORS, { minLength: 1 }),
    source: fc.subarray(SOURCES, { minLength: 1 }),
    track: fc.subarray(TRACKS, { minLength: 1 }),
    type: fc.subarray(['StatementMade', 'MeetingHeld', 'ProposalTabled'] as const, { minLength: 1 }),
  },
  { requiredKeys: [] },
);

describe('deliveries', () => {
  it('tell of each event what live connections are told of it, whatever the pages and the scope', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 1, max: 7 }), (events, limit) => {
        using reads = new MemoryReadSide(events);
        const all = told(reads, { filter: {} }, limit);
        expect(all.map(({ position }) => Number(position))).toEqual(all.map(({ position }) => Number(position)).toSorted((a, b) => a - b));
        for (const crisis of CRISES) {
          const live = reads.ask('livePage', {
            crisis,
            after: { position: 0n },
            projections: ['tracks', 'timeline'],
            limit: 10_000,
            now: 0,
          }).messages as {
            event: string;
            data: object;
          }[];
          const ofCrisis = told(reads, { crisis, filter: {} }, limit);
          expect(ofCrisis.map(({ data }) => data)).toEqual(
            live.filter(({ event }) => event !== 'track' && event !== 'due').map(({ data }) => data),
          );
          expect(ofCrisis).toEqual(all.filter((message) => message.crisis === crisis));
          for (const ofTrack of TRACKS)
            expect(told(reads, { crisis, ofTrack, filter: {} }, limit)).toEqual(ofCrisis.filter(({ track }) => track === ofTrack));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are narrowed to what the timeline lists, and tell also what takes it from there', () => {
    fc.assert(
      fc.property(histories({ parks: false }), filters, (events, filter) => {
        using reads = new MemoryReadSide(events);
        const now = Date.parse('2023-01-01');
        for (const crisis of CRISES) {
          const messages = told(reads, { crisis, filter }, 50);
          const listed = reads.ask('timeline', { crisis, filter, order: 'oldest', limit: 500, now }).developments as {
            track: string;
            id: string;
          }[];
          // Who was told everything knows of all that is listed now.
          const subjects = new Set(messages.map(({ track, development }) => `${track}/${development}`));
          expect(listed.map(({ track, id }) => `${track}/${id}`).filter((subject) => !subjects.has(subject))).toEqual([]);
          // The last that was told of each development is as it stands now, or that it is nothing of theirs any more.
          const everything = told(reads, { crisis, filter: {} }, 50);
          for (const subject of subjects) {
            const last = messages.findLast(({ track, development }) => `${track}/${development}` === subject)!;
            const really = everything.findLast(({ track, development }) => `${track}/${development}` === subject)!;
            if (listed.some(({ track, id }) => `${track}/${id}` === subject)) expect(last).toEqual(really);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
