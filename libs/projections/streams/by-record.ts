// The frames of a replay by record: every event in the log's order, each with what became of its development, as it was seen at the time.
import { comesTrue, dueMomentsOf } from '#crisis/due.js';
import type { Order } from '#crisis/order.js';
import type { ListedSlot, Matter } from '#crisis/slot-table.js';
import type { Slot, SlotRow } from '#crisis/slots.js';
import { isVisible, type SourceFilter } from '#crisis/standing.js';
import { trackState, type TrackInfo, type TrackState } from '#crisis/track-state.js';
import { developmentView } from '../development-view.js';
import { dueNames } from '../dues.js';
import { pointAt, type Point } from '../point.js';
import type { Rows } from '../rows.js';
import type { TrackRow } from '../tables/crises.js';
import type { Version } from '../tables/developments.js';
import type { DueRow } from '../tables/due-moments.js';
import type { EventRow } from '../tables/events.js';
import type { TrackSlots } from '../tables/slots.js';
import type { JudgedSupports } from '../tables/supports.js';
import { FOREVER } from '../tables/validity.js';
import { TallyTable } from '../tally-table.js';
import { countedAt, judgedSupports, slotsAt, trackInfo, trackSlots, trackStateAt } from '../track-read.js';
import { FoldedSlots, type FiledSlots } from './folded-slots.js';
import type { Frame } from './frames.js';
import { SeenLately } from './seen-lately.js';

const EVENTS_AT_ONCE = 100;

/** @param from ms: what was recorded by then has no frame */
export function* byRecord(rows: Rows, point: Point, from = -FOREVER): Generator<Frame | undefined> {
  const { crisis, known, asOf: until } = point;
  const tracks = new RecordedTracks(rows, point);
  const lately = new SeenLately();
  let before = Math.min(rows.events.lastKnown(crisis.id, from)?.position ?? 0, known);
  const upcoming = new Moments(rows.dues.upcoming(crisis.id, from, before));
  function* duesUpTo(to: number): Generator<Frame> {
    for (let at = upcoming.next(to); at !== undefined; at = upcoming.next(to)) {
      const there = tracks.pointAt(at, before);
      const moments = rows.dues.next(crisis.id, at - 1, at, before).filter((due) => tracks.comesTrue(there, due));
      if (moments.length === 0) continue;
      const changed = [...new Set(moments.map(({ track }) => track))];
      yield { at, position: before, due: dueNames(rows, moments), tracks: changed.map((track) => tracks.state(there, track)) };
    }
  }
  for (let edge = before; ;) {
    const events = rows.events.ofCrisis(crisis.id, edge, known, EVENTS_AT_ONCE);
    const counted = events.filter(({ development, recorded }) => development !== null && recorded > from);
    const versions = rows.developments.versionsWith(counted.map(({ position }) => position));
    for (const event of counted) {
      const { position, recorded, type } = event;
      yield* duesUpTo(recorded);
      const there = tracks.pointAt(recorded, position);
      const version = versions.get(position)!;
      lately.note(version.standing.content, version.standing.retracted);
      for (const { at } of dueMomentsOf(version.standing)) if (at > recorded) upcoming.add(at);
      const state = tracks.stateAfter(there, event, version);
      const development = developmentView(rows, { ...there, knownRetracted: lately.isRetracted }, version);
      yield { at: recorded, position, event: type, development, tracks: [state] };
      before = position;
    }
    if (events.length < EVENTS_AT_ONCE) break;
    edge = events.at(-1)!.position;
  }
  yield* duesUpTo(until);
}

/** Moments to come, ms, each once. */
class Moments {
  /** The first one last. */
  readonly #moments: number[];

  constructor(moments: readonly number[]) {
    this.#moments = moments.toSorted((a, b) => b - a);
  }

  add(moment: number): void {
    let [low, high] = [0, this.#moments.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#moments[middle]! > moment) low = middle + 1;
      else high = middle;
    }
    if (this.#moments[low] !== moment) this.#moments.splice(low, 0, moment);
  }

  /** Takes out the first one if it is not after a moment. */
  next(upTo: number): number | undefined {
    const first = this.#moments.at(-1);
    return first !== undefined && first <= upTo ? this.#moments.pop() : undefined;
  }
}

/** The tracks of a crisis, event by event: neither the record nor the moment ever goes back. */
class RecordedTracks {
  readonly #tracks = new Map<number, RecordedTrack>();
  /** Entries to come that renew what a register says of something. The first one last. */
  readonly #renewals: { readonly position: number; readonly recorded: number }[];
  #filter: SourceFilter | undefined;
  /** Nothing was asked for before. */
  #isNew = true;

  constructor(
    private readonly rows: Rows,
    private readonly point: Point,
  ) {
    this.#renewals = rows.entries.renewals(point.crisis.id).sort((a, b) => b.position - a.position);
  }

  pointAt(moment: number, position: number): Point {
    if (this.#isNew || this.#hasRenewed(moment, position)) {
      this.#isNew = false;
      this.#filter = pointAt(this.rows, this.point, moment, moment, position).filter;
      for (const track of this.#tracks.values()) track.forgetRegisters(this.#filter);
    }
    return { ...this.point, asOf: moment, knownAt: moment, known: position, position, filter: this.#filter };
  }

  comesTrue(there: Point, due: DueRow): boolean {
    return this.#track(due.track).comesTrue(there, due);
  }

  state(there: Point, track: number): TrackState {
    return this.#track(track).state(there);
  }

  /** @param version what the event made of its development */
  stateAfter(there: Point, event: EventRow, version: Version): TrackState {
    const track = this.#track(event.track!);
    track.change(there, event, version);
    return track.state(there);
  }

  #track(id: number): RecordedTrack {
    let track = this.#tracks.get(id);
    if (track === undefined) this.#tracks.set(id, (track = new RecordedTrack(this.rows, this.rows.crises.trackById(id))));
    return track;
  }

  /** Whether a register may say something else than when it was asked last. */
  #hasRenewed(moment: number, position: number): boolean {
    let hasRenewed = false;
    for (let index = this.#renewals.length - 1; index >= 0 && this.#renewals[index]!.position <= position; index--) {
      hasRenewed = true;
      if (this.#renewals[index]!.recorded <= moment) this.#renewals.splice(index, 1);
    }
    return hasRenewed;
  }
}

/** What is known of one track at a place of the record, kept up event by event. */
interface Fold {
  readonly file: Filed;
  readonly slots: FoldedSlots;
  readonly tallies: TallyTable;
}

class RecordedTrack {
  #fold: Fold | undefined;
  #info: TrackInfo | undefined;
  /** The latest moment at which anything that is known begins, ms. */
  #latestOccurrence: number | undefined;

  constructor(
    private readonly rows: Rows,
    private readonly track: TrackRow,
  ) {}

  change(there: Point, event: EventRow, { standing, development }: Version): void {
    const { position } = event;
    this.#latestOccurrence = event.latestOccurrence!;
    this.#info = this.#info && { ...this.#info, revision: String(event.revision) };
    if (event.number === 0) this.#fold = this.#begin(there, true);
    if (this.#fold === undefined) return;
    const before = development === position ? undefined : this.rows.developments.at(development, position - 1)!.standing;
    this.#fold.file.moveTo(position, event.latestOccurrence!, there.asOf);
    this.#fold.slots.change(before, standing, there.filter);
    this.#fold.tallies.change(before, standing, there.filter);
  }

  state(there: Point): TrackState {
    const fold = this.#foldAt(there);
    if (fold === undefined) return trackStateAt(this.rows, there, this.track.name);
    this.#info ??= trackInfo(this.rows, there, this.track.name);
    return trackState(this.#info, fold.slots, fold.tallies.at(there.asOf), there.asOf);
  }

  comesTrue(there: Point, due: DueRow): boolean {
    if (due.kind !== 'span-ended')
      return comesTrue(due, this.#foldAt(there)?.slots ?? slotsAt(this.rows, this.track, there.known, there.filter));
    const { developments } = this.rows;
    return (
      there.filter === undefined ||
      isVisible(developments.at(developments.find(this.track.id, due.key)!, there.known)!.standing, there.filter)
    );
  }

  forgetRegisters(filter: SourceFilter | undefined): void {
    this.#info = undefined;
    if (filter !== undefined) this.#fold = undefined;
  }

  /** Undefined while something is known that has not begun: nothing is kept up then. */
  #foldAt(there: Point): Fold | undefined {
    this.#latestOccurrence ??= this.rows.events.lastCounted(this.track.id, there.known)?.latestOccurrence ?? -FOREVER;
    if (this.#latestOccurrence > there.asOf) return (this.#fold = undefined);
    this.#fold ??= this.#begin(there, false);
    return this.#fold;
  }

  /** @param isFirst whether nothing was known of the track before */
  #begin(there: Point, isFirst: boolean): Fold {
    const { rows, track } = this;
    const supports = judgedSupports(rows, track, there.filter);
    const file = new Filed(rows, track, supports);
    file.moveTo(there.known, this.#latestOccurrence!, there.asOf);
    const findLast = () => rows.occurrences.last(track.id, file.asOf, file.known, [...supports.failing.keys()]);
    const counted = isFirst ? undefined : countedAt(rows, there, track, supports);
    return { file, slots: new FoldedSlots(file, isFirst ? undefined : file.open()), tallies: new TallyTable(counted, findLast) };
  }
}

const MATTERS: readonly Matter[] = ['promise', 'proposal', 'announced'];

/** The slots of one track as they were known at a place of the record that moves forward. */
class Filed implements FiledSlots {
  known = 0;
  /** ms */
  asOf = -FOREVER;
  #latestOccurrence = -FOREVER;
  #slots: TrackSlots | undefined;

  constructor(
    private readonly rows: Rows,
    private readonly track: TrackRow,
    private readonly supports: JudgedSupports,
  ) {}

  moveTo(known: number, latestOccurrence: number, asOf: number): void {
    [this.known, this.#latestOccurrence, this.asOf, this.#slots] = [known, latestOccurrence, asOf, undefined];
  }

  last<S extends Slot>(slot: S, key: string): SlotRow<S> | undefined {
    return this.#now.last(slot, key, Infinity);
  }

  first<S extends Slot>(slot: S, key: string, from?: Order): SlotRow<S> | undefined {
    return this.#now.first(slot, key, Infinity, from);
  }

  history<S extends Slot>(slot: S, key: string, before?: Order): Iterable<SlotRow<S>> {
    return this.#now.history(slot, key, Infinity, before);
  }

  keys(slot: ListedSlot): Iterable<string> {
    return this.#now.keys(slot);
  }

  promisesOn(proposal: string): string[] {
    return this.rows.matters.promisesOn(this.track.id, proposal);
  }

  open(): [Matter, string][] {
    return MATTERS.flatMap((matter) => Array.from(this.#now.open(matter, this.asOf), (key): [Matter, string] => [matter, key]));
  }

  get #now(): TrackSlots {
    this.#slots ??= trackSlots(this.rows, this.track, this.known, this.supports, this.#latestOccurrence);
    return this.#slots;
  }
}
