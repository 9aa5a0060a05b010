import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DatabaseSync } from 'node:sqlite';
import { firstStanding } from '#crisis/standing.js';
import { formatMoment } from '#crisis/time.js';
import type { Development } from '#crisis/vocabulary/types.js';
import { contributionOf, type Contribution } from '../contribution.js';
import { DayTally, sharesOf } from '../day-tally.js';
import { DAY_TALLY_TABLES, DayTallyRows, DayTallyWriter } from './day-tallies.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CRISIS = 1;
const BEGIN = Date.parse('2022-01-10T00:00:00Z');

/** What is told of one of few developments, so that most change again and again; of most, on the same two days. */
const step = fc.record({
  id: fc.nat({ max: 30 }),
  hours: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 47 }) }, { weight: 1, arbitrary: fc.integer({ min: -9000, max: 9000 }) }),
  cameo: fc.constantFrom('010', '057', '190', '112'),
  retracted: fc.boolean(),
  support: fc.integer({ min: 1, max: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function statement({ id, hours, cameo, retracted, support }: Step): Contribution {
  const content = {
    type: 'StatementMade',
    crisis: 'c',
    track: 'talks',
    id: `d-${id}`,
    occurredAt: formatMoment(BEGIN + hours * HOUR),
    summary: 's',
    speaker: 'russia',
    to: ['nato'],
    cameo,
    reports: [{ source: 'tass' }],
  } as unknown as Development;
  return contributionOf({ ...firstStanding(content, {}, BigInt(id)), retracted }, () => support);
}

/** The tallies after all steps, the n-th of them at position n. @param batch steps in a transaction */
function written(steps: readonly Step[], batch: number): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(DAY_TALLY_TABLES);
  const writer = new DayTallyWriter(database);
  const stands = new Map<number, Contribution>();
  steps.forEach((each, index) => {
    const after = statement(each);
    writer.change(CRISIS, index + 1, stands.get(each.id), after);
    stands.set(each.id, after);
    if ((index + 1) % batch === 0) writer.flush();
  });
  writer.flush();
  return database;
}

/** The same, by a walk over all that stands after some steps. */
function walked(steps: readonly Step[], kind: string, name: string, from: number, upTo: number, without: ReadonlySet<number>): DayTally {
  const sum = new DayTally();
  for (const each of new Map(steps.map((one) => [one.id, one])).values()) {
    const { standing, visible } = statement(each);
    const { earliest } = standing.order;
    if (!visible || earliest < from || earliest > upTo || without.has(each.support)) continue;
    for (const share of sharesOf(standing)) if (share.kind === kind && share.name === name) sum.add(share);
  }
  return sum;
}

describe('the tallies by day', () => {
  const asked = fc.record({
    known: fc.double({ min: 0, max: 1, noNaN: true }),
    hours: fc.integer({ min: -10, max: 60 }),
    without: fc.subarray([1, 2, 3]).map((supports) => new Set(supports)),
  });

  it('are at any place of the record what a walk over all finds, however many changes a day has, and without what does not count', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 150, maxLength: 400, size: 'max' }),
        fc.integer({ min: 1, max: 90 }),
        fc.array(asked, { minLength: 8, maxLength: 8 }),
        (steps, batch, points) => {
          const rows = new DayTallyRows(written(steps, batch));
          for (const { known: part, hours, without } of points) {
            const known = Math.ceil(part * steps.length);
            const upTo = BEGIN + hours * HOUR + HOUR - 1;
            const from = BEGIN - 3 * DAY;
            const stand = steps.slice(0, known);
            for (const [kind, name] of [
              ['crisis', ''],
              ['track', 'talks'],
              ['actor', 'russia'],
              ['pair', 'nato/russia'],
            ] as const) {
              const found = new DayTally();
              for (const tally of rows.days(CRISIS, kind, name, from / DAY, upTo, { known, without }).values()) found.addAll(tally);
              expect(found).toEqual(walked(stand, kind, name, from, upTo, without));
            }
            const total = rows.ofActor(CRISIS, 'russia', upTo, { known, without });
            expect(total).toEqual(walked(stand, 'actor', 'russia', -Infinity, upTo, without));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are the same rows, however the changes came in batches', () => {
    const rowsOf = (steps: readonly Step[], batch: number): unknown[] => written(steps, batch).prepare('select * from day_tally').all();
    fc.assert(
      fc.property(fc.array(step, { minLength: 70, maxLength: 200, size: 'max' }), fc.integer({ min: 1, max: 70 }), (steps, batch) => {
        expect(rowsOf(steps, batch)).toEqual(rowsOf(steps, Infinity));
      }),
      { numRuns: 20 },
    );
  });
});
