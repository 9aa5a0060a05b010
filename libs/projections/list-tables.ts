// The group of tables in which events and developments are listed and counted, with what falls due.
import type { DatabaseSync } from 'node:sqlite';
import type { Contribution } from './contribution.js';
import type { Applied, Change, TableGroup } from './table-group.js';
import type { TrackRow } from './tables/crises.js';
import { BLOCK, DayCountWriter, type Delta } from './tables/day-counts.js';
import { DayTallyWriter } from './tables/day-tallies.js';
import { DueWriter } from './tables/due-moments.js';
import { EventRows, EventWriter } from './tables/events.js';
import { ListingWriter } from './tables/listings.js';
import { OccurrenceWriter } from './tables/occurrences.js';
import type { SupportWriter } from './tables/supports.js';

/** Its tables. */
export const LIST_TABLES = [
  'event',
  'scope',
  'listing',
  'occurrence',
  'supported',
  'support_count',
  'day_count',
  'tally_scope',
  'day_tally',
  'due',
] as const;

/** Beyond this many, what they counted last is read again: it bounds memory. */
const TRACKS_IN_MEMORY = 1_000;

export class ListTables implements TableGroup {
  readonly #events;
  readonly #eventRows;
  /** Of each track: what the changes that are in no block yet were, as far as it was asked for. */
  readonly #unfinished = new Map<number, Delta[]>();
  readonly #listings;
  readonly #occurrences;
  readonly #dayCounts;
  readonly #dayTallies;
  readonly #dues;

  constructor(
    database: DatabaseSync,
    private readonly supports: SupportWriter,
  ) {
    this.#events = new EventWriter(database);
    this.#eventRows = new EventRows(database);
    this.#listings = new ListingWriter(database);
    this.#occurrences = new OccurrenceWriter(database);
    this.#dayCounts = new DayCountWriter(database, 'track');
    this.#dayTallies = new DayTallyWriter(database);
    this.#dues = new DueWriter(database);
  }

  register(applied: Applied, track: TrackRow | undefined): void {
    const none = { number: null, development: null, latestInCrisis: null };
    const row = { ...none, track: track?.id ?? null, latestOccurrence: track?.latestOccurrence ?? null };
    this.#events.add({ ...columnsOf(applied), ...row, ...NO_DELTA, data: applied.text });
  }

  change(change: Change): void {
    const { applied, track, development, before, after, latestOccurrence, latestInCrisis } = change;
    const { position, crisis } = applied;
    this.#listings.add(crisis.id, before?.standing, after.standing);
    this.supports.change(position, before, after);
    this.#occurrences.change(track.id, position, before, after);
    this.#dayTallies.change(crisis.id, position, before, after);
    this.#dues.change(change);

    const number = track.events;
    const data = development === position ? null : applied.text; // a development's first version has it
    const row = { track: track.id, number, development, latestOccurrence, latestInCrisis, data };
    const delta = deltaOf(before, after);
    this.#events.add({ ...columnsOf(applied), ...row, ...delta });
    this.#count(track.id, number, position, delta);
  }

  #count(track: number, number: number, position: number, delta: Delta): void {
    let unfinished = this.#unfinished.get(track);
    if (unfinished === undefined) this.#unfinished.set(track, (unfinished = this.#eventRows.deltasOf(track, position - 1, number % BLOCK)));
    if (unfinished.push(delta) < BLOCK) return;
    this.#dayCounts.addBlock(track, (number + 1) / BLOCK, unfinished);
    this.#unfinished.delete(track);
  }

  flush(): void {
    this.#events.flush();
    if (this.#unfinished.size > TRACKS_IN_MEMORY) this.#unfinished.clear();
    this.#listings.flush();
    this.#occurrences.flush();
    this.supports.flush();
    this.#dayTallies.flush();
    this.#dues.flush();
  }

  forget(): void {
    this.#events.forget();
    this.#unfinished.clear();
    this.#listings.forget();
    this.#occurrences.forget();
    this.#dayTallies.forget();
    this.#dues.forget();
  }
}

/** The columns that every event's row has. */
function columnsOf({ event, type, position, crisis, recorded, trueTime }: Applied) {
  return { position, crisis: crisis.id, revision: Number(event.revision), type, recorded, trueTime };
}

const NO_DELTA: Delta = { dayBefore: null, tallyBefore: null, dayAfter: null, tallyAfter: null };

function deltaOf(before: Contribution | undefined, after: Contribution): Delta {
  return {
    dayBefore: before?.counted?.day ?? null,
    tallyBefore: before?.counted?.packed ?? null,
    dayAfter: after.counted?.day ?? null,
    tallyAfter: after.counted?.packed ?? null,
  };
}
