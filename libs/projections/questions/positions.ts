// Where the parties stand: party by issue, over all tracks of a crisis.
import { positionsAt, type Position } from '#crisis/positions.js';
import { backingAt } from '../backing.js';
import { crisisSlotsAt } from '../crisis-read.js';
import { pointOf, prefaceOf } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';

export function answerPositions(rows: Rows, read: Questions['positions']): object {
  const point = pointOf(rows, read.crisis, read);
  const backingOf = backingAt(rows, point);
  const withBacking = (position: Position): object => {
    const { track, development, attributed, history } = position;
    return {
      ...position,
      ...backingOf(track, development),
      attributed: attributed && { ...attributed, ...backingOf(attributed.track, attributed.development) },
      history: history.map((setting) => ({ ...setting, ...backingOf(setting.track, setting.development) })),
    };
  };
  const positions = positionsAt(crisisSlotsAt(rows, point, read.track), point.asOf, read);
  return { ...prefaceOf(point), positions: positions.map(withBacking) };
}
