// The group of tables in which events and developments are listed and counted.
import type { DatabaseSync } from 'node:sqlite';
import type { Contribution } from './contribution.js';
import type { Applied, Change, TableGroup } from './table-group.js';
import type { TrackRow } from './tables/crises.js';
import { BLOCK, DayCountWriter, type Delta } from './tables/day-counts.js';
import { DayTallyWriter } from './tables/day-tallies.js';
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
] as const;

export class ListTables implements TableGroup {
  readonly #events;
  readonly #eventRows;
  readonly #listings;
  readonly #occurrences;
  readonly #dayCounts;
  readonly #dayTallies;

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
  }

  register(applied: Applied, track: TrackRow | undefined): void {
    const none = { number: null, development: null, latestInCrisis: null };
    const row = { ...none, track: track?.id ?? null, latestOccurrence: track?.latestOccurrence ?? null };
    this.#events.add({ ...columnsOf(applied), ...row, ...NO_DELTA, data: applied.text });
  }

  change({ applied, track, development, before, after, latestOccurrence, latestInCrisis }: Change): void {
    const { position, crisis } = applied;
    this.#listings.add(crisis.id, before?.standing, after.standing);
    this.supports.change(position, before, after);
    this.#occurrences.change(track.id, position, before, after);
    this.#dayTallies.change(crisis.id, position, before, after);

    const number = track.events;
    const data = development === position ? null : applied.text; // a development's first version has it
    const row = { track: track.id, number, development, latestOccurrence, latestInCrisis, data };
    this.#events.add({ ...columnsOf(applied), ...row, ...deltaOf(before, after) });
    if ((number + 1) % BLOCK === 0)
      this.#dayCounts.addBlock(track.id, (number + 1) / BLOCK, this.#eventRows.deltasOf(track.id, position, BLOCK));
  }

  flush(): void {
    this.#listings.flush();
    this.#occurrences.flush();
    this.supports.flush();
    this.#dayTallies.flush();
  }

  forget(): void {
    this.#listings.forget();
    this.#occurrences.forget();
    this.#dayTallies.forget();
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
