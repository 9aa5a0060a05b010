// The timeline: developments in order of occurrence, page by page.
import { actorsIn, issuesIn } from '#crisis/references.js';
import { compareOrder, type Order } from '#crisis/order.js';
import { isVisible, reportsWith, verificationOf, type Standing } from '#crisis/standing.js';
import { developmentView } from '../development-view.js';
import { pointOf, prefaceOf, refused, type Point } from '../point.js';
import type { Questions, ReadPoint, TimelineFilter } from '../read-side.js';
import type { Rows } from '../rows.js';
import { FIRST_OF_ALL, LAST_OF_ALL, type ScopeKind } from '../tables/listings.js';
import type { Version } from '../tables/developments.js';
import { FOREVER } from '../tables/validity.js';

export function answerTimeline(rows: Rows, read: Questions['timeline']): object {
  const cursor = read.cursor === undefined ? undefined : parseCursor(read.cursor);
  // The pages of one listing are of one moment: the first page's.
  const point = pointOf(rows, read.crisis, cursor === undefined ? read : { ...read, ...cursor.point });
  const page: Version[] = [];
  for (const found of developmentsIn(rows, point, read, cursor?.after)) {
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
export function latestViews(rows: Rows, point: Point, limit: number): object[] {
  const views: object[] = [];
  for (const version of developmentsIn(rows, point, { filter: {}, order: 'newest' })) {
    views.push(developmentView(rows, point, version));
    if (views.length === limit) break;
  }
  return views;
}

function* developmentsIn(
  rows: Rows,
  point: Point,
  { filter, order }: Pick<Questions['timeline'], 'filter' | 'order'>,
  after?: Order,
): Generator<Version> {
  const { crisis, known } = point;
  // Nothing that is known lies later: what was recorded since is not walked over.
  const latest = rows.events.lastCountedOfCrisis(crisis.id, known)?.latestInCrisis ?? -FOREVER;
  const last = Math.min(filter.to ?? FOREVER, point.asOf, latest);
  const first = filter.from ?? -FOREVER;
  const words = filter.q === undefined ? undefined : rows.text.matching(filter.q);
  const showsRetracted = filter.verification?.includes('retracted') === true;
  const [kind, names] = scopeOf(filter);
  for (const place of rows.listings.inOrder(crisis.id, kind, names, order, after ?? edgeOf(order, first, last), known)) {
    if (place.earliest < first || place.earliest > last) {
      if (order === 'newest' ? place.earliest < first : place.earliest > last) return;
      continue;
    }
    const id = rows.developments.versionAt(Number(place.position), known);
    if (words !== undefined && !words.has(id)) continue;
    const version = rows.developments.version(id);
    if (compareOrder(version.standing.order, place) === 0 && matches(version.standing, filter, point, showsRetracted)) yield version;
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

function matches(standing: Standing, filter: TimelineFilter, point: Point, showsRetracted: boolean): boolean {
  const { content, resolved } = standing;
  if (!showsRetracted && !isVisible(standing, point.filter)) return false;
  if (point.filter !== undefined && !isVisible({ ...standing, retracted: false }, point.filter)) return false;
  if (filter.verification !== undefined && !filter.verification.includes(verificationOf(standing, point.filter))) return false;
  if (filter.type !== undefined && !filter.type.includes(content.type)) return false;
  if (filter.track !== undefined && ![content.track, ...(content.alsoOn ?? [])].some((track) => filter.track!.includes(track)))
    return false;
  if (filter.actor !== undefined && ![...actorsIn(content), resolved.onBehalfOf].some((actor) => filter.actor!.includes(actor!)))
    return false;
  if (filter.issue !== undefined && !issuesIn(content).some((issue) => filter.issue!.includes(issue))) return false;
  const sources = reportsWith(standing, point.filter).flatMap(({ report }) => [report.source, report.origin]);
  return filter.source === undefined || sources.some((source) => filter.source!.includes(source!));
}

function edgeOf(order: 'newest' | 'oldest', first: number, last: number): Order {
  return order === 'oldest' ? { ...FIRST_OF_ALL, earliest: first } : { ...LAST_OF_ALL, earliest: last };
}

interface Cursor {
  readonly after: Order;
  readonly point: Required<Pick<ReadPoint, 'asOf' | 'knownAt' | 'position'>>;
}

function cursorAfter({ earliest, latest, sequence, position }: Order, point: Point): string {
  const parts = [earliest, latest, sequence, Number(position), point.asOf, point.knownAt, point.position];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws ReadRefused `invalid-cursor` */
function parseCursor(text: string): Cursor {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    parts = undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 7 || !parts.every((part) => Number.isSafeInteger(part))) {
    throw refused('invalid', 'invalid-cursor', 'The cursor is none that this service gave; start again without it');
  }
  const [earliest, latest, sequence, position, asOf, knownAt, pinned] = parts as [number, number, number, number, number, number, number];
  return { after: { earliest, latest, sequence, position: BigInt(position) }, point: { asOf, knownAt, position: BigInt(pinned) } };
}
