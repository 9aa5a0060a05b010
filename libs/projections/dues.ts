// What falls due by the clock alone, as far as it is known at a place of the record.
import { comesTrue, type DueKind } from '#crisis/due.js';
import type { SlotReader } from '#crisis/slot-table.js';
import { isVisible, type SourceFilter } from '#crisis/standing.js';
import type { Point } from './point.js';
import type { Rows } from './rows.js';
import type { DueRow } from './tables/due-moments.js';
import type { EventRow } from './tables/events.js';
import { FOREVER } from './tables/validity.js';
import { slotsAt } from './track-read.js';

/** What falls due at one moment in a crisis. */
export interface Due {
  /** ms */
  readonly at: number;
  readonly moments: readonly DueRow[];
}

/** Where it is judged: what the log held up to `known`, and whose reports count there. */
export type JudgedAt = Pick<Point, 'crisis' | 'known'> & { readonly filter?: SourceFilter | undefined };

/** The slots of each track there, made once. */
export function slotsByTrack(rows: Rows, { known, filter }: JudgedAt): (track: number) => SlotReader {
  const slots = new Map<number, SlotReader>();
  return (track) => {
    let reader = slots.get(track);
    if (reader === undefined) slots.set(track, (reader = slotsAt(rows, rows.crises.trackById(track), known, filter)));
    return reader;
  };
}

/** What comes true after one moment, which is none before the last event's, and up to another (ms), by time. */
export function* dueMoments(rows: Rows, judged: JudgedAt, after: number, upTo: number): Generator<Due> {
  const slotsOf = slotsByTrack(rows, judged);
  const filed = candidates(rows, judged, after, upTo);
  let next = filed.next();
  const begins = beginning(rows, judged, after, upTo);
  while (!next.done || begins.length > 0) {
    const at = Math.min(next.done ? Infinity : next.value.at, begins[0]?.at ?? Infinity);
    const moments: DueRow[] = [];
    while (begins[0]?.at === at) moments.push(begins.shift()!);
    for (; !next.done && next.value.at === at; next = filed.next()) moments.push(...next.value.moments);
    const coming = moments.filter((moment) =>
      moment.kind === 'span-ended' || moment.kind === 'development-began'
        ? isShown(rows, judged, moment)
        : comesTrue(moment, slotsOf(moment.track)),
    );
    if (coming.length > 0) yield { at, moments: coming };
  }
}

/** What was recorded before it is to begin, and begins: by time. In a crisis that had nothing of the kind, no track is looked at. */
function beginning(rows: Rows, { crisis, known }: JudgedAt, after: number, upTo: number): DueRow[] {
  if (!hasAhead(rows.events.lastCountedOfCrisis(crisis.id, known), after)) return [];
  const tracks = rows.crises.tracks(crisis).filter(({ latestOccurrence }) => latestOccurrence !== null && latestOccurrence > after);
  const begins = tracks.flatMap(({ id }) =>
    rows.occurrences.beginning(id, after, upTo, known).map(({ at, key }): DueRow => ({ kind: 'development-began', at, key, track: id })),
  );
  return begins.sort((a, b) => a.at - b.at);
}

/** What begins, and what has a span, is there while its development is visible; without some sources it may not be. */
export function isShown(rows: Rows, { known, filter }: JudgedAt, { track, key }: Pick<DueRow, 'track' | 'key'>): boolean {
  return filter === undefined || isVisible(rows.developments.at(rows.developments.find(track, key)!, known)!.standing, filter);
}

/** What may come true of what is filed, whatever began: whether it does is for the slots of the track to say. */
export function* candidates(rows: Rows, { crisis, known }: JudgedAt, after: number, upTo: number): Generator<Due> {
  for (let edge = after; ;) {
    const moments = rows.dues.next(crisis.id, edge, upTo, known);
    if (moments.length === 0) return;
    edge = moments[0]!.at;
    yield { at: edge, moments };
  }
}

/** Whether by an event something is in its crisis that is to begin after a moment (ms); or was, and has been corrected. */
export function hasAhead(event: Pick<EventRow, 'latestInCrisis'> | undefined, moment: number): boolean {
  return (event?.latestInCrisis ?? -FOREVER) > moment;
}

/**
 * By crisis, the first moment (ms) after one at which something may fall due: as it is, or ever was, known; of what is to
 * begin, as it is known up to a position.
 */
export function firstMoments(rows: Rows, after: number, known: number): Map<number, number> {
  const moments = new Map(rows.dues.firstMoments(after).map(({ crisis, at }) => [crisis, at]));
  for (const crisis of rows.crises.withOccurrencesAfter(after)) {
    const [first] = beginning(rows, { crisis, known }, after, FOREVER);
    if (first !== undefined) moments.set(crisis.id, Math.min(first.at, moments.get(crisis.id) ?? Infinity));
  }
  return moments;
}

const NAMED_AS: Readonly<Record<DueKind, string>> = {
  'commitment-overdue': 'promise',
  'meeting-lapsed': 'announcement',
  'span-ended': 'development',
  'development-began': 'development',
};

/** As answers show them. */
export function dueNames(rows: Rows, moments: readonly DueRow[]): object[] {
  return moments.map(({ kind, key, track }) => ({ kind, track: rows.crises.trackName(track), [NAMED_AS[kind]]: key }));
}
