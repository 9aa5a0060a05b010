// Where the parties stand: party by issue, over all tracks of a crisis.
import { positionsAt } from '#crisis/positions.js';
import { crisisSlotsAt } from '../crisis-read.js';
import { pointOf, prefaceOf } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';

/** How many of a cell's latest settings are listed where nobody has said a number. */
export const DEFAULT_HISTORY = 5;

export function answerPositions(rows: Rows, read: Questions['positions']): object {
  const point = pointOf(rows, read.crisis, read);
  return { ...prefaceOf(point), positions: positionsAt(crisisSlotsAt(rows, point, read.track), point.asOf, read) };
}
