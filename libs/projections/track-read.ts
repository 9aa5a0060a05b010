// One track's slots and counts at a point of the record. Where only some sources count, what rests on the others is taken out.
import { mattersOf } from '#crisis/commitment.js';
import { SlotTable, type SlotReader } from '#crisis/slot-table.js';
import type { SourceFilter, Verification } from '#crisis/standing.js';
import { TENSION_DAYS } from '#crisis/tension.js';
import { DAY_MS, dayOf } from '#crisis/time.js';
import { trackState, type Tallies, type TrackInfo, type TrackState } from '#crisis/track-state.js';
import { CONTEXT_TITLE, CONTEXT_TRACK } from '#crisis/vocabulary/types.js';
import type { Counts } from './counts.js';
import { notFound, type Point } from './point.js';
import type { Rows } from './rows.js';
import type { CrisisRow, TrackRow } from './tables/crises.js';
import type { LastCounted } from './tables/events.js';
import { BLOCK } from './tables/day-counts.js';
import { TrackSlots, type OpenMatters } from './tables/slots.js';
import type { Rectangle } from './tables/rectangles.js';
import type { JudgedSupports } from './tables/supports.js';
import { FOREVER } from './tables/validity.js';
import { TallyTable, type Counted, type Stands } from './tally-table.js';

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

export function trackStateAt(rows: Rows, point: Point, name: string, shown?: Shown): TrackState {
  const { slots, tallies } = readTrack(rows, point, name, shown);
  return trackState(trackInfo(rows, point, name), slots, tallies, point.asOf);
}

/** What the registers say of a track. Its revision is today's, unless the answer is pinned. */
export function trackInfo(rows: Rows, point: Point, name: string, track = rows.crises.track(point.crisis, name)): TrackInfo {
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

/** Of what moves with every day, what a view shows. */
export interface Shown {
  /** 0: no tension. */
  readonly tensionDays: number;
  readonly uncertain: boolean;
}

const EVERYTHING: Shown = { tensionDays: TENSION_DAYS, uncertain: true };
export const WITHOUT_THE_DAY: Shown = { tensionDays: 0, uncertain: false };

/** What a view of a track reads. */
export interface TrackRead {
  readonly slots: SlotReader;
  readonly tallies: Tallies;
}

/** Everything that a view of a track reads. */
export function readTrack(rows: Rows, point: Point, name: string, shown = EVERYTHING): TrackRead {
  const track = rows.crises.track(point.crisis, name);
  const last = track && rows.events.lastCounted(track.id, point.known);
  if (track === undefined || last === undefined) return { slots: new SlotTable(), tallies: new TallyTable().at(point.asOf) };
  const supports = judgedSupports(rows, track, point.filter);
  return {
    slots: trackSlots(rows, track, point.known, supports, last.latestOccurrence!),
    tallies: talliesOf(rows, point, track, last, supports, shown),
  };
}

/** The slots of a track as the log was known up to a position. */
export function slotsAt(rows: Rows, track: TrackRow, known: number, filter: SourceFilter | undefined): SlotReader {
  return trackSlots(rows, track, known, judgedSupports(rows, track, filter));
}

export const ALL_COUNT: JudgedSupports = { failing: new Map(), changed: new Map() };

export function judgedSupports(rows: Rows, track: TrackRow, filter: SourceFilter | undefined): JudgedSupports {
  return filter === undefined ? ALL_COUNT : rows.supports.judged(track.id, filter);
}

/** @param latestOccurrence ms: no development of the track that is known begins later */
export function trackSlots(
  rows: Rows,
  track: Pick<TrackRow, 'id'>,
  known: number,
  supports: JudgedSupports,
  latestOccurrence = rows.events.lastCounted(track.id, known)?.latestOccurrence ?? -FOREVER,
): TrackSlots {
  const matters: OpenMatters = {
    open: (id, asOf, at) => rows.rectangles.open(id, asOf, at),
    reopened: (id, matter, asOf, at, without) =>
      matter === 'announced' ? rows.rectangles.scheduled(id, asOf, at) : closedBy(rows, id, matter, without()),
  };
  return new TrackSlots(rows.slots, matters, track.id, known, latestOccurrence, verifiedBy(rows, supports), supports.failing);
}

/** The promises or proposals that something which rests on any of the supports (a JSON list) may ever have closed. */
function closedBy(rows: Rows, track: number, matter: 'promise' | 'proposal', supports: string): string[] {
  const proposals: string[] = [];
  const closed = rows.slots.closings(track, supports).flatMap((closing) =>
    mattersOf(closing, (proposal) => {
      proposals.push(proposal);
      return [];
    }),
  );
  const keys = closed.filter(([kind]) => kind === matter).map(([, key]) => key);
  return matter === 'promise' ? [...keys, ...rows.matters.promisesOnAny(track, proposals)] : keys;
}

/** How what rests on a support is verified. */
export function verifiedBy(rows: Rows, { changed }: JudgedSupports): (support: number) => Verification {
  return (support) => changed.get(support)?.to ?? rows.supports.verificationOf(support);
}

export function talliesOf(
  rows: Rows,
  point: Point,
  track: TrackRow,
  last: LastCounted,
  supports: JudgedSupports,
  { tensionDays, uncertain }: Shown,
): Tallies {
  return new TallyTable(countedAt(rows, point, track, supports, tensionDays, uncertain, last)).at(point.asOf);
}

/** What a track's counts are made of at a point. @param tensionDays so many days are there one by one @param uncertain whether spans are there */
export function countedAt(
  rows: Rows,
  { known, asOf }: Pick<Point, 'known' | 'asOf'>,
  track: TrackRow,
  supports: JudgedSupports,
  tensionDays = TENSION_DAYS,
  uncertain = true,
  last: LastCounted | undefined = rows.events.lastCounted(track.id, known),
): Counted | undefined {
  if (last === undefined) return undefined;
  const today = dayOf(asOf);
  // The day of `asOf` counts whole if nothing known begins after it, else up to it.
  const whole = asOf >= last.latestOccurrence!;
  // Of what is whole and shows no single day, all days that there are.
  const [before, singleFrom] = whole && tensionDays === 0 ? [Infinity, Infinity] : [whole ? today + 1 : today, today - tensionDays];
  const events = last.number! + 1;
  const unfinished = rows.events.deltasOf(track.id, known, events % BLOCK);
  const { total, days } = rows.dayCounts.before(track.id, before, singleFrom, events, unfinished);
  takeOut(rows, supports, { total, days }, before, singleFrom, known);
  if (!whole) {
    const partial = new TallyTable();
    for (const { tally, support } of rows.occurrences.counted(track.id, today * DAY_MS, asOf, known)) {
      if (supports.failing.has(support)) continue;
      const verification = tally.developments === 1 ? supports.changed.get(support)?.to : undefined;
      partial.count(today, { ...tally, verification: verification ?? tally.verification });
    }
    total.addAll(partial.total);
    const begun = partial.days.get(today);
    if (begun !== undefined) days.set(today, begun);
  }
  return {
    total,
    days,
    last: rows.occurrences.last(track.id, Math.min(asOf, last.latestOccurrence!), known, [...supports.failing.keys()]),
    spans: uncertain ? rows.rectangles.spans(track.id, asOf, known).flatMap((span) => standsIn(span, supports) ?? []) : [],
  };
}

/** Takes out of the counts what rests on nothing that counts, and what is verified otherwise now out of where it was. */
function takeOut(
  rows: Rows,
  { failing, changed }: JudgedSupports,
  { total, days }: { total: Counts; days: Map<number, Counts> },
  before: number,
  singleFrom: number,
  known: number,
): void {
  for (const out of failing.size === 0 ? [] : rows.supports.counts(failing.keys(), before, singleFrom, known)) {
    total.addAll(out.total, -1);
    for (const [day, counts] of out.days) days.get(day)?.addAll(counts, -1);
  }
  for (const { support, total: moved } of changed.size === 0 ? [] : rows.supports.counts(changed.keys(), before, before, known)) {
    const { from, to } = changed.get(support)!;
    total.verify(from, -moved.developments);
    total.verify(to, moved.developments);
  }
}

type SpanDetail = [sequence: number, position: number, occurredAt: string, support: number];

function standsIn({ key, from, to, detail }: Rectangle, { failing }: JudgedSupports): Stands | undefined {
  const [sequence, position, occurredAt, support] = JSON.parse(detail!) as SpanDetail;
  if (failing.has(support)) return undefined;
  return { development: key, occurredAt, order: { earliest: from, latest: to, sequence, position: BigInt(position) } };
}
