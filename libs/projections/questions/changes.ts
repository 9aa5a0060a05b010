// What changed between two points of both clocks: what happened, what was learned late, what was corrected, what fell due; and
// what moved in each track.
import { commitmentAt } from '#crisis/commitment.js';
import { comesTrue } from '#crisis/due.js';
import { movesBetween } from '#crisis/track-moves.js';
import { isSupported, isVisible } from '#crisis/standing.js';
import { dayOf, formatMoment } from '#crisis/time.js';
import { developmentView } from '../development-view.js';
import { dueNames, isShown, slotsByTrack } from '../dues.js';
import { pointOf, prefaceOf, type Point } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { Version } from '../tables/developments.js';
import type { DueRow } from '../tables/due-moments.js';
import type { LastCounted, Tracks } from '../tables/events.js';
import { atBoth } from '../track-at-both.js';
import { tracksAt } from '../track-read.js';
import { recordView } from './development.js';
import { developmentsIn } from './timeline.js';

const SETS = ['happened', 'learnedLate', 'corrected', 'fellDue', 'tracks'] as const;

/** Two points of one crisis, and the tracks that are looked at. */
interface Between {
  readonly from: Point;
  readonly to: Point;
  /** By name; undefined: all. */
  readonly tracks: readonly string[] | undefined;
  /** The same by number. */
  readonly asked: Tracks;
  readonly isAskedFor: (track: number) => boolean;
}

export function answerChanges(rows: Rows, read: Questions['changes']): object {
  const to = pointOf(rows, read.crisis, read);
  const from = pointOf(rows, read.crisis, { ...read, asOf: read.from, knownAt: read.fromKnownAt });
  const numbers = read.track?.flatMap((name) => rows.crises.track(to.crisis, name)?.id ?? []);
  const isAskedFor = (track: number): boolean => numbers?.includes(track) ?? true;
  const between: Between = { from, to, tracks: read.track, asked: { crisis: to.crisis.id, tracks: numbers }, isAskedFor };
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
function* learnedLate(rows: Rows, { from, to, asked }: Between): Generator<object> {
  for (const { development } of rows.events.beganBy(asked, from.known, to.known, dayOf(from.asOf))) {
    const version = rows.developments.at(development, to.known)!;
    if (version.standing.order.earliest <= Math.min(from.asOf, to.asOf) && isVisible(version.standing, to.filter))
      yield developmentView(rows, to, version);
  }
}

/**
 * What was corrected, retracted or reinstated after the one point and up to the other, and what came into sight or went out of it
 * because a report was added or withdrawn; as far as it has begun by the other point, now or as it stood at the one. In the order of the record.
 */
function* corrected(rows: Rows, { from, to, asked }: Between): Generator<object> {
  const seen = new Set<number>();
  for (const { development, type } of rows.events.records(asked, from.known, to.known)) {
    if (seen.has(development)) continue;
    const before = rows.developments.at(development, from.known);
    const after = rows.developments.at(development, to.known)!;
    if (type.startsWith('Report') && !changesSight(before, after, from, to)) continue;
    seen.add(development);
    if (![before, after].some((version) => version !== undefined && version.standing.order.earliest <= to.asOf)) continue;
    if (!isSupported(after.standing, to.filter) && (before === undefined || !isSupported(before.standing, from.filter))) continue;
    const since = rows.developments.versions(development, to.known).filter(({ id }) => id > from.known && id !== development);
    yield { ...developmentView(rows, to, after), record: since.map(({ id }) => recordView(rows, id)) };
  }
}

function changesSight(before: Version | undefined, after: Version, from: Point, to: Point): boolean {
  return before !== undefined && isVisible(before.standing, from.filter) !== isVisible(after.standing, to.filter);
}

/**
 * What became so by the clock alone, after the one point and up to the other, as it is known at the other: a promise fell due, an
 * announced meeting lapsed, a span ended that had begun by the one point. By time.
 */
function* fellDue(rows: Rows, between: Between): Generator<object> {
  const { to } = between;
  const slotsOf = slotsByTrack(rows, to);
  const trackOf = ({ track }: DueRow): string => rows.crises.trackName(track);
  const inOrder = (a: DueRow, b: DueRow): number =>
    a.at - b.at || compareText(trackOf(a), trackOf(b)) || compareText(a.kind, b.kind) || compareText(a.key, b.key);
  for (const moment of merged(matters(rows, between, inOrder), endedSpans(rows, between), inOrder)) {
    if (moment.kind !== 'span-ended' && !comesTrue(moment, slotsOf(moment.track))) continue;
    const commitment = moment.kind === 'commitment-overdue' ? commitmentAt(moment.key, slotsOf(moment.track), to.asOf) : undefined;
    yield { at: formatMoment(moment.at), ...dueNames(rows, [moment])[0], commitment };
  }
}

/** The promises and meetings that may have fallen due. @param inOrder of what falls due at one moment, too */
function* matters(
  rows: Rows,
  { from, to, isAskedFor }: Between,
  inOrder: (a: DueRow, b: DueRow) => number,
): Generator<DueRow, void, undefined> {
  let atOnce: DueRow[] = [];
  for (const moment of rows.dues.matters(to.crisis.id, from.asOf, to.asOf, to.known)) {
    if (!isAskedFor(moment.track)) continue;
    if (atOnce.length > 0 && atOnce[0]!.at < moment.at) {
      yield* atOnce.sort(inOrder);
      atOnce = [];
    }
    atOnce.push(moment);
  }
  yield* atOnce.sort(inOrder);
}

function* endedSpans(rows: Rows, { from, to, isAskedFor }: Between): Generator<DueRow, void, undefined> {
  for (const { track, key, to: at } of rows.rectangles.endingInCrisis(to.crisis.id, from.asOf, to.known, to.asOf))
    if (isAskedFor(track) && isShown(rows, to, { track, key })) yield { kind: 'span-ended', key, at, track };
}

/** Two lists in order as one. Each is read no further than the one is. */
function* merged<T>(one: Generator<T>, other: Generator<T>, inOrder: (a: T, b: T) => number): Generator<T> {
  try {
    let [a, b] = [one.next(), other.next()];
    while (a.done !== true || b.done !== true) {
      if (b.done === true || (a.done !== true && inOrder(a.value, b.value) <= 0)) {
        yield a.value as T;
        a = one.next();
      } else {
        yield b.value;
        b = other.next();
      }
    }
  } finally {
    one.return(undefined);
    other.return(undefined);
  }
}

/** In the order of registration. */
function* trackMoves(rows: Rows, between: Between): Generator<object> {
  const { from, to, tracks } = between;
  const isUntouched = untouched(rows, between);
  for (const id of tracksAt(rows, to)) {
    if (!(tracks?.includes(id) ?? true)) continue;
    const number = rows.crises.trackNumber(to.crisis, id);
    const last = number === undefined ? undefined : rows.events.lastCounted(number, to.known);
    if (number !== undefined && isUntouched(number, last)) continue;
    const track = number === undefined ? undefined : { row: rows.crises.trackById(number), last };
    const moves = atBoth(rows, id, track, from, to, (before, after) => ({
      id,
      title: after.state.title,
      moved: movesBetween(before, after),
    }));
    if (moves.moved.length > 0) yield moves;
  }
}

/** Says of a track that nothing can have moved: nothing was recorded on it, began or may have fallen due; it is registered as it was, and all is judged alike. */
function untouched(rows: Rows, { from, to }: Between): (track: number, last: LastCounted | undefined) => boolean {
  const { id: crisis } = to.crisis;
  if (to.counting.minReliability !== undefined) return () => false;
  let due: ReadonlySet<number> | undefined;
  const mayHaveFallenDue = (track: number): boolean => (due ??= rows.dues.tracksOfMatters(crisis, from.asOf, to.asOf, to.known)).has(track);
  const isAnyRenewed = rows.entries.isAnyRecorded(crisis, 'track', from.knownAt, to.knownAt);
  const isRenewed = (track: number): boolean => {
    const name = rows.crises.trackName(track);
    const [was, is] = [from, to].map((point) => JSON.stringify(rows.entries.resolve(crisis, 'track', name, point)));
    return was !== is;
  };
  return (track, last) => {
    if (last !== undefined) {
      if (last.position > from.known) return false;
      if (last.latestOccurrence! > from.asOf && rows.occurrences.isAnyWithin(track, from.asOf, to.asOf, to.known)) return false;
    }
    return !mayHaveFallenDue(track) && !(isAnyRenewed && isRenewed(track));
  };
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
