// Ids of live messages, and who has been told what.
import { describe, expect, it } from '@jest/globals';
import { after, formatId, hasTold, parseId, reaches, union } from './live-cursor.js';

const DUE = (among?: number) => ({ at: { position: 7n, moment: 1000, among }, isDue: true });

describe('the id of a live message', () => {
  it.each([
    { position: 7n },
    { position: 7n, number: 5 },
    { position: 7n, moment: 1_642_000_000_000 },
    { position: 7n, moment: 1_642_000_000_000, among: 3, parked: '0a1b2c3d' },
  ])('%p is read as it was written', (cursor) => {
    expect(parseId(formatId('s1', cursor), 's1')).toEqual(cursor);
    expect(parseId(formatId('s1', cursor), 's2')).toBeUndefined();
  });
});

describe('what falls due at one moment in several crises', () => {
  it('has been told up to the crisis that the cursor names', () => {
    const cursor = { position: 7n, moment: 1000, among: 3 };
    expect([2, 3, 4].map((among) => hasTold(cursor, DUE(among)))).toEqual([true, true, false]);
    expect(hasTold({ ...cursor, among: undefined }, DUE(9))).toBe(true);
    expect(after(cursor, DUE(4))).toEqual({ ...cursor, among: 4 });
    expect(after(cursor, { at: { position: 8n, number: 1 }, isDue: false })).toMatchObject({
      position: 8n,
      number: 1,
      moment: 1000,
      among: 3,
    });
    expect(reaches(cursor, { ...cursor, among: 4 })).toBe(false);
    expect(union(cursor, { position: 6n, moment: 1000 })).toMatchObject({ position: 7n, moment: 1000, among: undefined });
  });
});
