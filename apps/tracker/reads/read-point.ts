// Where a read stands: the parameters that all reads take, and the position that a caller wants to be included.
import type { FastifyRequest } from 'fastify';
import type { Position } from '#event-store/port.js';
import type { ReadPoint } from '#projections/read-side.js';
import {
  InvalidParameter,
  many,
  moment,
  one,
  oneOf,
  position,
  readQuery,
  refuseInvalid,
  slug,
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

export const READ_POINT = {
  asOf: one('What had happened by then. A bare date includes the date, in UTC. Default: now.', '2022-01-21', moment),
  knownAt: one('What had been recorded by then. Default: all that is recorded.', '2022-01-21T18:00:00Z', moment),
  position: one('Pins the answer to what the log held up to this position.', '57', position),
  excludeSource: many('Leave out what these sources reported, or what was reported by quoting them.', 'tass', slug),
  minReliability: one('Only reports of sources of this grade (Admiralty system) or better.', 'C', oneOf(['A', 'B', 'C', 'D', 'E'])),
  ...MIN_POSITION,
};

export interface ReadRequest<P extends Parameters> {
  readonly point: ReadPoint;
  readonly minPosition: Position | undefined;
  /** The call's own parameters. */
  readonly own: ValuesOf<P>;
}

/** Reads where a read stands, and the call's own parameters. @throws Problem 400 */
export function readRequest<P extends Parameters>(
  request: Pick<FastifyRequest, 'query' | 'headers'>,
  own: P,
  now = Date.now(),
): ReadRequest<P> {
  const values = readQuery(request.query as RawQuery, { ...own, ...READ_POINT });
  const { asOf, knownAt, position: pinned, excludeSource, minReliability } = values as ValuesOf<typeof READ_POINT>;
  const minPosition = minPositionOf(request);
  return { point: { asOf, knownAt, position: pinned, excludeSource, minReliability, now }, minPosition, own: values };
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
