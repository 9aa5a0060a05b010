// The frames of a replay by occurrence: each development once, as it is known, with what falls due in between as far as what was shown says so.
import { comesTrue } from '#crisis/due.js';
import { compareOrder, type Order } from '#crisis/order.js';
import type { ListedSlot, SlotReader } from '#crisis/slot-table.js';
import type { Slot, SlotRow } from '#crisis/slots.js';
import { isVisible, type Standing } from '#crisis/standing.js';
import { trackState, type TrackInfo, type TrackState } from '#crisis/track-state.js';
import { developmentView } from '../development-view.js';
import { candidates, dueNames, type Due } from '../dues.js';
import type { Point } from '../point.js';
import type { Rows } from '../rows.js';
import type { Version } from '../tables/developments.js';
import { FIRST_OF_ALL } from '../tables/listings.js';
import { FOREVER } from '../tables/validity.js';
import { TallyTable } from '../tally-table.js';
import { slotsAt, trackInfo } from '../track-read.js';
import { FoldedSlots, type FiledSlots } from './folded-slots.js';
import type { Frame } from './frames.js';
import { SeenLately } from './seen-lately.js';

const VERSIONS_AT_ONCE = 100;

/** Where nothing is yielded it may pause. @param from ms: what comes before has no frame */
export function* byOccurrence(rows: Rows, point: Point, from = -FOREVER): Generator<Frame | undefined> {
  const until = point.asOf;
  const tracks = new Map<string, ShownTrack>();
  const shownOf = (name: string): ShownTrack => {
    let shown = tracks.get(name);
    if (shown === undefined) tracks.set(name, (shown = new ShownTrack(rows, point, name)));
    return shown;
  };
  const dues = candidates(rows, point, from - 1, until);
  let due = dues.next();
  function* duesUpTo(moment: number): Generator<Frame> {
    for (; !due.done && due.value.at <= moment; due = dues.next()) {
      const frame = dueFrame(rows, point, due.value, shownOf);
      if (frame !== undefined) yield frame;
    }
  }
  const lately = new SeenLately();
  const there = { ...point, knownRetracted: lately.isRetracted };
  for (const version of versionsInOrder(rows, point)) {
    const { content, order, retracted } = version.standing;
    lately.note(content, retracted);
    yield* duesUpTo(order.earliest);
    const shown = shownOf(content.track);
    shown.put(version.standing);
    // What is retracted is counted, and not shown.
    if (order.earliest < from || !isVisible(version.standing, point.filter)) {
      yield undefined;
      continue;
    }
    const development = developmentView(rows, there, version);
    yield { at: order.earliest, position: version.development, event: content.type, development, tracks: [shown.state(order.earliest)] };
  }
  yield* duesUpTo(until);
}

/** How each development of the crisis stands that has begun by `asOf`, in order of occurrence. */
function* versionsInOrder(rows: Rows, { crisis, known, asOf }: Point): Generator<Version> {
  let places: Order[] = [];
  function* read(): Generator<Version> {
    const versions = rows.developments.allAt(
      places.map(({ position }) => Number(position)),
      known,
    );
    for (const place of places) {
      const version = versions.get(Number(place.position))!;
      // A correction may have moved it elsewhere.
      if (compareOrder(version.standing.order, place) === 0) yield version;
    }
    places = [];
  }
  for (const place of rows.listings.inOrder(crisis.id, 'crisis', [''], 'oldest', FIRST_OF_ALL, known)) {
    if (place.earliest > asOf) break;
    places.push(place);
    if (places.length === VERSIONS_AT_ONCE) yield* read();
  }
  yield* read();
}

function dueFrame(rows: Rows, point: Point, { at, moments }: Due, shownOf: (track: string) => ShownTrack): Frame | undefined {
  const true_ = moments.filter((moment) => {
    const shown = shownOf(rows.crises.trackName(moment.track));
    return moment.kind === 'span-ended' ? shown.hasSpan(moment.key) : comesTrue(moment, shown.slots);
  });
  if (true_.length === 0) return undefined;
  const changed = [...new Set(true_.map(({ track }) => rows.crises.trackName(track)))];
  return { at, position: point.position, due: dueNames(rows, true_), tracks: changed.map((name) => shownOf(name).state(at)) };
}

/** One track, development by development. */
class ShownTrack {
  readonly slots: FoldedSlots;
  readonly #file: ShownSoFar;
  readonly #tallies = new TallyTable();
  readonly #info: TrackInfo;

  constructor(
    rows: Rows,
    private readonly point: Point,
    name: string,
  ) {
    this.#info = trackInfo(rows, point, name);
    const track = rows.crises.track(point.crisis, name)!;
    this.#file = new ShownSoFar(slotsAt(rows, track, point.known, point.filter), (proposal) => rows.matters.promisesOn(track.id, proposal));
    this.slots = new FoldedSlots(this.#file);
  }

  put(standing: Standing): void {
    this.#file.upTo = standing.order;
    this.slots.change(undefined, standing, this.point.filter);
    this.#tallies.change(undefined, standing, this.point.filter);
  }

  hasSpan(development: string): boolean {
    return this.#tallies.hasSpan(development);
  }

  state(asOf: number): TrackState {
    return trackState(this.#info, this.slots, this.#tallies.at(asOf), asOf);
  }
}

/** The slots of the whole record, without what was not shown yet. */
class ShownSoFar implements FiledSlots {
  upTo: Order = FIRST_OF_ALL;

  constructor(
    private readonly whole: SlotReader,
    readonly promisesOn: (proposal: string) => readonly string[],
  ) {}

  last<S extends Slot>(slot: S, key: string): SlotRow<S> | undefined {
    const [last] = this.history(slot, key);
    return last;
  }

  first<S extends Slot>(slot: S, key: string, from?: Order): SlotRow<S> | undefined {
    const row = this.whole.first(slot, key, Infinity, from);
    return row !== undefined && compareOrder(row.order, this.upTo) <= 0 ? row : undefined;
  }

  history<S extends Slot>(slot: S, key: string, before?: Order): Iterable<SlotRow<S>> {
    const end = before !== undefined && compareOrder(before, this.upTo) <= 0 ? before : justAfter(this.upTo);
    return this.whole.history(slot, key, Infinity, end);
  }

  keys(slot: ListedSlot): Iterable<string> {
    return this.whole.keys(slot);
  }

  /** A view that asks whether a proposal stands at all means the whole record, not what was shown of it so far. */
  lastOfAll<S extends Slot>(slot: S, key: string): SlotRow<S> | undefined {
    return this.whole.last(slot, key, Infinity);
  }
}

function justAfter(order: Order): Order {
  return { ...order, position: order.position + 1n };
}
