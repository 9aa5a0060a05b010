// A replay: the history as frames, each with the states that it changed.
import { comesTrue } from '#crisis/due.js';
import { compareOrder, type Order } from '#crisis/order.js';
import { isVisible, type SourceFilter, type Standing } from '#crisis/standing.js';
import { formatMoment } from '#crisis/time.js';
import { trackState, type TrackInfo, type TrackState } from '#crisis/track-state.js';
import { developmentView } from '../development-view.js';
import { candidates, dueMoments, dueNames, type Due } from '../dues.js';
import { pointAt, pointOf, type Point } from '../point.js';
import type { Streams } from '../read-side.js';
import type { Rows } from '../rows.js';
import { FIRST_OF_ALL } from '../tables/listings.js';
import type { Version } from '../tables/developments.js';
import { FOREVER } from '../tables/validity.js';
import { TallyTable } from '../tally-table.js';
import { ShownSlots } from './shown-slots.js';
import { slotsAt, trackInfo, trackStateAt, tracksAt } from '../track-read.js';

const EVENTS_AT_ONCE = 100;
const VERSIONS_AT_ONCE = 100;

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
  const shown = { frame, position: String(position), at: formatMoment(at), development: development ?? null, event: event ?? null, due };
  return `${JSON.stringify(shown).slice(0, -1)},"tracks":[${tracks.map(jsonOf).join()}]}\n`;
}

/** Of the parts of states that stay the same from frame to frame. */
const written = new WeakMap<object, string>();

/** As JSON.stringify has it. The longest parts of a state change seldom: these are not written anew for each frame. */
function jsonOf(state: TrackState): string {
  const fields = Object.entries(state).map(([name, value]: [string, unknown]) => {
    if (value !== state.positions && value !== state.latestStatements) return `"${name}":${JSON.stringify(value)}`;
    let text = written.get(value);
    if (text === undefined) written.set(value, (text = JSON.stringify(value)));
    return `"${name}":${text}`;
  });
  return `{${fields.join()}}`;
}

/** Each development once, as it is known, with what falls due in between as far as what was shown says so. */
function* byOccurrence(rows: Rows, point: Point, from = -FOREVER): Generator<Frame | undefined> {
  const until = point.asOf;
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
  for (const version of versionsInOrder(rows, point)) {
    const { content, order } = version.standing;
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

function dueFrame(rows: Rows, point: Point, { at, moments }: Due, foldOf: (track: string) => TrackFold): Frame | undefined {
  const true_ = moments.filter((moment) => {
    const fold = foldOf(rows.crises.trackName(moment.track));
    return moment.kind === 'span-ended' ? fold.has(moment.key) : comesTrue(moment, fold.slots);
  });
  if (true_.length === 0) return undefined;
  const changed = [...new Set(true_.map(({ track }) => rows.crises.trackName(track)))];
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
      const changed = [...new Set(moments.map(({ track }) => rows.crises.trackName(track)))];
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
      const state = trackStateAt(rows, there, rows.crises.trackName(track!));
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
  readonly slots: ShownSlots;
  readonly #tallies = new TallyTable();
  readonly #developments = new Set<string>();
  readonly #filter: SourceFilter | undefined;
  readonly #info: TrackInfo;

  constructor(rows: Rows, point: Point, name: string) {
    this.#filter = point.filter;
    this.#info = trackInfo(rows, point, name);
    const track = rows.crises.track(point.crisis, name);
    this.slots = new ShownSlots(track && slotsAt(rows, track, point.known, point.filter));
  }

  put(standing: Standing): void {
    this.slots.put(standing, this.#filter);
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
