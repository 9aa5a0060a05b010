// A page of a list that is looked through one by one.
import type { Candidate } from '#crisis/candidate.js';
import type { Order } from '#crisis/order.js';
import { pointOf, prefaceOf, type Point, type Preface } from '../point.js';
import type { Paged, ReadPoint } from '../read-side.js';
import type { Rows } from '../rows.js';
import { pagePoint } from './cursor.js';
import { cursorAfter, parseCursor } from './place-cursor.js';

/** How many are looked at for one page: where few match, a page ends early, and the next one goes on. */
const LOOKED_AT = 400;

export interface Page<T> {
  readonly preface: Preface;
  readonly point: Point;
  readonly shown: readonly T[];
  /** Null: there is no more. */
  readonly next: string | null;
}

/** @param list everything after a place, or from the start @throws ReadRefused */
export function pageOf<T>(
  rows: Rows,
  read: ReadPoint & Paged & { readonly crisis: string },
  list: (point: Point, after: Order | undefined) => Iterable<Candidate<T>>,
): Page<T> {
  const cursor = read.cursor === undefined ? undefined : parseCursor(read.cursor);
  const point = pointOf(rows, read.crisis, pagePoint(read, cursor?.point));
  const shown: T[] = [];
  const end = (after: Order | undefined): Page<T> => ({
    preface: prefaceOf(point),
    point,
    shown,
    next: after === undefined ? null : cursorAfter(after, point),
  });
  let lookedAt = 0;
  let last: Order | undefined;
  for (const candidate of list(point, cursor?.after)) {
    if (candidate.shown !== undefined && shown.length === read.limit) return end(last);
    if (lookedAt === LOOKED_AT) return end(last);
    lookedAt++;
    if (candidate.shown !== undefined) shown.push(candidate.shown);
    // Once the page is full, those that do not match are passed by on the next one again.
    if (candidate.shown !== undefined || shown.length < read.limit) last = candidate.order;
  }
  return end(undefined);
}
