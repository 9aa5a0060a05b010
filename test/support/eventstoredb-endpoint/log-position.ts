// Where events stand in `$all`. A server's positions are offsets in its log: in order, and hundreds apart.
import { START, type Position } from '#event-store/port.js';

const SPACING = 320n;
/** Less than the spacing, so that the order is kept. */
const SPREAD = 199n;

/** @param place in the embedded log: 1, 2, 3, ... */
export function logPosition(place: Position): bigint {
  return place === START ? 0n : place * SPACING + ((place * 7919n) % SPREAD);
}

/** The place in the embedded log, or undefined if no event stands at the position. */
export function placeOf(position: bigint): Position | undefined {
  const place = (position / SPACING) as Position;
  return logPosition(place) === position ? place : undefined;
}
