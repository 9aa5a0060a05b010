// Counts by day of occurrence at any point of the record, at a cost that does not grow with the history: of each track, and of what
// rests on each support.
//
// The days are the leaves of a tree of radix 8, and "all days before" is at most seven nodes on each of its levels. What a
// node's days held is kept after each block of 64 changes; the changes of the last, unfinished block are with whoever counts.
import type { DatabaseSync } from 'node:sqlite';
import { Counts } from '../counts.js';
import { unpackTally } from './packed-tally.js';

/** @param table its name @param of what it counts: the name of its first column */
const countTable = (table: string, of: string): string => `
  create table ${table} (
    ${of} integer not null,
    node integer not null,
    block integer not null,
    developments integer not null,
    meetings_held integer not null,
    retracted integer not null,
    disputed integer not null,
    corroborated integer not null,
    single_source integer not null,
    scored integer not null,
    score integer not null,
    primary key (${of}, node, block)
  ) strict, without rowid;`;

const TABLES = { track: 'day_count', support: 'support_count' } as const;
/** What is counted apart: the developments of a track, or those that rest on a support. */
export type Counted = keyof typeof TABLES;

export const DAY_COUNT_TABLES = countTable('day_count', 'track') + countTable('support_count', 'support');

export const BLOCK = 64;

const RADIX = 8;
const LEVELS = 8;
/** Of a node's number: above it stands the level, below it the index of the node on its level. */
const LEVEL_STEP = 2 ** 24;
/** The first day of year 0, the earliest that EDTF can name, in days since 1970-01-01. */
const FIRST_DAY = -719_528;
/** After the last day of the year 9999. */
const END = 2_932_900;

/** What a change was: what its development added before (on which day), and what it adds after. */
export interface Delta {
  readonly dayBefore: number | null;
  readonly tallyBefore: number | null;
  readonly dayAfter: number | null;
  readonly tallyAfter: number | null;
}

/** The same as a statement returns it that returns lists. */
export type DeltaRow = [dayBefore: number | null, tallyBefore: number | null, dayAfter: number | null, tallyAfter: number | null];

export function deltaIn([dayBefore, tallyBefore, dayAfter, tallyAfter]: DeltaRow): Delta {
  return { dayBefore, tallyBefore, dayAfter, tallyAfter };
}

export const DELTA_COLUMNS = 'day_before as dayBefore, tally_before as tallyBefore, day_after as dayAfter, tally_after as tallyAfter';
const COLUMNS = 'developments, meetings_held, retracted, disputed, corroborated, single_source, scored, score';

export class DayCountWriter {
  readonly #last;
  readonly #add;

  constructor(database: DatabaseSync, of: Counted) {
    const table = TABLES[of];
    this.#last = database.prepare(`select ${COLUMNS} from ${table} where ${of} = ? and node = ? order by block desc limit 1`);
    this.#last.setReturnArrays(true);
    this.#add = database.prepare(`insert into ${table} values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  }

  /** @param block its number, from 1 @param deltas the {@link BLOCK} changes in it, in any order */
  addBlock(scope: number, block: number, deltas: readonly Delta[]): void {
    const changes = new Map<number, Counts>();
    for (const [day, tally, times] of changesIn(deltas)) {
      for (let level = 0, index = day - FIRST_DAY; level < LEVELS; level++, index = Math.floor(index / RADIX)) {
        const node = level * LEVEL_STEP + index;
        let counts = changes.get(node);
        if (counts === undefined) changes.set(node, (counts = new Counts()));
        counts.add(unpackTally(tally), times);
      }
    }
    for (const [node, counts] of changes) {
      const before = this.#last.get(scope, node);
      if (before !== undefined) counts.addAll(countsOf(before as unknown as CountsRow));
      const { developments, meetingsHeld, verified, scored, score } = counts;
      this.#add.run(scope, node, block, developments, meetingsHeld, ...verified, scored, score);
    }
  }
}

export class DayCountRows {
  readonly #nodes;

  constructor(database: DatabaseSync, of: Counted) {
    const table = TABLES[of];
    this.#nodes = database.prepare(
      `select ${COLUMNS}, n.node from json_each(:nodes) j cross join ${table} n
        where n.${of} = :scope and n.node = j.value
          and n.block = (select max(m.block) from ${table} m where m.${of} = :scope and m.node = j.value and m.block <= :block)`,
    );
    this.#nodes.setReturnArrays(true);
  }

  /**
   * The counts of all days before one, and those of each single day from `singleFrom` on up to it.
   * @param before in days since 1970-01-01, exclusive; both may be Infinity: of all days, which costs least
   * @param changes how many changes are known @param unfinished those of them that are in no block yet
   */
  before(
    scope: number,
    before: number,
    singleFrom: number,
    changes: number,
    unfinished: readonly Delta[],
  ): { total: Counts; days: Map<number, Counts> } {
    const total = new Counts();
    const days = new Map<number, Counts>();
    const block = Math.floor(changes / BLOCK);
    const nodes = block === 0 ? [] : [...nodesBefore(singleFrom), ...daysFrom(singleFrom, before)];
    for (const row of block === 0 ? [] : this.#nodes.all({ nodes: JSON.stringify(nodes), scope, block })) {
      const counts = countsOf(row as unknown as CountsRow);
      const node = (row as unknown as CountsRow)[8]!;
      const day = node + FIRST_DAY;
      if (node < LEVEL_STEP && day >= singleFrom) days.set(day, counts);
      total.addAll(counts);
    }
    for (const [day, packed, times] of changesIn(unfinished)) {
      if (day >= before) continue;
      const tally = unpackTally(packed);
      total.add(tally, times);
      if (day < singleFrom) continue;
      let counts = days.get(day);
      if (counts === undefined) days.set(day, (counts = new Counts()));
      counts.add(tally, times);
    }
    return { total, days };
  }
}

function* changesIn(deltas: readonly Delta[]): Generator<[day: number, tally: number, times: 1 | -1]> {
  for (const { dayBefore, tallyBefore, dayAfter, tallyAfter } of deltas) {
    if (dayBefore !== null && tallyBefore !== null) yield [dayBefore, tallyBefore, -1];
    if (dayAfter !== null && tallyAfter !== null) yield [dayAfter, tallyAfter, 1];
  }
}

/** The nodes that together are all days before one, or, before Infinity, all. */
function* nodesBefore(day: number): Generator<number> {
  if (day === Infinity) return yield* nodesOfAll();
  for (let level = 0, index = day - FIRST_DAY; level < LEVELS && index > 0; level++, index = Math.floor(index / RADIX)) {
    const sibling = level === LEVELS - 1 ? 0 : index - (index % RADIX);
    for (let node = sibling; node < index; node++) yield level * LEVEL_STEP + node;
  }
}

/** Those of the upmost level. */
function* nodesOfAll(): Generator<number> {
  for (let index = 0; index * RADIX ** (LEVELS - 1) < END - FIRST_DAY; index++) yield (LEVELS - 1) * LEVEL_STEP + index;
}

function* daysFrom(from: number, before: number): Generator<number> {
  for (let day = Math.max(from, FIRST_DAY); day < before; day++) yield day - FIRST_DAY;
}

/** By {@link COLUMNS}. */
type CountsRow = [
  developments: number,
  meetingsHeld: number,
  retracted: number,
  disputed: number,
  corroborated: number,
  singleSource: number,
  scored: number,
  score: number,
  ...more: number[],
];

function countsOf([developments, meetingsHeld, retracted, disputed, corroborated, singleSource, scored, score]: CountsRow): Counts {
  const counts = new Counts();
  counts.developments = developments;
  counts.meetingsHeld = meetingsHeld;
  [retracted, disputed, corroborated, singleSource].forEach((count, index) => (counts.verified[index] = count));
  counts.scored = scored;
  counts.score = score;
  return counts;
}
