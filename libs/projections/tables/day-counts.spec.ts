// Counts of all days are those of every day there can be, and of the changes that are in no block yet.
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { dayOf, parseOccurrence } from '#crisis/time.js';
import { BLOCK, DAY_COUNT_TABLES, DayCountRows, DayCountWriter, type Delta } from './day-counts.js';
import { packTally } from './packed-tally.js';

const ONE = packTally({ developments: 1, meetingsHeld: 0, verification: 'single-source', score: 20 });

function added(date: string): Delta {
  return { dayBefore: null, tallyBefore: null, dayAfter: dayOf(parseOccurrence(date).earliest), tallyAfter: ONE };
}

describe('the counts of all days', () => {
  it('have the first day and the last that EDTF can name, and what is in no block yet', () => {
    using database = new DatabaseSync(':memory:');
    database.exec(DAY_COUNT_TABLES);
    const dates = ['0000-01-01', '1962-10-27', '2022-01-10', '9999-12-31'];
    new DayCountWriter(database, 'track').addBlock(
      1,
      1,
      Array.from({ length: BLOCK }, (_, index) => added(dates[index % dates.length]!)),
    );
    const { total, days } = new DayCountRows(database, 'track').before(1, Infinity, Infinity, BLOCK + 1, [added('9999-12-31')]);
    expect(total).toMatchObject({ developments: BLOCK + 1, scored: BLOCK + 1, score: 20 * (BLOCK + 1) });
    expect(days.size).toBe(0);
  });
});
