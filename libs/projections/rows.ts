// All tables as a reader sees them, on one connection.
import type { DatabaseSync } from 'node:sqlite';
import { KeptTracks } from './kept-tracks.js';
import { CheckpointRow } from './tables/checkpoint.js';
import { CrisisRows } from './tables/crises.js';
import { DayCountRows } from './tables/day-counts.js';
import { DayTallyRows } from './tables/day-tallies.js';
import { DevelopmentRows } from './tables/developments.js';
import { DueRows } from './tables/due-moments.js';
import { EntryRows } from './tables/entries.js';
import { EventRows } from './tables/events.js';
import { ListingRows } from './tables/listings.js';
import { MatterRows } from './tables/matters.js';
import { OccurrenceRows } from './tables/occurrences.js';
import { ParkedRows } from './tables/parked.js';
import { RectangleRows } from './tables/rectangles.js';
import { SlotRows } from './tables/slots.js';
import { StandingRows } from './tables/standing-slots.js';
import { SupportRows } from './tables/supports.js';
import { TextRows } from './tables/text.js';

export class Rows {
  readonly checkpoint;
  readonly crises;
  readonly events;
  readonly entries;
  readonly developments;
  readonly listings;
  readonly occurrences;
  readonly matters;
  readonly supports;
  readonly slots;
  readonly standing;
  readonly rectangles;
  readonly dayCounts;
  readonly dayTallies;
  readonly dues;
  readonly parked;
  readonly text;
  readonly keptTracks = new KeptTracks();
  readonly #begin;
  readonly #commit;

  /** @param store the log's id */
  constructor(
    database: DatabaseSync,
    readonly store: string,
  ) {
    this.checkpoint = new CheckpointRow(database);
    this.crises = new CrisisRows(database);
    this.events = new EventRows(database);
    this.entries = new EntryRows(database);
    this.developments = new DevelopmentRows(database);
    this.listings = new ListingRows(database);
    this.occurrences = new OccurrenceRows(database);
    this.matters = new MatterRows(database);
    this.supports = new SupportRows(database);
    this.slots = new SlotRows(database);
    this.standing = new StandingRows(database);
    this.rectangles = new RectangleRows(database);
    this.dayCounts = new DayCountRows(database, 'track');
    this.dayTallies = new DayTallyRows(database);
    this.dues = new DueRows(database);
    this.parked = new ParkedRows(database);
    this.text = new TextRows(database);
    this.#begin = database.prepare('begin');
    this.#commit = database.prepare('commit');
  }

  /** Whatever is read within is of one moment of the file. */
  atOnce<T>(read: () => T): T {
    this.#begin.run();
    try {
      return read();
    } finally {
      this.#commit.run();
    }
  }
}
