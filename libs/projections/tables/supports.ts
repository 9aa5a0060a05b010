// On what the developments of each track rest, and what those that rest on the same add to the counts: what a read without some
// sources takes out.
import type { DatabaseSync } from 'node:sqlite';
import type { SourceFilter, Standing, Verification } from '#crisis/standing.js';
import { supportOf, verificationFrom } from '#crisis/support.js';
import type { Contribution } from '../contribution.js';
import { Counts } from '../counts.js';
import { Numbers } from './numbers.js';
import { SCORE_OFFSET } from './packed-tally.js';
import { ValidInOrder } from './valid-in-order.js';
import { IS_KNOWN, VALIDITY } from './validity.js';

const DAY_MS = 86_400_000;

// `verification` is that of whatever rests on it and is not retracted, without a filter. What no report supports is nowhere.
export const SUPPORT_TABLES = `
  create table support (
    id integer primary key,
    track integer not null,
    verification text not null,
    reports text not null,
    unique (track, verification, reports)
  ) strict;
  create table supported (
    support integer not null,
    earliest integer not null,
    latest integer not null,
    sequence integer not null,
    position integer not null,
    ${VALIDITY},
    tally integer not null,
    primary key (support, earliest, latest, sequence, position, known_from)
  ) strict, without rowid;`;

export class SupportWriter {
  readonly #numbers;
  readonly #rows;

  constructor(database: DatabaseSync) {
    this.#numbers = new Numbers<Verification>(database, 'support', ['track', 'verification', 'reports']);
    this.#rows = new ValidInOrder(database, 'supported', 'support', 1);
  }

  /** The number of what a development of a track rests on; undefined where no report supports it. */
  of(track: number, standing: Standing): number | undefined {
    const reports = supportOf(standing.reports);
    const verification = verificationFrom(reports);
    return verification === undefined ? undefined : this.#numbers.of(track, verification, reports);
  }

  change(position: number, before: Contribution | undefined, after: Contribution): void {
    if (before?.counted !== undefined) this.#rows.close(before.counted.support, before.key, position);
    if (after.counted !== undefined) this.#rows.open(after.counted.support, after.key, position, [after.counted.packed]);
  }

  flush(): void {
    this.#rows.flush();
  }

  /** After a rollback. */
  forget(): void {
    this.#numbers.forget();
    this.#rows.clear();
  }
}

/** What a source filter makes of the supports of one track. */
export interface JudgedSupports {
  /** No report that supports these is left; with how they are verified without the filter. */
  readonly failing: ReadonlyMap<number, Verification>;
  /** Those that are left, but verified otherwise. */
  readonly changed: ReadonlyMap<number, { readonly from: Verification; readonly to: Verification }>;
}

export class SupportRows {
  readonly #ofTrack;
  readonly #ofCrisis;
  readonly #verification;
  /** What was once asked for: a support is what it is for ever. */
  readonly #verifications = new Map<number, Verification>();
  readonly #sums;
  readonly #days;

  constructor(database: DatabaseSync) {
    this.#ofTrack = database.prepare('select id, verification, reports from support where track = ?');
    this.#ofCrisis = database.prepare(
      'select track, id, verification, reports from support where track in (select id from track where crisis = ?)',
    );
    this.#verification = database.prepare('select verification from support where id = ?');
    const sums = `sum((tally >> 2) & 1) as developments, sum((tally >> 3) & 1) as meetingsHeld, sum((tally & 3) = 0) as retracted,
      sum(tally >= 16) as scored, sum(case when tally >= 16 then (tally >> 4) - ${SCORE_OFFSET} else 0 end) as score`;
    const from = `from json_each(:supports) s cross join supported on support = s.value and ${IS_KNOWN} and earliest <= :asOf`;
    this.#sums = database.prepare(`select support, ${sums} ${from} group by s.key`);
    this.#days = database.prepare(`select (earliest - :from) / ${DAY_MS} as day, ${sums} ${from} and earliest >= :from group by day`);
  }

  /** How what rests on a support is verified, if all sources count. */
  verificationOf(support: number): Verification {
    let verification = this.#verifications.get(support);
    if (verification === undefined) {
      ({ verification } = this.#verification.get(support) as { verification: Verification });
      this.#verifications.set(support, verification);
    }
    return verification;
  }

  judged(track: number, filter: SourceFilter): JudgedSupports {
    return judge(this.#ofTrack.all(track) as unknown as SupportRow[], filter);
  }

  /** The same of every track of a crisis, by its number. */
  judgedInCrisis(crisis: number, filter: SourceFilter): Map<number, JudgedSupports> {
    const byTrack = Map.groupBy(this.#ofCrisis.all(crisis) as unknown as (SupportRow & { track: number })[], ({ track }) => track);
    const judged = new Map<string, Verification | undefined>();
    return new Map([...byTrack].map(([track, supports]) => [track, judge(supports, filter, judged)]));
  }

  /** What all that rests on each support and begins by `asOf` (ms) adds to the counts; of the verifications, `retracted` alone. */
  counts(supports: Iterable<number>, asOf: number, known: number): Map<number, Counts> {
    const rows = this.#sums.all({ supports: JSON.stringify([...supports]), asOf, known }) as unknown as (Sums & { support: number })[];
    return new Map(rows.map((row) => [row.support, countsOf(row)]));
  }

  /** The same of all of them together, by day of occurrence (since 1970-01-01), from one on. */
  days(supports: Iterable<number>, fromDay: number, asOf: number, known: number): Map<number, Counts> {
    const asked = { supports: JSON.stringify([...supports]), from: fromDay * DAY_MS, asOf, known };
    return new Map((this.#days.all(asked) as unknown as (Sums & { day: number })[]).map((row) => [row.day + fromDay, countsOf(row)]));
  }
}

interface SupportRow {
  readonly id: number;
  readonly verification: Verification;
  readonly reports: string;
}

/** @param judged what is known of reports already: on many tracks the same is rested on */
function judge(
  supports: readonly SupportRow[],
  filter: SourceFilter,
  judged = new Map<string, Verification | undefined>(),
): JudgedSupports {
  const failing = new Map<number, Verification>();
  const changed = new Map<number, { from: Verification; to: Verification }>();
  for (const { id, verification, reports } of supports) {
    if (!judged.has(reports)) judged.set(reports, verificationFrom(reports, filter));
    const to = judged.get(reports);
    if (to === undefined) failing.set(id, verification);
    else if (to !== verification) changed.set(id, { from: verification, to });
  }
  return { failing, changed };
}

interface Sums {
  readonly developments: number;
  readonly meetingsHeld: number;
  readonly retracted: number;
  readonly scored: number;
  readonly score: number;
}

function countsOf({ developments, meetingsHeld, retracted, scored, score }: Sums): Counts {
  const counts = new Counts();
  counts.developments = developments;
  counts.meetingsHeld = meetingsHeld;
  counts.verify('retracted', retracted);
  counts.scored = scored;
  counts.score = score;
  return counts;
}
