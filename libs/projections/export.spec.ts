// What is exported and imported elsewhere gives the same answers.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crisisStream, trackStream } from '#crisis/event.js';
import { isRegisterType } from '#crisis/vocabulary/types.js';
import type { Position, RecordedEvent, Revision } from '#event-store/port.js';
import { histories } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { pointIn, points } from './testing/points.js';

const CRISIS = 'alpha';

describe('an export', () => {
  it('imported elsewhere, line by line with its record times, gives the same states and timelines at any point', () => {
    fc.assert(
      fc.property(histories({ parks: false }), points, (drawn, drawnPoints) => {
        // What the decider finds out is found out anew by an import, and is no part of an export.
        const events = drawn.map((event) => ({
          ...event,
          metadata: JSON.stringify({ ...JSON.parse(event.metadata), resolved: undefined }),
        }));
        const here = new MemoryReadSide(events);
        const lines = here.lines('export', { crisis: CRISIS });
        const there = new MemoryReadSide(imported(lines));
        expect(there.lines('export', { crisis: CRISIS })).toEqual(lines);
        const fold = new NaiveFold(events);
        for (const each of drawnPoints) {
          const { position: _position, ...point } = pointIn(events, fold, each);
          const read = { crisis: CRISIS, ...point };
          expect(there.ask('tracks', read).tracks).toEqual(here.ask('tracks', read).tracks);
          const listed = { ...read, filter: {}, order: 'oldest', limit: 500 } as const;
          expect(there.ask('timeline', listed).developments.map(unplaced)).toEqual(here.ask('timeline', listed).developments.map(unplaced));
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** The events that an import makes of lines. */
function imported(lines: readonly any[]): RecordedEvent[] {
  const revisions = new Map<string, bigint>();
  return lines.map(({ recordedAt, ...line }, index) => {
    const { type, crisis, track, id, entry, ...content } = line;
    const stream = track === undefined ? crisisStream(crisis) : trackStream(crisis, track);
    const revision = (revisions.get(stream) ?? -1n) + 1n;
    revisions.set(stream, revision);
    return {
      id: 'id',
      type,
      data: JSON.stringify(isRegisterType(type) ? { type, crisis, track, id, entry, content } : line),
      metadata: JSON.stringify({ recordedAt, recordedBy: 'import', schemaVersion: 1, digest: 'd' }),
      stream,
      revision: revision as Revision,
      position: BigInt(index + 1) as Position,
    };
  });
}

function unplaced(view: any): unknown {
  return { ...view, position: null };
}
