// The projection: from the log's events to rows.
import type { DatabaseSync } from 'node:sqlite';
import { decodeEvent, parseStream, type Decode, type Metadata, type RegisterEvent } from '#crisis/event.js';
import { evolveStanding, firstStanding, type Standing } from '#crisis/standing.js';
import type { Development, RecordEvent } from '#crisis/vocabulary/types.js';
import type { RecordedEvent } from '#event-store/port.js';
import { contributionOf } from './contribution.js';
import { ListTables } from './list-tables.js';
import { StateTables } from './state-tables.js';
import { GROUPS, type Applied, type Group, type TableGroup } from './table-group.js';
import { CheckpointRow } from './tables/checkpoint.js';
import { CrisisWriter, type CrisisRow, type TrackRow } from './tables/crises.js';
import { DevelopmentWriter } from './tables/developments.js';
import { EntryWriter } from './tables/entries.js';
import { ParkedWriter } from './tables/parked.js';
import { SupportWriter } from './tables/supports.js';
import { FOREVER } from './tables/validity.js';

const SQLITE_CONSTRAINT = 19;

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
  readonly #entries;
  readonly #developments;
  readonly #supports;
  readonly #groups: readonly TableGroup[];
  readonly #parked;
  readonly #savepoint;
  readonly #release;
  #position: number;
  #trueTime: number;

  /**
   * @param decode how events are read
   * @param groups which tables are written, beside those that tell how each development stands
   */
  constructor(
    private readonly database: DatabaseSync,
    private readonly decode: Decode = decodeEvent,
    groups: readonly Group[] = GROUPS,
  ) {
    this.#checkpoint = new CheckpointRow(database);
    this.#crises = new CrisisWriter(database);
    this.#entries = new EntryWriter(database);
    this.#developments = new DevelopmentWriter(database);
    this.#supports = new SupportWriter(database);
    this.#groups = groups.map((group) =>
      group === 'states' ? new StateTables(database, this.#entries) : new ListTables(database, this.#supports),
    );
    this.#parked = new ParkedWriter(database);
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
        this.#developments.forget();
        this.#supports.forget();
        for (const group of this.#groups) group.forget();
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
    for (const group of this.#groups) group.flush();
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
    for (const group of this.#groups) group.register(applied, track);
    if (track !== undefined) this.#crises.changeTrack(track, { revision: Number(applied.event.revision) });
  }

  #recordFirst(applied: Applied, track: TrackRow, data: Development, metadata: Metadata): void {
    this.#developments.add(track.id, data.id, applied.position);
    const standing = firstStanding(data, metadata.resolved ?? {}, applied.event.position);
    this.#developments.openVersion(applied.position, applied.position, standing, false, applied.text);
    this.#change(applied, track, applied.position, undefined, standing);
  }

  #recordFurther(applied: Applied, track: TrackRow, data: RecordEvent, metadata: Metadata): void {
    const development = this.#developments.find(track.id, data.development);
    if (development === undefined) throw new Error(`its track has no development "${data.development}"`);
    const current = this.#developments.current(development);
    const standing = evolveStanding(current.standing, data, metadata.resolved);
    this.#developments.closeVersion(current.id, applied.position);
    const corrected = current.corrected || data.type === 'DevelopmentCorrected';
    this.#developments.openVersion(development, applied.position, standing, corrected);
    this.#change(applied, track, development, current.standing, standing);
  }

  /** Every table after a development has come to stand as it does. */
  #change(applied: Applied, track: TrackRow, development: number, old: Standing | undefined, now: Standing): void {
    const { crisis, recorded } = applied;
    const supportOf = (standing: Standing): number | undefined => this.#supports.of(track.id, standing);
    const before = old && contributionOf(old, supportOf);
    const after = contributionOf(now, supportOf);
    const latestOccurrence = Math.max(track.latestOccurrence ?? -FOREVER, now.order.earliest);
    const latestInCrisis = Math.max(crisis.latestOccurrence ?? -FOREVER, now.order.earliest);
    for (const group of this.#groups) group.change({ applied, track, development, before, after, latestOccurrence, latestInCrisis });
    this.#crises.changeTrack(track, { revision: Number(applied.event.revision), events: track.events + 1, latestOccurrence });
    this.#crises.changeCrisis(crisis, { latest: recorded, latestOccurrence: latestInCrisis });
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
