// One track's slots and counts at a point of the record: from the tables, or, where only some sources count, from a fold of all
// its developments.
import { SlotTable, type SlotReader } from '#crisis/slot-table.js';
import type { SourceFilter } from '#crisis/standing.js';
import { tensionAt, TENSION_DAYS } from '#crisis/tension.js';
import { dayOf } from '#crisis/time.js';
import { trackState, type Tallies, type TrackInfo, type TrackState } from '#crisis/track-state.js';
import { CONTEXT_TITLE, CONTEXT_TRACK } from '#crisis/vocabulary/types.js';
import { dayScores } from './counts.js';
import { notFound, type Point } from './point.js';
import type { Rows } from './rows.js';
import type { CrisisRow, TrackRow } from './tables/crises.js';
import { TrackSlots } from './tables/slots.js';
import type { Rectangle } from './tables/rectangles.js';
import { FOREVER } from './tables/validity.js';
import { TallyTable } from './tally-table.js';

const DAY_MS = 86_400_000;

/** @throws ReadRefused `unknown-track` for one that nobody has opened; one that was opened after `knownAt` resolves */
export function trackNamed(rows: Rows, crisis: CrisisRow, name: string): void {
  if (name !== CONTEXT_TRACK && rows.entries.first(crisis.id, 'track', name) === undefined) {
    throw notFound('unknown-track', `The crisis "${crisis.name}" has no track "${name}"`);
  }
}

/** The tracks that were registered by then, in the order of registration, and last the one that every crisis has. */
export function tracksAt(rows: Rows, point: Point): string[] {
  return [...rows.entries.listed(point.crisis.id, 'track', point).filter((name) => name !== CONTEXT_TRACK), CONTEXT_TRACK];
}

export function trackStateAt(rows: Rows, point: Point, name: string): TrackState {
  const { slots, tallies } = readTrack(rows, point, name);
  return trackState(trackInfo(rows, point, name), slots, tallies, point.asOf);
}

/** What the registers say of a track. Its revision is today's, unless the answer is pinned. */
export function trackInfo(rows: Rows, point: Point, name: string): TrackInfo {
  const track = rows.crises.track(point.crisis, name);
  const entry = rows.entries.resolve(point.crisis.id, 'track', name, point) as { title: string; parties: readonly string[] } | undefined;
  const revision =
    track === undefined ? undefined : point.pinned ? rows.events.lastOfTrack(track.id, point.position)?.revision : track.revision;
  return {
    id: name,
    title: entry?.title ?? (name === CONTEXT_TRACK ? CONTEXT_TITLE : name),
    parties: entry?.parties ?? [],
    revision: revision === undefined || revision < 0 ? null : String(revision),
  };
}

/** Everything that a view of a track reads. */
export function readTrack(rows: Rows, point: Point, name: string): { slots: SlotReader; tallies: Tallies } {
  const track = rows.crises.track(point.crisis, name);
  if (track === undefined) return { slots: new SlotTable(), tallies: new TallyTable().at(point.asOf) };
  const tallies = point.filter === undefined ? talliesOf(rows, point, track) : foldedTallies(rows, point, track);
  return { slots: slotsAt(rows, track, point.known, point.filter), tallies };
}

/** The slots of a track as the log was known up to a position. */
export function slotsAt(rows: Rows, track: TrackRow, known: number, filter: SourceFilter | undefined): SlotReader {
  if (filter === undefined) return trackSlots(rows, track, known);
  const slots = new SlotTable();
  for (const { standing } of rows.developments.ofTrack(track.id, known)) slots.put(standing, filter);
  return slots;
}

function trackSlots(rows: Rows, track: TrackRow, known: number): TrackSlots {
  const latestOccurrence = rows.events.lastCounted(track.id, known)?.latestOccurrence ?? -FOREVER;
  const open = (id: number, matter: 'promise' | 'proposal' | 'announced', asOf: number, at: number) =>
    rows.rectangles.covering(id, matter, asOf, at).map(({ key }) => key);
  return new TrackSlots(rows.slots, open, track.id, known, latestOccurrence);
}

function talliesOf(rows: Rows, point: Point, track: TrackRow): Tallies {
  const { known, asOf } = point;
  const last = rows.events.lastCounted(track.id, known);
  if (last === undefined) return new TallyTable().at(asOf);
  const today = dayOf(asOf);
  // The day of `asOf` counts whole if nothing known begins after it, else up to it.
  const whole = asOf >= last.latestOccurrence!;
  const { total, days } = rows.dayCounts.before(track.id, whole ? today + 1 : today, today - TENSION_DAYS, last.number! + 1, known);
  if (!whole) {
    const partial = new TallyTable();
    for (const tally of rows.occurrences.counted(track.id, today * DAY_MS, asOf, known)) partial.count(today, tally);
    total.addAll(partial.total);
    const begun = partial.days.get(today);
    if (begun !== undefined) days.set(today, begun);
  }
  return {
    developments: total.developments,
    meetingsHeld: total.meetingsHeld,
    verification: total.verification,
    tension: tensionAt(dayScores(days), today),
    lastDevelopment: rows.occurrences.last(track.id, Math.min(asOf, last.latestOccurrence!), known),
    uncertain: rows.rectangles.covering(track.id, 'span', asOf, known).sort(byOccurrence).map(uncertainOf),
  };
}

function foldedTallies(rows: Rows, { known, asOf, filter }: Point, track: TrackRow): Tallies {
  const tallies = new TallyTable();
  for (const { standing } of rows.developments.ofTrack(track.id, known)) {
    if (standing.order.earliest <= asOf) tallies.put(standing, filter);
  }
  return tallies.at(asOf);
}

type SpanDetail = [sequence: number, position: number, occurredAt: string];

function byOccurrence(a: Rectangle, b: Rectangle): number {
  const [sequenceA, positionA] = JSON.parse(a.detail!) as SpanDetail;
  const [sequenceB, positionB] = JSON.parse(b.detail!) as SpanDetail;
  return a.from - b.from || a.to - b.to || sequenceA - sequenceB || positionA - positionB;
}

function uncertainOf({ key, detail }: Rectangle): { development: string; occurredAt: string } {
  return { development: key, occurredAt: (JSON.parse(detail!) as SpanDetail)[2] };
}
