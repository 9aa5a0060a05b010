// On what the developments of each track rest, and what those that rest on the same add to the counts: what a read without some
// sources takes out.
import type { DatabaseSync } from 'node:sqlite';
import type { SourceFilter, Standing, Verification } from '#crisis/standing.js';
import { supportOf, verificationFrom } from '#crisis/support.js';
import type { Contribution } from '../contribution.js';
import type { Counts } from '../counts.js';
import { BLOCK, DayCountRows, DayCountWriter, DELTA_COLUMNS, deltaIn, type Delta, type DeltaRow } from './day-counts.js';
import { Numbers } from './numbers.js';
import { BulkInsert, type Row } from './sorted-inserts.js';

// `verification` is that of whatever rests on it and is not retracted, without a filter. What no report supports is nowhere. What
// changed on a support is numbered from 0; each block of these changes is counted by day.
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
    position integer not null,
    number integer not null,
    day_before integer,
    tally_before integer,
    day_after integer,
    tally_after integer,
    primary key (support, position)
  ) strict, without rowid;`;

/** What an event changed on a support. */
type Change = Delta & { readonly position: number };

export class SupportWriter {
  readonly #numbers;
  readonly #rows;
  readonly #counts;
  readonly #last;
  readonly #unfinished;
  /** Of each support, since the last flush. */
  readonly #gathered = new Map<number, Change[]>();

  constructor(database: DatabaseSync) {
    this.#numbers = new Numbers<Verification>(database, 'support', ['track', 'verification', 'reports']);
    this.#rows = new BulkInsert(database, 'into supported', 7);
    this.#counts = new DayCountWriter(database, 'support');
    this.#last = database.prepare('select number from supported where support = ? order by position desc limit 1');
    this.#unfinished = database.prepare(`select ${DELTA_COLUMNS} from supported where support = ? order by position desc limit ?`);
  }

  /** The number of what a development of a track rests on; undefined where no report supports it. */
  of(track: number, standing: Standing): number | undefined {
    const reports = supportOf(standing.reports);
    const verification = verificationFrom(reports);
    return verification === undefined ? undefined : this.#numbers.of(track, verification, reports);
  }

  change(position: number, before: Contribution | undefined, after: Contribution): void {
    const [old, now] = [before?.counted, after.counted];
    const [taken, given] = [
      { dayBefore: old?.day ?? null, tallyBefore: old?.packed ?? null },
      { dayAfter: now?.day ?? null, tallyAfter: now?.packed ?? null },
    ];
    if (old !== undefined && old.support === now?.support) {
      if (old.day !== now.day || old.packed !== now.packed) this.#gather(old.support, { position, ...taken, ...given });
      return;
    }
    if (old !== undefined) this.#gather(old.support, { position, ...taken, dayAfter: null, tallyAfter: null });
    if (now !== undefined) this.#gather(now.support, { position, dayBefore: null, tallyBefore: null, ...given });
  }

  flush(): void {
    const rows: Row[] = [];
    for (const support of [...this.#gathered.keys()].sort((a, b) => a - b)) {
      const added = this.#gathered.get(support)!;
      const first = ((this.#last.get(support) as { number: number } | undefined)?.number ?? -1) + 1;
      this.#countBlocks(support, first, added);
      added.forEach(({ position, dayBefore, tallyBefore, dayAfter, tallyAfter }, index) =>
        rows.push([support, position, first + index, dayBefore, tallyBefore, dayAfter, tallyAfter]),
      );
    }
    this.#gathered.clear();
    this.#rows.run(rows);
  }

  /** After a rollback. */
  forget(): void {
    this.#numbers.forget();
    this.#gathered.clear();
  }

  /** @param first the number of the first that is added */
  #countBlocks(support: number, first: number, added: readonly Change[]): void {
    const waiting = first % BLOCK;
    if (waiting + added.length < BLOCK) return;
    const changes: Delta[] = [...(this.#unfinished.all(support, waiting) as unknown as Delta[]).reverse(), ...added];
    let block = Math.floor(first / BLOCK);
    for (let from = 0; from + BLOCK <= changes.length; from += BLOCK)
      this.#counts.addBlock(support, ++block, changes.slice(from, from + BLOCK));
  }

  #gather(support: number, change: Change): void {
    const changes = this.#gathered.get(support);
    if (changes === undefined) this.#gathered.set(support, [change]);
    else changes.push(change);
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
  readonly #after;
  readonly #tracks;
  readonly #verification;
  /** What was once asked for: a support is what it is for ever. */
  readonly #verifications = new Map<number, Verification>();
  /** All supports, as far as they were read for a source filter: by track their numbers, each with the number of its kind. */
  readonly #byTrack = new Map<number, { readonly ids: number[]; readonly kinds: number[] }>();
  readonly #kinds: SupportKind[] = [];
  readonly #kindNumbers = new Map<string, number>();
  #lastRead = 0;
  readonly #known;
  readonly #unfinished;
  readonly #counts;

  constructor(database: DatabaseSync) {
    this.#after = database.prepare('select id, track, verification, reports from support where id > ? order by id');
    this.#after.setReturnArrays(true);
    this.#tracks = database.prepare('select id from track where crisis = ?');
    this.#verification = database.prepare('select verification from support where id = ?');
    this.#known = database.prepare(
      `select value as support, (select number from supported where support = value and position <= :known order by position desc limit 1) + 1 as changes
        from json_each(:supports)`,
    );
    this.#unfinished = database.prepare(
      `select ${DELTA_COLUMNS} from supported where support = ? and position <= ? order by position desc limit ?`,
    );
    this.#known.setReturnArrays(true);
    this.#unfinished.setReturnArrays(true);
    this.#counts = new DayCountRows(database, 'support');
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
    this.#readOn();
    return this.#judge(track, filter, []);
  }

  /** The same of every track of a crisis, by its number. */
  judgedInCrisis(crisis: number, filter: SourceFilter): Map<number, JudgedSupports> {
    this.#readOn();
    const judged: Judgement[] = [];
    return new Map((this.#tracks.all(crisis) as { id: number }[]).map(({ id }) => [id, this.#judge(id, filter, judged)]));
  }

  /** Of a crisis there are as many as tracks times combinations of sources, but few kinds: these are judged, and kept in memory are numbers. */
  #readOn(): void {
    for (const [id, track, verification, reports] of this.#after.all(this.#lastRead) as unknown as SupportRow[]) {
      const name = `${verification} ${reports}`;
      let kind = this.#kindNumbers.get(name);
      if (kind === undefined) {
        this.#kindNumbers.set(name, (kind = this.#kinds.length));
        this.#kinds.push({ verification, reports });
      }
      let ofTrack = this.#byTrack.get(track);
      if (ofTrack === undefined) this.#byTrack.set(track, (ofTrack = { ids: [], kinds: [] }));
      ofTrack.ids.push(id);
      ofTrack.kinds.push(kind);
      this.#lastRead = id;
    }
  }

  /** @param judged what is known of kinds already: on many tracks the same is rested on */
  #judge(track: number, filter: SourceFilter, judged: Judgement[]): JudgedSupports {
    const failing = new Map<number, Verification>();
    const changed = new Map<number, { from: Verification; to: Verification }>();
    const { ids, kinds } = this.#byTrack.get(track) ?? { ids: [], kinds: [] };
    kinds.forEach((kind, index) => {
      const { verification } = this.#kinds[kind]!;
      const { to } = (judged[kind] ??= { to: verificationFrom(this.#kinds[kind]!.reports, filter) });
      if (to === undefined) failing.set(ids[index]!, verification);
      else if (to !== verification) changed.set(ids[index]!, { from: verification, to });
    });
    return { failing, changed };
  }

  /**
   * What all that rests on each support adds to the counts of the days before one, and of each single day from another on up to it.
   * @param before in days since 1970-01-01, exclusive
   */
  *counts(
    supports: Iterable<number>,
    before: number,
    singleFrom: number,
    known: number,
  ): Generator<{ support: number; total: Counts; days: Map<number, Counts> }> {
    const asked = { supports: JSON.stringify([...supports]), known };
    for (const [support, changes] of this.#known.all(asked) as unknown as [support: number, changes: number | null][]) {
      if (changes === null) continue;
      const rows = changes % BLOCK === 0 ? [] : this.#unfinished.all(support, known, changes % BLOCK);
      const unfinished = rows.map((row) => deltaIn(row as unknown as DeltaRow));
      yield { support, ...this.#counts.before(support, before, singleFrom, changes, unfinished) };
    }
  }
}

type SupportRow = [id: number, track: number, verification: Verification, reports: string];

interface SupportKind {
  readonly verification: Verification;
  readonly reports: string;
}

/** How what rests on a kind is verified with a filter; undefined: no report that supports it is left. */
interface Judgement {
  readonly to: Verification | undefined;
}
