// Every event that was applied: its place in the log, in its track and on the two clocks.
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { BulkInsert } from './sorted-inserts.js';
import { DELTA_COLUMNS, deltaIn, type Delta, type DeltaRow } from './day-counts.js';

// `number` counts a track's developments and record events from 0. Registers have none.
export const EVENT_TABLES = `
  create table event (
    position integer primary key,
    crisis integer not null,
    track integer,
    number integer,
    revision integer not null,
    type text not null,
    development integer,
    recorded integer not null,
    true_time integer not null,
    latest_occurrence integer,
    latest_in_crisis integer,
    day_before integer,
    tally_before integer,
    day_after integer,
    tally_after integer,
    data text
  ) strict;
  create index event_by_crisis on event (crisis, position);
  create index event_by_record_time on event (crisis, recorded, position) where number is not null;
  create index event_by_track on event (track, position) where track is not null;`;

export interface EventRow {
  readonly position: number;
  readonly crisis: number;
  readonly track: number | null;
  readonly number: number | null;
  readonly revision: number;
  readonly type: string;
  /** The development that it records or is about. */
  readonly development: number | null;
  /** Effective record time, ms. */
  readonly recorded: number;
  /** The latest true time of the log up to it, ms. */
  readonly trueTime: number;
  /** The latest `earliest` of any version of its track's developments up to it, ms. */
  readonly latestOccurrence: number | null;
  /** The same of its crisis's. */
  readonly latestInCrisis: number | null;
  /** What its development added to the counts before and after it: see counts.ts. */
  readonly dayBefore: number | null;
  readonly tallyBefore: number | null;
  readonly dayAfter: number | null;
  readonly tallyAfter: number | null;
  /** JSON, as it lies in the log. Null for a development: its first version has it. */
  readonly data: string | null;
}

/** How far a track has come. */
export type LastCounted = Pick<EventRow, 'position' | 'number' | 'latestOccurrence'>;

const COLUMNS = `position, crisis, track, number, revision, type, development, recorded, true_time as trueTime, latest_occurrence as latestOccurrence,
  latest_in_crisis as latestInCrisis, day_before as dayBefore, tally_before as tallyBefore, day_after as dayAfter, tally_after as tallyAfter, data`;

export class EventWriter {
  readonly #rows;

  constructor(database: DatabaseSync) {
    this.#rows = new BulkInsert(database, 'into event', 16);
  }

  add(row: EventRow): void {
    const { position, crisis, track, number, revision, type, development, recorded, trueTime, latestOccurrence, latestInCrisis } = row;
    const { dayBefore, tallyBefore, dayAfter, tallyAfter, data } = row;
    this.#rows.add([
      position, crisis, track, number, revision, type, development, recorded, trueTime, latestOccurrence, latestInCrisis,
      dayBefore, tallyBefore, dayAfter, tallyAfter, data,
    ]); // prettier-ignore
  }

  flush(): void {
    this.#rows.flush();
  }

  /** After a rollback. */
  forget(): void {
    this.#rows.clear();
  }
}

/** All tracks of a crisis, or some. */
export interface Tracks {
  readonly crisis: number;
  readonly tracks: readonly number[] | undefined;
}

export class EventRows {
  readonly #deltas;
  readonly #at;
  readonly #lastKnown;
  readonly #lastOfCrisis;
  readonly #lastCountedOfCrisis;
  readonly #lastOfTrack;
  readonly #lastCounted;
  readonly #lastOfAll;
  readonly #ofCrisis;
  readonly #ofTrack;
  readonly #ofAll;
  readonly #beganBy;
  readonly #records;

  constructor(database: DatabaseSync) {
    this.#deltas = database.prepare(
      `select ${DELTA_COLUMNS} from event where track = ? and position <= ? and number is not null order by position desc limit ?`,
    );
    this.#deltas.setReturnArrays(true);
    const one = (rest: string, columns = COLUMNS) => database.prepare(`select ${columns} from event where ${rest} limit 1`);
    this.#at = one('position = ?');
    // Of the index alone.
    this.#lastKnown = one(
      'crisis = ? and number is not null and recorded <= ? order by recorded desc, position desc',
      'position, recorded',
    );
    this.#lastOfCrisis = one('crisis = ? and position <= ? order by position desc');
    this.#lastCountedOfCrisis = one(
      'crisis = ? and position <= ? and number is not null order by position desc',
      'recorded, latest_in_crisis as latestInCrisis',
    );
    this.#lastOfTrack = one('track = ? and position <= ? order by position desc');
    this.#lastCounted = one(
      'track = ? and position <= ? and number is not null order by position desc',
      'position, number, latest_occurrence as latestOccurrence',
    );
    this.#lastOfAll = one('position <= ? order by position desc');
    this.#ofCrisis = database.prepare(
      `select ${COLUMNS} from event where crisis = ? and position > ? and position <= ? order by position limit ?`,
    );
    this.#ofTrack = database.prepare(
      `select ${COLUMNS} from event where track = ? and position > ? and position <= ? order by position limit ?`,
    );
    this.#ofAll = database.prepare(`select ${COLUMNS} from event where position > ? and position <= ? order by position limit ?`);
    const within = 'position > :after and position <= :upTo';
    const ofSome = (sql: (of: string) => string): Record<'crisis' | 'tracks', StatementSync> => ({
      crisis: database.prepare(sql('crisis = :crisis')),
      tracks: database.prepare(sql('track in (select value from json_each(:tracks))')),
    });
    // As it was first recorded, or as any later version has it. Read one by one: whoever asks wants the first few.
    this.#beganBy = ofSome(
      (
        of,
      ) => `select track, development from event e where ${of} and ${within} and development = position and (day_after <= :day or exists (
          select 1 from version v cross join event later on later.position = v.id
            where v.development = e.position and v.id <> v.development and v.id <= :upTo and later.day_after <= :day))
        order by position`,
    );
    this.#records = ofSome(
      (of) => `select track, development, type from event where ${of} and ${within} and development <> position order by position`,
    );
  }

  /**
   * The developments that were first recorded after one position and up to another, and have begun by the end of a day (since
   * 1970-01-01) as they stood at some place between. In the log's order.
   */
  *beganBy(of: Tracks, after: number, upTo: number, day: number): Generator<{ track: number; development: number }> {
    const [statement, named] = some(this.#beganBy, of);
    for (const row of statement.iterate({ ...named, after, upTo, day })) yield row as { track: number; development: number };
  }

  /** The developments that record events after one position and up to another are about, with the event's type. In the log's order. */
  *records(of: Tracks, after: number, upTo: number): Generator<{ track: number; development: number; type: string }> {
    const [statement, named] = some(this.#records, of);
    for (const row of statement.iterate({ ...named, after, upTo })) yield row as { track: number; development: number; type: string };
  }

  /** What the last events of a track up to a position changed in its counts, the last first. */
  deltasOf(track: number, position: number, count: number): Delta[] {
    if (count === 0) return [];
    return (this.#deltas.all(track, position, count) as unknown as DeltaRow[]).map(deltaIn);
  }

  at(position: number): EventRow | undefined {
    return this.#at.get(position) as unknown as EventRow | undefined;
  }

  /** The last track event of a crisis that was recorded by a moment. Record time never falls along a crisis's track events. */
  lastKnown(crisis: number, knownAt: number): Pick<EventRow, 'position' | 'recorded'> | undefined {
    return this.#lastKnown.get(crisis, knownAt) as unknown as Pick<EventRow, 'position' | 'recorded'> | undefined;
  }

  lastOfCrisis(crisis: number, position: number): EventRow | undefined {
    return this.#lastOfCrisis.get(crisis, position) as unknown as EventRow | undefined;
  }

  /** The last track event of a crisis, without `TrackOpened`, up to a position. */
  lastCountedOfCrisis(crisis: number, position: number): Pick<EventRow, 'recorded' | 'latestInCrisis'> | undefined {
    return this.#lastCountedOfCrisis.get(crisis, position) as unknown as Pick<EventRow, 'recorded' | 'latestInCrisis'> | undefined;
  }

  /** Of any type, `TrackOpened` too. */
  lastOfTrack(track: number, position: number): EventRow | undefined {
    return this.#lastOfTrack.get(track, position) as unknown as EventRow | undefined;
  }

  /** The last development or record event. */
  lastCounted(track: number, position: number): LastCounted | undefined {
    return this.#lastCounted.get(track, position) as unknown as LastCounted | undefined;
  }

  lastOfAll(position: number): EventRow | undefined {
    return this.#lastOfAll.get(position) as unknown as EventRow | undefined;
  }

  /** In the log's order. @param after exclusive @param upTo inclusive */
  ofCrisis(crisis: number, after: number, upTo: number, limit: number): EventRow[] {
    return this.#ofCrisis.all(crisis, after, upTo, limit) as unknown as EventRow[];
  }

  /** As {@link ofCrisis}, of one track. */
  ofTrack(track: number, after: number, upTo: number, limit: number): EventRow[] {
    return this.#ofTrack.all(track, after, upTo, limit) as unknown as EventRow[];
  }

  /** As {@link ofCrisis}, of the whole log. */
  ofAll(after: number, upTo: number, limit: number): EventRow[] {
    return this.#ofAll.all(after, upTo, limit) as unknown as EventRow[];
  }
}

function some(
  of: Readonly<Record<keyof Tracks, StatementSync>>,
  { crisis, tracks }: Tracks,
): [StatementSync, Record<string, SQLInputValue>] {
  return tracks === undefined ? [of.crisis, { crisis }] : [of.tracks, { tracks: JSON.stringify(tracks) }];
}
