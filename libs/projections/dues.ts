// What falls due by the clock alone, as far as it is known at a place of the record.
import { comesTrue, type DueKind } from '#crisis/due.js';
import type { SlotReader } from '#crisis/slot-table.js';
import { isVisible, type SourceFilter } from '#crisis/standing.js';
import type { Point } from './point.js';
import type { Rows } from './rows.js';
import type { DueRow } from './tables/due-moments.js';
import { slotsAt } from './track-read.js';

/** What falls due at one moment in a crisis. */
export interface Due {
  /** ms */
  readonly at: number;
  readonly moments: readonly DueRow[];
}

/** Where it is judged: what the log held up to `known`, and whose reports count there. */
export type JudgedAt = Pick<Point, 'crisis' | 'known'> & { readonly filter?: SourceFilter | undefined };

/** What comes true after one moment and up to another (ms), by time. */
export function* dueMoments(rows: Rows, judged: JudgedAt, after: number, upTo: number): Generator<Due> {
  const slots = new Map<number, SlotReader>();
  const slotsOf = (track: number): SlotReader => {
    let reader = slots.get(track);
    if (reader === undefined) slots.set(track, (reader = slotsAt(rows, rows.crises.trackById(track), judged.known, judged.filter)));
    return reader;
  };
  for (const due of candidates(rows, judged, after, upTo)) {
    const moments = due.moments.filter((moment) =>
      moment.kind === 'span-ended' ? isShown(rows, judged, moment) : comesTrue(moment, slotsOf(moment.track)),
    );
    if (moments.length > 0) yield { at: due.at, moments };
  }
}

/** A span is filed while its development is visible; without some sources it may not be. */
function isShown(rows: Rows, { known, filter }: JudgedAt, { track, key }: DueRow): boolean {
  return filter === undefined || isVisible(rows.developments.at(rows.developments.find(track, key)!, known)!.standing, filter);
}

/** What may come true: whether it does is for the slots of the track to say. */
export function* candidates(rows: Rows, { crisis, known }: JudgedAt, after: number, upTo: number): Generator<Due> {
  for (let edge = after; ;) {
    const moments = rows.dues.next(crisis.id, edge, upTo, known);
    if (moments.length === 0) return;
    edge = moments[0]!.at;
    yield { at: edge, moments };
  }
}

const NAMED_AS: Readonly<Record<DueKind, string>> = {
  'commitment-overdue': 'promise',
  'meeting-lapsed': 'announcement',
  'span-ended': 'development',
};

/** As answers show them. */
export function dueNames(rows: Rows, moments: readonly DueRow[]): object[] {
  return moments.map(({ kind, key, track }) => ({ kind, track: rows.crises.trackName(track), [NAMED_AS[kind]]: key }));
}
