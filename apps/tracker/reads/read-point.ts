// Where a read stands: the parameters that all reads take, and the position that a caller wants to be included.
import type { FastifyRequest } from 'fastify';
import { formatMoment } from '#crisis/time.js';
import type { Position } from '#event-store/port.js';
import { permalinkTo } from '#projections/citation.js';
import type { ReadPoint } from '#projections/read-side.js';
import { PROJECTION_VERSION } from '#projections/version.js';
import { Problem } from '../problem.js';
import {
  integer,
  InvalidParameter,
  many,
  moment,
  one,
  oneOf,
  position,
  readQuery,
  refuseInvalid,
  slug,
  storeId,
  type Parameters,
  type RawQuery,
  type ValuesOf,
} from './query.js';

export const MIN_POSITION = {
  minPosition: one(
    'Wait until this position is included, or answer 503. Also as the header Parley-Min-Position or Parley-Position.',
    '57',
    position,
  ),
};

/** Where a read stands that is no answer to be cited. */
export const POINT = {
  asOf: one('What had happened by then. A bare date includes the date, in UTC. Default: now.', '2022-01-21', moment),
  knownAt: one('What had been recorded by then. Default: all that is recorded.', '2022-01-21T18:00:00Z', moment),
  position: one('Pins the answer to what the log held up to this position.', '57', position),
  excludeSource: many('Leave out what these sources reported, or what was reported by quoting them.', 'tass', slug),
  minReliability: one('Only reports of sources of this grade (Admiralty system) or better.', 'C', oneOf(['A', 'B', 'C', 'D', 'E'])),
  ...MIN_POSITION,
};

export const READ_POINT = {
  ...POINT,
  projection: one(
    'Only in permalinks: the version of the projection that was cited. It needs `asOf`, `knownAt`, `position` and `log`. 410 once that version is gone.',
    String(PROJECTION_VERSION),
    integer(1, 999_999_999),
  ),
  log: one('Only in permalinks: the log that was cited. 410 where another one is read.', 'f0250fb93e708318', storeId),
};

/** Until a replica of an earlier release is likely to be replaced, s. */
const RETRY_AHEAD = 60;

export interface ReadRequest<P extends Parameters> {
  readonly point: ReadPoint;
  readonly minPosition: Position | undefined;
  /** The call's own parameters. */
  readonly own: ValuesOf<P>;
}

/** Reads where a read stands, and the call's own parameters. @throws Problem 400, or 410 for the permalink of a version that is gone */
export function readRequest<P extends Parameters>(
  request: Pick<FastifyRequest, 'query' | 'headers' | 'url'>,
  own: P,
  parameters: typeof READ_POINT | typeof POINT = READ_POINT,
  now = Date.now(),
): ReadRequest<P> {
  const values = readQuery(request.query as RawQuery, { ...own, ...parameters });
  const { asOf, knownAt, position: pinned, projection, log, excludeSource, minReliability } = values as ValuesOf<typeof READ_POINT>;
  const minPosition = minPositionOf(request);
  const address = addressOf(request);
  const point = { asOf, knownAt, position: pinned, projection, log, excludeSource, minReliability, address, now };
  if (projection !== undefined || log !== undefined) checkCited(point);
  return { point, minPosition, own: values };
}

/** What an address says besides its point: the path and all other parameters, in one order, ready for the point's to follow. */
function addressOf({ url, query }: Pick<FastifyRequest, 'query' | 'url'>): string {
  const others = Object.entries(query as RawQuery)
    .filter(([name]) => !IN_PERMALINK.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${[value].flat().map(escaped).join(',')}&`);
  return `${url.split('?', 1)[0]}?${others.join('')}`;
}

/** As an address may have it (RFC 3986, 3.4): a moment and a list stay readable. */
function escaped(text: string | undefined): string {
  return encodeURIComponent(text ?? '')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',');
}

/** What the permalink says itself, and what it has no need of. */
const IN_PERMALINK: ReadonlySet<string> = new Set(['asOf', 'knownAt', 'position', 'projection', 'log', 'minPosition']);

/** @throws Problem */
function checkCited({ asOf, knownAt, position: pinned, projection, log, address }: ReadPoint): void {
  if (asOf === undefined || knownAt === undefined || pinned === undefined || log === undefined || projection === undefined) {
    const parameter = projection === undefined ? 'log' : 'projection';
    return refuseInvalid([
      { parameter, detail: 'is of permalinks: it needs `asOf`, `knownAt`, `position`, `projection` and `log` together' },
    ]);
  }
  if (projection > PROJECTION_VERSION) {
    const detail = `The link is of projection version ${projection}; this replica answers with version ${PROJECTION_VERSION}`;
    throw new Problem(503, 'projection-ahead', detail, [], RETRY_AHEAD);
  }
  if (projection < PROJECTION_VERSION) {
    const today = permalinkTo(address, { asOf, knownAt, position: pinned }, log);
    const detail = `Projection version ${projection} is gone; what version ${PROJECTION_VERSION} says of the same point is at \`today\``;
    throw new Problem(410, 'projection-gone', detail, [], undefined, today);
  }
}

/** A log of which nothing is known here: the same moments of the one that is read are the nearest thing. @throws Problem 410 `log-gone` */
export function refuseOtherLog({ log, asOf, knownAt, address }: ReadPoint, store: string): void {
  if (log === undefined || log === store) return;
  const today = `${address}asOf=${formatMoment(asOf!)}&knownAt=${formatMoment(knownAt!)}`;
  throw new Problem(410, 'log-gone', `What was cited is of the log ${log}; here it is ${store}`, [], undefined, today);
}

/** The highest position that query and headers ask for. @throws Problem 400 */
export function minPositionOf({ query, headers }: Pick<FastifyRequest, 'query' | 'headers'>): Position | undefined {
  const asked = readQuery({ minPosition: (query as RawQuery)['minPosition'] }, MIN_POSITION).minPosition;
  return ['Parley-Min-Position', 'Parley-Position'].reduce<Position | undefined>((highest, header) => {
    const given = positionIn(header, headers[header.toLowerCase()]);
    return given !== undefined && (highest === undefined || given > highest) ? given : highest;
  }, asked);
}

function positionIn(header: string, value: string | string[] | undefined): Position | undefined {
  if (value === undefined) return undefined;
  try {
    return position(String(value).trim());
  } catch (error) {
    if (error instanceof InvalidParameter) refuseInvalid([{ parameter: header, detail: error.message }]);
    throw error;
  }
}
