// What was read of tracks is kept as long as there is room, and what was asked for of late the longest.
import { describe, expect, it } from '@jest/globals';
import type { KeptSlots } from './kept-slots.js';
import { KeptTracks, ROWS_IN_MEMORY, type KeptTrack } from './kept-tracks.js';

/** A track of which so many rows are in memory. */
function read(size: number): KeptTrack {
  return { slots: { size } as KeptSlots, tallies: {} as KeptTrack['tallies'] };
}

describe('kept tracks', () => {
  it('are found by their track and its last event', () => {
    const tracks = new KeptTracks();
    const [one, other] = [read(10), read(10)];
    tracks.keep(1, 7, one);
    tracks.keep(1, 17, other);
    expect([tracks.find(1, 7), tracks.find(1, 17), tracks.find(11, 7), tracks.find(1, 8)]).toEqual([one, other, undefined, undefined]);
  });

  it('make room for others, that first which nobody has asked for the longest', () => {
    const tracks = new KeptTracks();
    const third = Math.floor(ROWS_IN_MEMORY / 3);
    const [one, two, three, four] = [read(third), read(third), read(third), read(third)];
    tracks.keep(1, 1, one);
    tracks.keep(2, 2, two);
    tracks.keep(3, 3, three);
    tracks.keep(1, 1, one);
    tracks.keep(4, 4, four);
    expect([tracks.find(1, 1), tracks.find(2, 2), tracks.find(3, 3), tracks.find(4, 4)]).toEqual([one, undefined, three, four]);
  });

  it('make room when they themselves have grown, and are not kept where they alone are too much', () => {
    const tracks = new KeptTracks();
    const grown = read(1);
    tracks.keep(1, 1, read(2));
    tracks.keep(2, 2, grown);
    Object.assign(grown.slots, { size: ROWS_IN_MEMORY });
    tracks.keep(2, 2, grown);
    expect([tracks.find(1, 1), tracks.find(2, 2)]).toEqual([undefined, grown]);
    tracks.keep(3, 3, read(ROWS_IN_MEMORY + 1));
    expect([tracks.find(2, 2), tracks.find(3, 3)]).toEqual([undefined, undefined]);
    tracks.keep(4, 4, read(ROWS_IN_MEMORY));
    expect(tracks.find(4, 4)).toBeDefined();
  });
});
