// What was parked when something was told, as a short text in a live id. It is another one once any of it has been released,
// on whatever replica and however often the read side was built anew since.
import { hash } from 'node:crypto';
import type { ParkedStream } from './tables/parked.js';

/** @param streams of one crisis, in order of position @returns undefined if nothing was parked up to the position */
export function markOf(streams: readonly ParkedStream[], upTo: number): string | undefined {
  const places = streams.map(({ position }) => position).filter((position) => Number(position) <= upTo);
  return places.length === 0 ? undefined : hash('sha256', places.join(','), 'hex').slice(0, 8);
}
