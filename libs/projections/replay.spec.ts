// Replays: every frame's states equal a naive fold, and the last frame is what `tracks` answers.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { histories } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { NOW, pointIn, points } from './testing/points.js';

const CRISIS = 'alpha';

describe('a replay by occurrence', () => {
  it('shows each development once and in order, and ends with what `tracks` answers', () => {
    fc.assert(
      fc.property(histories(), points, (events, drawnPoints) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const each of drawnPoints) {
          const { asOf: until, ...point } = pointIn(events, fold, each);
          const frames = readSide.lines('replay', { crisis: CRISIS, ...point, until, by: 'occurred' });
          expect(frames.map(({ frame }) => frame)).toEqual(frames.map((_, index) => index));
          expect(moments(frames)).toEqual(moments(frames).toSorted((a, b) => a - b));
          const shown = frames.flatMap(({ development }) => (development === null ? [] : [development]));
          expect(shown).toEqual(fold.timeline(CRISIS, { ...point, asOf: until }));
          const last = frames.at(-1);
          expect(last).toMatchObject({ development: null, event: null, at: new Date(until).toISOString() });
          expect(last.tracks).toEqual(readSide.ask('tracks', { crisis: CRISIS, ...point, asOf: until }).tracks);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has a frame for every moment at which an answer changes, with the state that it changed to', () => {
    fc.assert(
      fc.property(histories(), points, (events, drawnPoints) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const each of drawnPoints.slice(0, 2)) {
          const { asOf: until, ...point } = pointIn(events, fold, each);
          const frames = readSide.lines('replay', { crisis: CRISIS, ...point, until, by: 'occurred' });
          const states = new Map<string, any>();
          frames.slice(0, -1).forEach(({ at, tracks }, index) => {
            for (const track of tracks) {
              states.set(track.id, track);
              const again = frames
                .slice(index + 1, -1)
                .some((later) => later.at === at && later.tracks.some(({ id }: any) => id === track.id));
              // Of what happened at one moment, the last frame has all.
              if (!again) expect(lasting(track)).toEqual(lasting(fold.track(CRISIS, track.id, { ...point, asOf: Date.parse(at) })));
            }
          });
          for (const track of frames.at(-1).tracks) {
            const shown = states.get(track.id);
            // Tension fades from day to day without a frame.
            if (shown !== undefined) expect({ ...lasting(shown), tension: null }).toEqual({ ...lasting(track), tension: null });
            else expect(track).toMatchObject({ developments: 0, because: {} });
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves out what lies before `from`, and is otherwise the same', () => {
    fc.assert(
      fc.property(histories(), points, (events, drawnPoints) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        const { asOf: until, ...point } = pointIn(events, fold, drawnPoints[0]!);
        const from = pointIn(events, fold, drawnPoints[1]!).asOf;
        if (from > until) return;
        for (const by of ['occurred', 'recorded'] as const) {
          const ask = { crisis: CRISIS, ...point, until, by };
          const whole = readSide.lines('replay', ask).filter(({ at }, index, all) => {
            const moment = Date.parse(at);
            return index === all.length - 1 || (by === 'occurred' ? moment >= from : moment > from);
          });
          expect(readSide.lines('replay', { ...ask, from }).map(unnumbered)).toEqual(whole.map(unnumbered));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a replay by record', () => {
  it('shows every event as it was seen at its time, and ends with what `tracks` answers', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40 }), points, (events, drawnPoints) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        for (const each of drawnPoints.slice(0, 2)) {
          const { asOf: until, position: _position, ...point } = pointIn(events, fold, each);
          const frames = readSide.lines('replay', { crisis: CRISIS, ...point, until, by: 'recorded' });
          expect(moments(frames)).toEqual(moments(frames).toSorted((a, b) => a - b));
          for (const { at, position, tracks } of frames.slice(0, -1)) {
            const then = { ...point, asOf: Date.parse(at), knownAt: Date.parse(at), position: BigInt(position) };
            for (const track of tracks) expect(track).toEqual(fold.track(CRISIS, track.id, then));
          }
          const shown = frames.filter(({ event }) => event !== null).map(({ position }) => position);
          expect(shown).toEqual(fold.recorded(CRISIS, until).map(({ position }) => String(position)));
          expect(frames.at(-1).tracks).toEqual(readSide.ask('tracks', { crisis: CRISIS, ...point, asOf: until, knownAt: until }).tracks);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of a crisis in which nothing happened has one frame', () => {
    const [opened] = fc.sample(histories({ maxLength: 1 }), 1);
    const readSide = new MemoryReadSide(opened!.slice(0, 1));
    for (const by of ['occurred', 'recorded'] as const) {
      expect(readSide.lines('replay', { crisis: CRISIS, until: NOW, now: NOW, by })).toMatchObject([
        { frame: 0, tracks: [{ id: 'context' }] },
      ]);
    }
  });
});

/** Without what is retracted: it has no frame, and is counted in the next one of its track. */
function lasting({ verification, ...state }: any): any {
  return { ...state, verification: { ...verification, retracted: 0 } };
}

function moments(frames: readonly any[]): number[] {
  return frames.map(({ at }) => Date.parse(at));
}

function unnumbered(frame: any): unknown {
  return { ...frame, frame: null };
}
