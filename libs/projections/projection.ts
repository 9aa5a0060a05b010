// The projection: from the log's events to rows.
import type { DatabaseSync } from 'node:sqlite';
import { decodeEvent, parseStream, type Decode, type Metadata, type RegisterEvent } from '#crisis/event.js';
import { actorsIn } from '#crisis/references.js';
import { evolveStanding, firstStanding, type Standing, type Verification } from '#crisis/standing.js';
import { parseOccurrence } from '#crisis/time.js';
import type { Development, RecordEvent } from '#crisis/vocabulary/types.js';
import type { RecordedEvent } from '#event-store/port.js';
import { contributionOf, type Contribution } from './contribution.js';
import { CheckpointRow } from './tables/checkpoint.js';
import { CrisisWriter, type CrisisRow, type TrackRow } from './tables/crises.js';
import { BLOCK, DayCountWriter, type Delta } from './tables/day-counts.js';
import { DayTallyWriter } from './tables/day-tallies.js';
import { DevelopmentRows, DevelopmentWriter } from './tables/developments.js';
import { DueWriter } from './tables/due-moments.js';
import { EntryWriter } from './tables/entries.js';
import { EventRows, EventWriter } from './tables/events.js';
import { ListingWriter } from './tables/listings.js';
import { MatterWriter } from './tables/matters.js';
import { OccurrenceWriter } from './tables/occurrences.js';
import { ParkedWriter } from './tables/parked.js';
import { RectangleWriter, type Rectangle } from './tables/rectangles.js';
import { SlotRows, SlotWriter, TrackSlots, type OpenMatters } from './tables/slots.js';
import { SupportWriter } from './tables/supports.js';
import { TextWriter } from './tables/text.js';
import { FOREVER } from './tables/validity.js';

const SQLITE_CONSTRAINT = 19;

/** An event on its way into the rows. */
interface Applied {
  readonly event: RecordedEvent;
  /** As this release calls it. */
  readonly type: string;
  /** Its data as JSON, in the shape that this release has for it. */
  readonly text: string;
  readonly position: number;
  readonly crisis: CrisisRow;
  /** Effective record time, ms. */
  readonly recorded: number;
  readonly trueTime: number;
}

/**
 * Applies events in the log's order, within a transaction of the caller's.
 *
 * Guarantees: what it writes is a function of the events alone, however they came in batches; an event that cannot be
 * applied leaves no row but the one that tells why, and is followed there by the later events of its stream.
 * Failures of the disk or the file are no fault of an event: they are thrown, and the transaction is to be rolled back
 * and this object thrown away with it.
 */
export class Projection {
  readonly #checkpoint;
  readonly #crises;
  readonly #events;
  readonly #entries;
  readonly #developments;
  readonly #developmentRows;
  readonly #listings;
  readonly #occurrences;
  readonly #supports;
  readonly #slots;
  readonly #slotRows;
  readonly #rectangles;
  readonly #matters;
  readonly #eventRows;
  readonly #dayCounts;
  readonly #dayTallies;
  readonly #dues;
  readonly #parked;
  readonly #text;
  readonly #savepoint;
  readonly #release;
  #position: number;
  #trueTime: number;

  /** @param decode how events are read */
  constructor(
    private readonly database: DatabaseSync,
    private readonly decode: Decode = decodeEvent,
  ) {
    this.#checkpoint = new CheckpointRow(database);
    this.#crises = new CrisisWriter(database);
    this.#events = new EventWriter(database);
    this.#entries = new EntryWriter(database);
    this.#developments = new DevelopmentWriter(database);
    this.#developmentRows = new DevelopmentRows(database);
    this.#listings = new ListingWriter(database);
    this.#occurrences = new OccurrenceWriter(database);
    this.#supports = new SupportWriter(database);
    this.#slots = new SlotWriter(database);
    this.#slotRows = new SlotRows(database);
    this.#rectangles = new RectangleWriter(database);
    this.#matters = new MatterWriter(database, this.#rectangles);
    this.#eventRows = new EventRows(database);
    this.#dayCounts = new DayCountWriter(database, 'track');
    this.#dayTallies = new DayTallyWriter(database);
    this.#dues = new DueWriter(database);
    this.#parked = new ParkedWriter(database);
    this.#text = new TextWriter(database);
    this.#savepoint = database.prepare('savepoint event');
    this.#release = database.prepare('release event');
    ({ position: this.#position, trueTime: this.#trueTime } = this.#checkpoint.read());
  }

  get position(): number {
    return this.#position;
  }

  /** How many events are parked. */
  get parked(): number {
    return this.#parked.count;
  }

  /**
   * Applies an event, or parks it if its stream is parked.
   * Returns the crisis that it belongs to; undefined for a stream that is not Parley's.
   * @throws whatever stands against applying it: then the transaction has to be rolled back, and this projection left
   */
  apply(event: RecordedEvent): string | undefined {
    return this.#each(event, (crisis, track) => this.#applyTo(crisis, track, event));
  }

  /** As {@link apply}, but parks an event that cannot be applied: at a price, since whatever an event changes has to be kept until it is done. */
  applyOrPark(event: RecordedEvent): string | undefined {
    return this.#each(event, (crisis, track) => {
      this.#savepoint.run();
      try {
        this.#applyTo(crisis, track, event);
        this.#flushRows();
        this.#release.run();
      } catch (error) {
        if (isStorageFailure(error)) throw error;
        this.database.exec('rollback to event; release event');
        this.#entries.forget();
        this.#slots.forget();
        this.#listings.forget();
        this.#occurrences.forget();
        this.#supports.forget();
        this.#dayTallies.forget();
        this.#developments.forget();
        this.#text.forget();
        this.#rectangles.forget();
        this.#park(event, crisis, (error as Error).message, true);
      }
    });
  }

  #each(event: RecordedEvent, use: (crisis: CrisisRow, track: TrackRow | undefined) => void): string | undefined {
    const position = Number(event.position);
    if (position <= this.#position) return undefined;
    this.#position = position;
    const stream = parseStream(event.stream);
    if (stream === undefined) return undefined;
    const crisis = this.#crises.crisis(stream.crisis);
    if (this.#parked.holds(event.stream)) this.#park(event, crisis, 'an earlier event of its stream could not be applied', false);
    else use(crisis, stream.track === undefined ? undefined : this.#crises.track(crisis, stream.track));
    return stream.crisis;
  }

  /** To be called before each commit. @throws as {@link apply}: some tables say only now what stands against an event */
  flush(): void {
    this.#flushRows();
    this.#crises.flush();
    this.#checkpoint.write({ position: this.#position, trueTime: this.#trueTime });
  }

  #flushRows(): void {
    this.#developments.flush();
    this.#listings.flush();
    this.#occurrences.flush();
    this.#supports.flush();
    this.#dayTallies.flush();
    this.#slots.flush();
    this.#text.flush();
  }

  #applyTo(crisis: CrisisRow, track: TrackRow | undefined, event: RecordedEvent): void {
    const { kind, data, metadata, type, text } = this.decode(event);
    if (data.crisis !== crisis.name || data.track !== track?.name) throw new Error('it names another crisis or track than its stream');
    const applied: Applied = { event, type, text, position: Number(event.position), crisis, ...this.#times(crisis, metadata) };
    if (kind === 'register') this.#register(applied, track, data);
    else if (track === undefined) throw new Error('a crisis stream holds registers only');
    else if (kind === 'development') this.#recordFirst(applied, track, data, metadata);
    else this.#recordFurther(applied, track, data, metadata);
    this.#trueTime = applied.trueTime;
  }

  /** In a crisis, record time never falls along its track events: where clocks disagree, it is lifted to the latest so far. */
  #times(crisis: CrisisRow, { recordedAt, importedAt }: Metadata): Pick<Applied, 'recorded' | 'trueTime'> {
    const own = Date.parse(recordedAt);
    const recordedTruly = importedAt === undefined ? own : Date.parse(importedAt);
    return { recorded: Math.max(own, crisis.latest ?? own), trueTime: Math.max(this.#trueTime, recordedTruly) };
  }

  #register(applied: Applied, track: TrackRow | undefined, data: RegisterEvent): void {
    this.#entries.add(applied.crisis.id, data, applied.position, applied.recorded);
    const none = { number: null, development: null, latestInCrisis: null };
    const row = { ...none, track: track?.id ?? null, latestOccurrence: track?.latestOccurrence ?? null };
    this.#events.add({ ...columnsOf(applied), ...row, ...NO_DELTA, data: applied.text });
    if (track !== undefined) this.#crises.changeTrack(track, { revision: Number(applied.event.revision) });
  }

  #recordFirst(applied: Applied, track: TrackRow, data: Development, metadata: Metadata): void {
    this.#developments.add(track.id, data.id, applied.position);
    const standing = firstStanding(data, metadata.resolved ?? {}, applied.event.position);
    this.#developments.openVersion(applied.position, applied.position, standing, false, applied.text);
    this.#change(applied, track, applied.position, undefined, standing, null);
  }

  #recordFurther(applied: Applied, track: TrackRow, data: RecordEvent, metadata: Metadata): void {
    const development = this.#developments.find(track.id, data.development);
    if (development === undefined) throw new Error(`its track has no development "${data.development}"`);
    const current = this.#developmentRows.at(development, FOREVER)!;
    const standing = evolveStanding(current.standing, data, metadata.resolved);
    this.#developments.closeVersion(current.id, applied.position);
    const corrected = current.corrected || data.type === 'DevelopmentCorrected';
    this.#developments.openVersion(development, applied.position, standing, corrected);
    this.#change(applied, track, development, current.standing, standing, applied.text);
  }

  /** Every table after a development has come to stand as it does. */
  #change(
    applied: Applied,
    track: TrackRow,
    development: number,
    before: Standing | undefined,
    after: Standing,
    data: string | null,
  ): void {
    const { position, crisis, recorded } = applied;
    const supportOf = (standing: Standing): number | undefined => this.#supports.of(track.id, standing);
    const old = before && contributionOf(before, supportOf);
    const now = contributionOf(after, supportOf);
    this.#listings.add(crisis.id, before, after);
    this.#supports.change(position, old, now);
    this.#occurrences.change(track.id, position, old, now);
    this.#dayTallies.change(crisis.id, position, old, now);
    const touched = this.#slots.change(crisis.id, track.id, position, old, now);
    if (touched.length > 0) this.#matters.reconsider(track.id, touched, this.#slotsAtHead(track), position);
    this.#changeRectangle(track, 'span', position, old && spanOf(old), spanOf(now));
    this.#changeRectangle(track, 'schedule', position, old && scheduleOf(old), scheduleOf(now));
    this.#dues.change(crisis.id, track.id, development, position, old, now);
    this.#text.add(
      position,
      after,
      actorsIn(after.content).map((actor) => this.#nameOf(crisis, actor)),
    );

    const number = track.events;
    const latestOccurrence = Math.max(track.latestOccurrence ?? -FOREVER, after.order.earliest);
    const latestInCrisis = Math.max(crisis.latestOccurrence ?? -FOREVER, after.order.earliest);
    const row = { track: track.id, number, development, latestOccurrence, latestInCrisis, data };
    this.#events.add({ ...columnsOf(applied), ...row, ...deltaOf(old, now) });
    if ((number + 1) % BLOCK === 0)
      this.#dayCounts.addBlock(track.id, (number + 1) / BLOCK, this.#eventRows.deltasOf(track.id, position, BLOCK));
    this.#crises.changeTrack(track, { revision: Number(applied.event.revision), events: number + 1, latestOccurrence });
    this.#crises.changeCrisis(crisis, { latest: recorded, latestOccurrence: latestInCrisis });
  }

  #changeRectangle(
    track: TrackRow,
    kind: 'span' | 'schedule',
    position: number,
    old: Rectangle | undefined,
    now: Rectangle | undefined,
  ): void {
    if (old === undefined && now === undefined) return;
    if (JSON.stringify(old) === JSON.stringify(now)) return;
    if (old !== undefined) this.#rectangles.close(track.id, kind, old, position);
    if (now !== undefined) this.#rectangles.open(track.id, kind, now, position);
  }

  #slotsAtHead(track: TrackRow): TrackSlots {
    return new TrackSlots(this.#slotRows, NO_MATTERS, track.id, FOREVER - 1, FOREVER, NOT_ASKED);
  }

  #nameOf(crisis: CrisisRow, actor: string): string {
    const name = this.#entries.last(crisis.id, 'actor', actor)?.['name'];
    return typeof name === 'string' ? name : actor;
  }

  /**
   * A parked event's own record time counts for nothing but to be shown. Once it is applied it may lift the record times of what
   * follows it in the crisis, so what it unsettles begins with the latest record time before it.
   */
  #park(event: RecordedEvent, crisis: CrisisRow, reason: string, first: boolean): void {
    const own = recordTimeIn(event.metadata);
    const recorded = own === undefined ? crisis.latest : Math.max(own, crisis.latest ?? own);
    const { stream, type } = event;
    this.#parked.add({
      position: Number(event.position),
      stream,
      crisis: crisis.id,
      revision: Number(event.revision),
      type,
      recorded,
      reason,
      first,
    });
    const unsettledFrom = crisis.latest ?? -FOREVER;
    if (crisis.firstParked === null || unsettledFrom < crisis.firstParked)
      this.#crises.changeCrisis(crisis, { firstParked: unsettledFrom });
  }
}

/** The columns that every event's row has. */
function columnsOf({ event, type, position, crisis, recorded, trueTime }: Applied) {
  return { position, crisis: crisis.id, revision: Number(event.revision), type, recorded, trueTime };
}

/** Whoever asks whether a matter is open does not ask which are, nor how anything is verified. */
const NO_MATTERS: OpenMatters = { open: () => [], reopened: () => [] };
const NOT_ASKED = (): Verification => 'single-source';

const NO_DELTA: Delta = { dayBefore: null, tallyBefore: null, dayAfter: null, tallyAfter: null };

function deltaOf(before: Contribution | undefined, after: Contribution): Delta {
  return {
    dayBefore: before?.counted?.day ?? null,
    tallyBefore: before?.counted?.packed ?? null,
    dayAfter: after.counted?.day ?? null,
    tallyAfter: after.counted?.packed ?? null,
  };
}

/** The time in which it is not certain that a visible development is over. */
function spanOf({ standing: { order, content }, visible, counted }: Contribution): Rectangle | undefined {
  if (order.latest === order.earliest || !visible) return undefined;
  return {
    key: content.id,
    from: order.earliest,
    to: order.latest,
    detail: JSON.stringify([order.sequence, Number(order.position), content.occurredAt, counted!.support]),
  };
}

/** The time in which a meeting lies ahead, as a development schedules it. */
function scheduleOf({ standing: { order, content }, visible }: Contribution): Rectangle | undefined {
  if ((content.type !== 'MeetingAnnounced' && content.type !== 'MeetingRescheduled') || !visible) return undefined;
  const to = parseOccurrence(content.scheduledFor).latest + 1;
  if (to <= order.earliest) return undefined;
  return { key: content.id, from: order.earliest, to, detail: content.type === 'MeetingAnnounced' ? content.id : content.announcement };
}

function recordTimeIn(metadata: string): number | undefined {
  try {
    const own = Date.parse((JSON.parse(metadata) as Partial<Metadata> | null)?.recordedAt ?? '');
    return Number.isNaN(own) ? undefined : own;
  } catch {
    return undefined;
  }
}

/** A row that breaks a rule of the tables is the event's fault; a full disk or a damaged file is not. */
export function isStorageFailure(error: unknown): boolean {
  const { code, errcode } = error as { code?: string; errcode?: number };
  return code === 'ERR_SQLITE_ERROR' && errcode !== undefined && (errcode & 0xff) !== SQLITE_CONSTRAINT;
}
