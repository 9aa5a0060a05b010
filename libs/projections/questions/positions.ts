// Where the parties stand: party by issue, over all tracks of a crisis.
import { positionsAt } from '#crisis/positions.js';
import { crisisSlotsAt } from '../crisis-read.js';
import { pointOf, prefaceOf } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';

export function answerPositions(rows: Rows, read: Questions['positions']): object {
  const point = pointOf(rows, read.crisis, read);
  return { ...prefaceOf(point), positions: positionsAt(crisisSlotsAt(rows, point, read.track), point.asOf, read) };
}
