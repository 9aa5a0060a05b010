// The state of the negotiation tracks.
import { pointOf, prefaceOf } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import { trackNamed, tracksAt, trackStateAt } from '../track-read.js';

export function answerTracks(rows: Rows, read: Questions['tracks']): object {
  const point = pointOf(rows, read.crisis, read);
  return { ...prefaceOf(point), tracks: tracksAt(rows, point).map((name) => trackStateAt(rows, point, name)) };
}

export function answerTrack(rows: Rows, read: Questions['track']): object {
  const point = pointOf(rows, read.crisis, read);
  trackNamed(rows, point.crisis, read.track);
  return { ...prefaceOf(point), track: trackStateAt(rows, point, read.track) };
}
