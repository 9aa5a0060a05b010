// Crises and tracks: their numbers in this file, and how far each has come.
import type { DatabaseSync } from 'node:sqlite';

export const CRISIS_TABLES = `
  create table crisis (
    id integer primary key,
    name text not null unique,
    latest integer,
    latest_occurrence integer,
    first_parked integer
  ) strict;
  create table track (
    id integer primary key,
    crisis integer not null,
    name text not null,
    revision integer not null,
    events integer not null,
    latest_occurrence integer,
    unique (crisis, name)
  ) strict;`;

export interface CrisisRow {
  readonly id: number;
  readonly name: string;
  /** The latest effective record time (ms) of its track events; null while there is none. */
  latest: number | null;
  /** The latest `earliest` (ms) that any version of a development of it ever had. */
  latestOccurrence: number | null;
  /** The effective record time (ms) of its first parked event. */
  firstParked: number | null;
}

export interface TrackRow {
  readonly id: number;
  readonly crisis: number;
  readonly name: string;
  /** The last revision of its stream; -1 while it has no event. */
  revision: number;
  /** How many developments and record events it has. */
  events: number;
  /** The latest `earliest` (ms) that any version of a development of it ever had. */
  latestOccurrence: number | null;
}

const CRISIS_COLUMNS = 'id, name, latest, latest_occurrence as latestOccurrence, first_parked as firstParked';
const TRACK_COLUMNS = 'id, crisis, name, revision, events, latest_occurrence as latestOccurrence';

/** As readers see them. */
export class CrisisRows {
  readonly #crisis;
  readonly #crisisById;
  readonly #crises;
  readonly #withOccurrencesAfter;
  readonly #track;
  readonly #trackById;
  readonly #tracks;
  /** Of tracks, which never change. */
  readonly #names = new Map<number, string>();
  readonly #numbers = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#crisis = database.prepare(`select ${CRISIS_COLUMNS} from crisis where name = ?`);
    this.#crisisById = database.prepare(`select ${CRISIS_COLUMNS} from crisis where id = ?`);
    this.#crises = database.prepare(`select ${CRISIS_COLUMNS} from crisis order by id`);
    this.#withOccurrencesAfter = database.prepare(`select ${CRISIS_COLUMNS} from crisis where latest_occurrence > ?`);
    this.#track = database.prepare(`select ${TRACK_COLUMNS} from track where crisis = ? and name = ?`);
    this.#trackById = database.prepare(`select ${TRACK_COLUMNS} from track where id = ?`);
    this.#tracks = database.prepare(`select ${TRACK_COLUMNS} from track where crisis = ? order by id`);
  }

  crisis(name: string): CrisisRow | undefined {
    return this.#crisis.get(name) as unknown as CrisisRow | undefined;
  }

  crisisById(id: number): CrisisRow {
    return this.#crisisById.get(id) as unknown as CrisisRow;
  }

  crises(): CrisisRow[] {
    return this.#crises.all() as unknown as CrisisRow[];
  }

  /** Those in which some version of a development begins, or began, after a moment (ms). */
  withOccurrencesAfter(moment: number): CrisisRow[] {
    return this.#withOccurrencesAfter.all(moment) as unknown as CrisisRow[];
  }

  track(crisis: CrisisRow, name: string): TrackRow | undefined {
    return this.#track.get(crisis.id, name) as unknown as TrackRow | undefined;
  }

  /** Its number; undefined while nothing was ever recorded on it. */
  trackNumber(crisis: CrisisRow, name: string): number | undefined {
    const key = `${crisis.id}/${name}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.track(crisis, name)?.id;
      if (number !== undefined) this.#numbers.set(key, number);
    }
    return number;
  }

  trackName(id: number): string {
    let name = this.#names.get(id);
    if (name === undefined) this.#names.set(id, (name = this.trackById(id).name));
    return name;
  }

  trackById(id: number): TrackRow {
    return this.#trackById.get(id) as unknown as TrackRow;
  }

  tracks(crisis: CrisisRow): TrackRow[] {
    return this.#tracks.all(crisis.id) as unknown as TrackRow[];
  }
}

/** As the builder keeps them: in memory, written back by `flush` before each commit. */
export class CrisisWriter {
  readonly #rows;
  readonly #crises = new Map<string, CrisisRow>();
  readonly #tracks = new Map<string, TrackRow>();
  readonly #changedCrises = new Set<CrisisRow>();
  readonly #changedTracks = new Set<TrackRow>();
  readonly #addCrisis;
  readonly #addTrack;
  readonly #saveCrisis;
  readonly #saveTrack;

  constructor(database: DatabaseSync) {
    this.#rows = new CrisisRows(database);
    this.#addCrisis = database.prepare('insert into crisis (name) values (?)');
    this.#addTrack = database.prepare('insert into track (crisis, name, revision, events) values (?, ?, -1, 0)');
    this.#saveCrisis = database.prepare('update crisis set latest = ?, latest_occurrence = ?, first_parked = ? where id = ?');
    this.#saveTrack = database.prepare('update track set revision = ?, events = ?, latest_occurrence = ? where id = ?');
  }

  crisis(name: string): CrisisRow {
    let row = this.#crises.get(name) ?? this.#rows.crisis(name);
    if (row === undefined) {
      const { lastInsertRowid } = this.#addCrisis.run(name);
      row = { id: Number(lastInsertRowid), name, latest: null, latestOccurrence: null, firstParked: null };
    }
    this.#crises.set(name, row);
    return row;
  }

  track(crisis: CrisisRow, name: string): TrackRow {
    const key = `${crisis.id}/${name}`;
    let row = this.#tracks.get(key) ?? this.#rows.track(crisis, name);
    if (row === undefined) {
      const { lastInsertRowid } = this.#addTrack.run(crisis.id, name);
      row = { id: Number(lastInsertRowid), crisis: crisis.id, name, revision: -1, events: 0, latestOccurrence: null };
    }
    this.#tracks.set(key, row);
    return row;
  }

  changeCrisis(row: CrisisRow, change: Partial<Pick<CrisisRow, 'latest' | 'latestOccurrence' | 'firstParked'>>): void {
    Object.assign(row, change);
    this.#changedCrises.add(row);
  }

  changeTrack(row: TrackRow, change: Partial<Pick<TrackRow, 'revision' | 'events' | 'latestOccurrence'>>): void {
    Object.assign(row, change);
    this.#changedTracks.add(row);
  }

  flush(): void {
    for (const { latest, latestOccurrence, firstParked, id } of this.#changedCrises)
      this.#saveCrisis.run(latest, latestOccurrence, firstParked, id);
    for (const { revision, events, latestOccurrence, id } of this.#changedTracks)
      this.#saveTrack.run(revision, events, latestOccurrence, id);
    this.#changedCrises.clear();
    this.#changedTracks.clear();
  }
}
