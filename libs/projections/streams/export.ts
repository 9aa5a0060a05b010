// A crisis as the lines that an import takes, in the log's order and with effective record times: imported elsewhere, it gives the
// same answers.
import type { RegisterEvent } from '#crisis/event.js';
import { formatMoment } from '#crisis/time.js';
import type { RecordEvent } from '#crisis/vocabulary/types.js';
import { crisisNamed } from '../point.js';
import type { Streams } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { EventRow } from '../tables/events.js';

const EVENTS_AT_ONCE = 200;

export function* exportLines(rows: Rows, { crisis }: Streams['export']): Generator<string> {
  const { id } = crisisNamed(rows, crisis);
  const upTo = rows.checkpoint.read().position;
  for (let edge = 0; ;) {
    const events = rows.events.ofCrisis(id, edge, upTo, EVENTS_AT_ONCE);
    for (const event of events) yield `${JSON.stringify(importLine(rows, event))}\n`;
    if (events.length < EVENTS_AT_ONCE) return;
    edge = events.at(-1)!.position;
  }
}

function importLine(rows: Rows, { position, development, recorded, data }: EventRow): object {
  const recordedAt = formatMoment(recorded);
  if (data === null) {
    const { type, crisis, track, id, ...fields } = rows.developments.at(development!, position)!.standing.content;
    return { type, crisis, track, id, recordedAt, ...fields };
  }
  if (development === null) {
    const { type, crisis, track, id, entry, content } = JSON.parse(data) as RegisterEvent;
    return { type, crisis, track, id, entry, recordedAt, ...content };
  }
  const { type, crisis, track, id, ...fields } = JSON.parse(data) as RecordEvent;
  return { type, crisis, track, id, recordedAt, ...fields };
}
