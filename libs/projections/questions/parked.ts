// The events that could not be applied, with the later ones of their streams.
import { formatMoment } from '#crisis/time.js';
import type { Rows } from '../rows.js';
import { FOREVER } from '../tables/validity.js';

/** A thousand of them say as much as more would. */
const LISTED = 1_000;

export function answerParked(rows: Rows): object {
  const parked = rows.parked.all(LISTED).map(({ position, stream, revision, type, recorded, reason, first }) => ({
    position: String(position),
    stream,
    revision: String(revision),
    type,
    recordedAt: recorded === null || recorded <= -FOREVER ? null : formatMoment(recorded),
    reason,
    first,
  }));
  return { position: String(rows.checkpoint.read().position), count: rows.parked.count(), parked };
}
