// A replay: the history as frames, each with the states that it changed.
import { comesTrue } from '#crisis/due.js';
import { SlotTable, type ListedSlot, type Matter, type SlotReader } from '#crisis/slot-table.js';
import { compareOrder, type Order } from '#crisis/order.js';
import type { Slot, SlotRow } from '#crisis/slots.js';
import { isVisible, type SourceFilter, type Standing } from '#crisis/standing.js';
import { formatMoment } from '#crisis/time.js';
import { trackState, type TrackInfo, type TrackState } from '#crisis/track-state.js';
import { developmentView } from '../development-view.js';
import { candidates, dueMoments, dueNames, type Due } from '../dues.js';
import { pointAt, pointOf, type Point } from '../point.js';
import type { Streams } from '../read-side.js';
import type { Rows } from '../rows.js';
import { FIRST_OF_ALL } from '../tables/listings.js';
import { FOREVER } from '../tables/validity.js';
import { TallyTable } from '../tally-table.js';
import { slotsAt, trackInfo, trackStateAt, tracksAt } from '../track-read.js';

const EVENTS_AT_ONCE = 100;

interface Frame {
  /** ms */
  readonly at: number;
  readonly position: number;
  readonly event?: string;
  readonly development?: object;
  readonly due?: object[];
  readonly tracks: TrackState[];
}

/** Frames as lines. What is yielded empty is a place to pause at: a replay may be long. */
export function* replay(rows: Rows, read: Streams['replay']): Generator<string> {
  const today = pointOf(rows, read.crisis, { ...read, asOf: read.until, knownAt: read.by === 'recorded' ? read.until : read.knownAt });
  // Whatever is recorded while it runs belongs to the next one.
  const point = { ...today, pinned: true };
  let number = 0;
  for (const frame of read.by === 'recorded' ? byRecord(rows, point, read.from) : byOccurrence(rows, point, read.from)) {
    if (frame === undefined) yield '';
    else yield line(number++, frame);
  }
  const tracks = tracksAt(rows, point).map((name) => trackStateAt(rows, point, name));
  yield line(number, { at: point.asOf, position: point.position, tracks });
}

function line(frame: number, { at, position, event, development, due, tracks }: Frame): string {
  const shown = {
    frame,
    position: String(position),
    at: formatMoment(at),
    development: development ?? null,
    event: event ?? null,
    due,
    tracks,
  };
  return `${JSON.stringify(shown)}\n`;
}

/** Each development once, as it is known, with what falls due in between as far as what was shown says so. */
function* byOccurrence(rows: Rows, point: Point, from = -FOREVER): Generator<Frame | undefined> {
  const { crisis, known, asOf: until } = point;
  const tracks = new Map<string, TrackFold>();
  const foldOf = (name: string): TrackFold => {
    let fold = tracks.get(name);
    if (fold === undefined) tracks.set(name, (fold = new TrackFold(rows, point, name)));
    return fold;
  };
  const dues = candidates(rows, point, from - 1, until);
  let due = dues.next();
  function* duesUpTo(moment: number): Generator<Frame> {
    for (; !due.done && due.value.at <= moment; due = dues.next()) {
      const frame = dueFrame(rows, point, due.value, foldOf);
      if (frame !== undefined) yield frame;
    }
  }
  for (const place of rows.listings.inOrder(crisis.id, 'crisis', [''], 'oldest', FIRST_OF_ALL, known)) {
    if (place.earliest > until) break;
    const version = rows.developments.at(Number(place.position), known)!;
    const { content, order } = version.standing;
    if (compareOrder(order, place) !== 0) continue;
    yield* duesUpTo(order.earliest);
    const fold = foldOf(content.track);
    fold.put(version.standing);
    // What is retracted is counted, and not shown.
    if (order.earliest < from || !isVisible(version.standing, point.filter)) {
      yield undefined;
      continue;
    }
    const development = developmentView(rows, point, version);
    yield { at: order.earliest, position: version.development, event: content.type, development, tracks: [fold.state(order.earliest)] };
  }
  yield* duesUpTo(until);
}

function dueFrame(rows: Rows, point: Point, { at, moments }: Due, foldOf: (track: string) => TrackFold): Frame | undefined {
  const true_ = moments.filter((moment) => {
    const fold = foldOf(rows.crises.trackById(moment.track).name);
    return moment.kind === 'span-ended' ? fold.has(moment.key) : comesTrue(moment, fold.slots);
  });
  if (true_.length === 0) return undefined;
  const changed = [...new Set(true_.map(({ track }) => rows.crises.trackById(track).name))];
  return { at, position: point.position, due: dueNames(rows, true_), tracks: changed.map((name) => foldOf(name).state(at)) };
}

/** Every event in the log's order, each with what became of its development, as it was seen at the time. */
function* byRecord(rows: Rows, point: Point, from = -FOREVER): Generator<Frame | undefined> {
  const { crisis, known, asOf: until } = point;
  let before = rows.events.lastKnown(crisis.id, from)?.position ?? 0;
  let moment = from;
  function* duesUpTo(to: number): Generator<Frame> {
    for (const { at, moments } of dueMoments(rows, pointAt(rows, point, to, to, before), moment, to)) {
      const there = pointAt(rows, point, at, at, before);
      const changed = [...new Set(moments.map(({ track }) => rows.crises.trackById(track).name))];
      yield { at, position: before, due: dueNames(rows, moments), tracks: changed.map((name) => trackStateAt(rows, there, name)) };
    }
    moment = Math.max(moment, to);
  }
  for (let edge = before; ;) {
    const events = rows.events.ofCrisis(crisis.id, edge, known, EVENTS_AT_ONCE);
    for (const { position, track, development, recorded, type } of events) {
      if (development === null || recorded <= from) continue;
      yield* duesUpTo(recorded);
      const there = pointAt(rows, point, recorded, recorded, position);
      const shown = developmentView(rows, there, rows.developments.at(development, position)!);
      const state = trackStateAt(rows, there, rows.crises.trackById(track!).name);
      yield { at: recorded, position, event: type, development: shown, tracks: [state] };
      before = position;
    }
    if (events.length < EVENTS_AT_ONCE) break;
    edge = events.at(-1)!.position;
  }
  yield* duesUpTo(until);
}

/** One track, development by development. */
class TrackFold {
  readonly slots: SlotReader;
  readonly #table = new SlotTable();
  readonly #tallies = new TallyTable();
  readonly #developments = new Set<string>();
  readonly #filter: SourceFilter | undefined;
  readonly #info: TrackInfo;

  constructor(rows: Rows, point: Point, name: string) {
    this.#filter = point.filter;
    this.#info = trackInfo(rows, point, name);
    const track = rows.crises.track(point.crisis, name);
    this.slots = track === undefined ? this.#table : new FoldedSlots(this.#table, slotsAt(rows, track, point.known, point.filter));
  }

  put(standing: Standing): void {
    this.#table.put(standing, this.#filter);
    this.#tallies.put(standing, this.#filter);
    if (isVisible(standing, this.#filter)) this.#developments.add(standing.content.id);
  }

  has(development: string): boolean {
    return this.#developments.has(development);
  }

  state(asOf: number): TrackState {
    return trackState(this.#info, this.slots, this.#tallies.at(asOf), asOf);
  }
}

/** A view that asks whether a proposal stands at all means the whole record, not what was shown of it so far. */
class FoldedSlots implements SlotReader {
  constructor(
    private readonly shown: SlotTable,
    private readonly whole: SlotReader,
  ) {}

  last<S extends Slot>(slot: S, key: string, asOf: number): SlotRow<S> | undefined {
    return asOf === Infinity ? this.whole.last(slot, key, asOf) : this.shown.last(slot, key, asOf);
  }

  first<S extends Slot>(slot: S, key: string, asOf: number, from?: Order): SlotRow<S> | undefined {
    return this.shown.first(slot, key, asOf, from);
  }

  history<S extends Slot>(slot: S, key: string, asOf: number, before?: Order): Iterable<SlotRow<S>> {
    return this.shown.history(slot, key, asOf, before);
  }

  keys(slot: ListedSlot): Iterable<string> {
    return this.shown.keys(slot);
  }

  open(matter: Matter): Iterable<string> {
    return this.shown.open(matter);
  }
}
