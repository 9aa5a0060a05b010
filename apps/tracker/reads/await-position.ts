// Reading one's own writes: a read that names a position waits until the read side includes it.
import type { Position } from '#event-store/port.js';
import type { ReadSide } from '#projections/read-side.js';
import { Problem } from '../problem.js';

/** How long a read waits for the position that it names. */
export const WAIT_LIMIT_MS = 5000;

/** @throws Problem 503 `not-caught-up` rather than to let something stale be read */
export async function awaitPosition(readSide: ReadSide, minPosition: Position | undefined, limitMs = WAIT_LIMIT_MS): Promise<void> {
  if (minPosition === undefined || readSide.progress.position >= minPosition) return;
  if (await readSide.reached(minPosition, limitMs)) return;
  const { position, interrupted } = readSide.progress;
  const why = interrupted === undefined ? '' : ` The log cannot be followed at the moment: ${interrupted}.`;
  throw new Problem(503, 'not-caught-up', `What is read includes position ${position}, not yet ${minPosition}.${why} Try again.`, [], 1);
}
