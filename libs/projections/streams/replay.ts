// A replay: the history as frames, each with the states that it changed.
import { formatMoment } from '#crisis/time.js';
import { pointOf } from '../point.js';
import type { Streams } from '../read-side.js';
import type { Rows } from '../rows.js';
import { trackStateAt, tracksAt } from '../track-read.js';
import { byOccurrence } from './by-occurrence.js';
import { byRecord } from './by-record.js';
import type { Frame } from './frames.js';
import { stateText } from './state-text.js';

/** Frames as lines. What is yielded empty is a place to pause at: a replay may be long. */
export function* replay(rows: Rows, read: Streams['replay']): Generator<string> {
  const today = pointOf(rows, read.crisis, { ...read, asOf: read.until, knownAt: read.by === 'recorded' ? read.until : read.knownAt });
  // Whatever is recorded while it runs belongs to the next one.
  const point = { ...today, pinned: true };
  let number = 0;
  for (const frame of read.by === 'recorded' ? byRecord(rows, point, read.from) : byOccurrence(rows, point, read.from)) {
    if (frame === undefined) yield '';
    else yield line(number++, frame);
  }
  const tracks = tracksAt(rows, point).map((name) => trackStateAt(rows, point, name));
  yield line(number, { at: point.asOf, position: point.position, tracks });
}

function line(frame: number, { at, position, event, development, due, tracks }: Frame): string {
  const shown = { frame, position: String(position), at: formatMoment(at), development: development ?? null, event: event ?? null, due };
  return `${JSON.stringify(shown).slice(0, -1)},"tracks":[${tracks.map(stateText).join()}]}\n`;
}
