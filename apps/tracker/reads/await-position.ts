// Reading one's own writes: a read that names a position waits until the read side includes it.
import type { Position } from '#event-store/port.js';
import type { ReadSide } from '#projections/read-side.js';
import { Problem } from '../problem.js';

/** How long a read waits for the position that it names. */
export const WAIT_LIMIT_MS = 5000;
/** What is parked waits for somebody to look at it, s. */
const RETRY_PARKED = 60;

/**
 * @param stream the one stream that is read, if it is one: what of it is parked is not included, however long one waits
 * @throws Problem 503 `not-caught-up` or `stream-parked`, rather than to let something stale be read
 */
export async function awaitPosition(
  readSide: Pick<ReadSide, 'progress' | 'reached'>,
  minPosition: Position | undefined,
  stream?: string,
): Promise<void> {
  if (minPosition === undefined) return;
  if (!(await readSide.reached(minPosition, WAIT_LIMIT_MS))) throw notCaughtUp(readSide, minPosition);
  const parked = readSide.progress.parkedStreams?.find((each) => each.stream === stream);
  if (parked !== undefined && parked.position <= minPosition) {
    const detail = `From position ${parked.position} on, the events of ${stream} cannot be applied; /projections/parked tells why`;
    throw new Problem(503, 'stream-parked', detail, [], RETRY_PARKED);
  }
}

function notCaughtUp({ progress: { position, interrupted } }: Pick<ReadSide, 'progress'>, minPosition: Position): Problem {
  const why = interrupted === undefined ? '' : ` The log cannot be followed at the moment: ${interrupted}.`;
  return new Problem(503, 'not-caught-up', `What is read includes position ${position}, not yet ${minPosition}.${why} Try again.`, [], 1);
}
