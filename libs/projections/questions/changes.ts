// What changed between two points of both clocks: what happened, what was learned late, what was corrected, what fell due; and
// what moved in each track.
import { commitmentAt } from '#crisis/commitment.js';
import { comesTrue } from '#crisis/due.js';
import { movesBetween, type TrackAt } from '#crisis/track-moves.js';
import type { SlotReader } from '#crisis/slot-table.js';
import { isVisible } from '#crisis/standing.js';
import { dayOf, formatMoment } from '#crisis/time.js';
import { trackState } from '#crisis/track-state.js';
import { developmentView } from '../development-view.js';
import { dueNames } from '../dues.js';
import { pointOf, prefaceOf, type Point } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { Version } from '../tables/developments.js';
import type { DueRow } from '../tables/due-moments.js';
import { readTrack, slotsAt, trackInfo, tracksAt, WITHOUT_THE_DAY } from '../track-read.js';
import { recordView } from './development.js';
import { developmentsIn } from './timeline.js';

const SETS = ['happened', 'learnedLate', 'corrected', 'fellDue', 'tracks'] as const;

/** Two points of one crisis, and the tracks that are looked at. */
interface Between {
  readonly from: Point;
  readonly to: Point;
  /** By name; undefined: all. */
  readonly tracks: readonly string[] | undefined;
  /** By number. */
  readonly isAskedFor: (track: number) => boolean;
  /** The promises and meetings that may have fallen due between the two, by time. */
  readonly matters: readonly DueRow[];
}

export function answerChanges(rows: Rows, read: Questions['changes']): object {
  const to = pointOf(rows, read.crisis, read);
  const from = pointOf(rows, read.crisis, { ...read, asOf: read.from, knownAt: read.fromKnownAt });
  const asked = read.track && new Set(read.track.map((name) => rows.crises.track(to.crisis, name)?.id));
  const isAskedFor = (track: number): boolean => asked?.has(track) ?? true;
  const matters = rows.dues.matters(to.crisis.id, from.asOf, to.asOf, to.known).filter(({ track }) => isAskedFor(track));
  const between: Between = { from, to, tracks: read.track, isAskedFor, matters };
  const sets = {
    happened: happened(rows, between),
    learnedLate: learnedLate(rows, between),
    corrected: corrected(rows, between),
    fellDue: fellDue(rows, between),
    tracks: trackMoves(rows, between),
  };
  const listed = SETS.map((name) => [name, firstOf(sets[name], read.limit)] as const);
  return {
    ...prefaceOf(to),
    from: { asOf: formatMoment(from.asOf), knownAt: formatMoment(from.knownAt) },
    ...Object.fromEntries(listed.map(([name, { first }]) => [name, first])),
    more: listed.flatMap(([name, { more }]) => (more ? [name] : [])),
  };
}

/** What begins after the one point and up to the other, as it is known at the other. In order of occurrence. */
function* happened(rows: Rows, { from, to, tracks }: Between): Generator<object> {
  const filter = { from: from.asOf + 1, ...(tracks === undefined ? {} : { track: tracks }) };
  for (const version of developmentsIn(rows, to, { filter, order: 'oldest' })) {
    // What also stands on a track is another one's.
    if (tracks?.includes(version.standing.content.track) ?? true) yield developmentView(rows, to, version);
  }
}

/** What had begun by the one point, and was first recorded after it and up to the other. In the order of the record. */
function* learnedLate(rows: Rows, { from, to, isAskedFor }: Between): Generator<object> {
  for (const { track, development } of rows.events.beganBy(to.crisis.id, from.known, to.known, dayOf(from.asOf))) {
    if (!isAskedFor(track)) continue;
    const version = rows.developments.at(development, to.known)!;
    if (version.standing.order.earliest <= Math.min(from.asOf, to.asOf) && isVisible(version.standing, to.filter))
      yield developmentView(rows, to, version);
  }
}

/**
 * What was corrected, retracted or reinstated after the one point and up to the other, and what came into sight or went out of it
 * because a report was added or withdrawn; as far as it has begun by the other point, now or as it stood at the one. In the order of the record.
 */
function* corrected(rows: Rows, { from, to, isAskedFor }: Between): Generator<object> {
  const seen = new Set<number>();
  for (const { track, development, type } of rows.events.records(to.crisis.id, from.known, to.known)) {
    if (!isAskedFor(track) || seen.has(development)) continue;
    const before = rows.developments.at(development, from.known);
    const after = rows.developments.at(development, to.known)!;
    if (type.startsWith('Report') && !changesSight(before, after, from, to)) continue;
    seen.add(development);
    if (![before, after].some((version) => version !== undefined && version.standing.order.earliest <= to.asOf)) continue;
    if (!isSupported(after, to) && (before === undefined || !isSupported(before, from))) continue;
    const since = rows.developments.versions(development, to.known).filter(({ id }) => id > from.known && id !== development);
    yield { ...developmentView(rows, to, after), record: since.map(({ id }) => recordView(rows, id)) };
  }
}

function changesSight(before: Version | undefined, after: Version, from: Point, to: Point): boolean {
  return before !== undefined && isVisible(before.standing, from.filter) !== isVisible(after.standing, to.filter);
}

/** Whether a source that counts supports it, retracted or not. */
function isSupported({ standing }: Version, { filter }: Point): boolean {
  return isVisible({ ...standing, retracted: false }, filter);
}

/**
 * What became so by the clock alone, after the one point and up to the other, as it is known at the other: a promise fell due, an
 * announced meeting lapsed, a span ended that had begun by the one point. By time.
 */
function* fellDue(rows: Rows, between: Between): Generator<object> {
  const { to, matters } = between;
  const slots = new Map<number, SlotReader>();
  const slotsOf = (track: number): SlotReader => {
    let reader = slots.get(track);
    if (reader === undefined) slots.set(track, (reader = slotsAt(rows, rows.crises.trackById(track), to.known, to.filter)));
    return reader;
  };
  const trackOf = ({ track }: DueRow): string => rows.crises.trackName(track);
  const due = [...matters, ...endedSpans(rows, between)].sort(
    (a, b) => a.at - b.at || compareText(trackOf(a), trackOf(b)) || compareText(a.kind, b.kind) || compareText(a.key, b.key),
  );
  for (const moment of due) {
    if (moment.kind !== 'span-ended' && !comesTrue(moment, slotsOf(moment.track))) continue;
    const commitment = moment.kind === 'commitment-overdue' ? commitmentAt(moment.key, slotsOf(moment.track), to.asOf) : undefined;
    yield { at: formatMoment(moment.at), ...dueNames(rows, [moment])[0], commitment };
  }
}

function endedSpans(rows: Rows, { from, to, isAskedFor }: Between): DueRow[] {
  return rows.rectangles
    .spansInCrisis(to.crisis.id, from.asOf, to.known)
    .filter(({ track, key, to: end }) => isAskedFor(track) && end <= to.asOf && isShown(rows, to, track, key))
    .map(({ track, key, to: at }): DueRow => ({ kind: 'span-ended', key, at, track }));
}

/** A span is filed while its development is visible; without some sources it may not be. */
function isShown(rows: Rows, { known, filter }: Point, track: number, id: string): boolean {
  return filter === undefined || isVisible(rows.developments.at(rows.developments.find(track, id)!, known)!.standing, filter);
}

/** In the order of registration. */
function* trackMoves(rows: Rows, between: Between): Generator<object> {
  const { from, to, tracks, matters } = between;
  const due = new Set(matters.map(({ track }) => track));
  for (const id of tracksAt(rows, to)) {
    if (!(tracks?.includes(id) ?? true) || isUntouched(rows, between, id, due)) continue;
    const after = trackAt(rows, to, id);
    const moved = movesBetween(trackAt(rows, from, id), after);
    if (moved.length > 0) yield { id, title: after.state.title, moved };
  }
}

/** Nothing can have moved: on the track nothing was recorded, began or may have fallen due; it is registered as it was, and all is judged alike. */
function isUntouched(rows: Rows, { from, to }: Between, name: string, due: ReadonlySet<number>): boolean {
  const track = rows.crises.track(to.crisis, name);
  if (track === undefined || due.has(track.id) || to.counting.minReliability !== undefined) return false;
  if ((rows.events.lastCounted(track.id, to.known)?.position ?? 0) > from.known) return false;
  const [was, is] = [from, to].map((point) => JSON.stringify(rows.entries.resolve(to.crisis.id, 'track', name, point)));
  if (was !== is) return false;
  return !rows.occurrences.isAnyWithin(track.id, from.asOf, to.asOf, to.known);
}

function trackAt(rows: Rows, point: Point, name: string): TrackAt {
  // Tension and what is uncertain move with every day: they are not compared.
  const { slots, tallies } = readTrack(rows, point, name, WITHOUT_THE_DAY);
  return { state: trackState(trackInfo(rows, point, name), slots, tallies, point.asOf), slots, asOf: point.asOf };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function firstOf<T>(list: Iterable<T>, limit: number): { first: T[]; more: boolean } {
  const first: T[] = [];
  for (const each of list) {
    if (first.length === limit) return { first, more: true };
    first.push(each);
  }
  return { first, more: false };
}
