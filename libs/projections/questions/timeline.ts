// The timeline: developments in order of occurrence, page by page.
import { compareOrder, type Order } from '#crisis/order.js';
import { developmentView } from '../development-view.js';
import { pointOf, prefaceOf, type Point } from '../point.js';
import type { Questions, TimelineFilter } from '../read-side.js';
import type { Rows } from '../rows.js';
import { FIRST_OF_ALL, LAST_OF_ALL, type ScopeKind } from '../tables/listings.js';
import type { Version } from '../tables/developments.js';
import { FOREVER } from '../tables/validity.js';
import { pagePoint } from './cursor.js';
import { cursorAfter, parseCursor } from './place-cursor.js';
import { answerSearch } from './search.js';
import { matches } from './timeline-filter.js';

export function answerTimeline(rows: Rows, read: Questions['timeline']): object {
  if (read.filter.q !== undefined) return answerSearch(rows, read, read.filter.q);
  const cursor = read.cursor === undefined ? undefined : parseCursor(read.cursor);
  const point = pointOf(rows, read.crisis, pagePoint(read, cursor?.point));
  const page: Version[] = [];
  for (const found of developmentsIn(
    rows,
    point,
    { filter: read.filter, order: read.order === 'oldest' ? 'oldest' : 'newest' },
    cursor?.after,
  )) {
    page.push(found);
    if (page.length > read.limit) break;
  }
  const more = page.length > read.limit;
  if (more) page.pop();
  return {
    ...prefaceOf(point),
    developments: page.map((version) => developmentView(rows, point, version)),
    next: more ? cursorAfter(page.at(-1)!.standing.order, point) : null,
  };
}

/** The first of a timeline, as a live connection starts with. */
export function latestViews(rows: Rows, point: Point, limit: number, filter: TimelineFilter): object[] {
  const views: object[] = [];
  for (const version of developmentsIn(rows, point, { filter, order: 'newest' })) {
    views.push(developmentView(rows, point, version));
    if (views.length === limit) break;
  }
  return views;
}

/** What is visible then and matches, one by one. */
export function* developmentsIn(
  rows: Rows,
  point: Point,
  { filter, order }: { readonly filter: TimelineFilter; readonly order: 'newest' | 'oldest' },
  after?: Order,
): Generator<Version> {
  const { crisis, known } = point;
  // Nothing that is known lies later: what was recorded since is not walked over.
  const latest = rows.events.lastCountedOfCrisis(crisis.id, known)?.latestInCrisis ?? -FOREVER;
  const last = Math.min(filter.to ?? FOREVER, point.asOf, latest);
  const first = filter.from ?? -FOREVER;
  const [kind, names] = scopeOf(filter);
  for (const place of rows.listings.inOrder(crisis.id, kind, names, order, after ?? edgeOf(order, first, last), known)) {
    if (place.earliest < first || place.earliest > last) {
      if (order === 'newest' ? place.earliest < first : place.earliest > last) return;
      continue;
    }
    const version = rows.developments.at(Number(place.position), known)!;
    if (compareOrder(version.standing.order, place) === 0 && matches(version.standing, filter, point)) yield version;
  }
}

/** The one filter that says which rows are walked over; the others are held against each development. */
function scopeOf(filter: TimelineFilter): [ScopeKind, readonly string[]] {
  if (filter.actor !== undefined) return ['actor', filter.actor];
  if (filter.issue !== undefined) return ['issue', filter.issue];
  if (filter.source !== undefined) return ['source', filter.source];
  if (filter.track !== undefined) return ['track', filter.track];
  if (filter.type !== undefined) return ['type', filter.type];
  return ['crisis', ['']];
}

function edgeOf(order: 'newest' | 'oldest', first: number, last: number): Order {
  return order === 'oldest' ? { ...FIRST_OF_ALL, earliest: first } : { ...LAST_OF_ALL, earliest: last };
}
