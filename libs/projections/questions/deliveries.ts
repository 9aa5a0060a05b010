// What webhooks are told: of each event that is about a development, what live connections are told of it, in the log's order.
import { parseStream } from '#crisis/event.js';
import { eventId } from '#crisis/identifiers.js';
import { passes, subjectOfDevelopment } from '../live-filter.js';
import { crisisNamed } from '../point.js';
import type { DeliveryFilter, DeliveryMessage, DeliveryPage, Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { CrisisRow, TrackRow } from '../tables/crises.js';
import type { EventRow } from '../tables/events.js';
import { FOREVER } from '../tables/validity.js';
import { developmentMessage, versionsAround, type VersionsAround } from './live.js';

/** How many events are looked through for one answer: others wait for theirs. */
const EVENTS_AT_ONCE = 500;

/** @throws ReadRefused `unknown-crisis` */
export function answerDeliveries(rows: Rows, { crisis, ofTrack, filter, after, limit }: Questions['deliveries']): DeliveryPage {
  const scope = crisis === undefined ? undefined : crisisNamed(rows, crisis);
  const track = scope === undefined || ofTrack === undefined ? undefined : rows.crises.track(scope, ofTrack);
  const start = after > BigInt(FOREVER) ? FOREVER : Number(after);
  const applied = rows.checkpoint.read().position;
  // A track of which no event is applied yet has no row, and nothing to tell.
  const events = ofTrack !== undefined && track === undefined ? [] : eventsAfter(rows, scope, track, start, applied);
  const crises = new Map(rows.crises.crises().map((row) => [row.id, row]));
  const messages: DeliveryMessage[] = [];
  let cursor = start;
  for (const event of events) {
    if (messages.length === limit) break;
    cursor = event.position;
    const message = messageOf(rows, crises.get(event.crisis)!, event, filter);
    if (message !== undefined) messages.push(message);
  }
  const more = cursor < (events.at(-1)?.position ?? 0) || events.length === EVENTS_AT_ONCE;
  if (!more) cursor = Math.max(start, applied);
  return { messages, cursor: String(cursor), more, parked: parkedUpTo(rows, scope, cursor) };
}

function eventsAfter(rows: Rows, crisis: CrisisRow | undefined, track: TrackRow | undefined, after: number, upTo: number): EventRow[] {
  if (track !== undefined) return rows.events.ofTrack(track.id, after, upTo, EVENTS_AT_ONCE);
  return crisis === undefined
    ? rows.events.ofAll(after, upTo, EVENTS_AT_ONCE)
    : rows.events.ofCrisis(crisis.id, after, upTo, EVENTS_AT_ONCE);
}

function messageOf(rows: Rows, crisis: CrisisRow, event: EventRow, filter: DeliveryFilter): DeliveryMessage | undefined {
  if (event.development === null) return undefined;
  const versions = versionsAround(rows, event.position, event.development);
  const { standing } = versions.now;
  if (!isWanted(versions, filter)) return undefined;
  const { id, track } = standing.content;
  const own = event.data === null ? id : (JSON.parse(event.data) as { id: string }).id;
  return {
    position: String(event.position),
    crisis: crisis.name,
    track,
    development: id,
    event: eventId(crisis.name, track, own),
    type: event.type,
    occurred: standing.order.earliest,
    recorded: event.recorded,
    data: developmentMessage(rows, crisis, event, versions).data,
  };
}

/** Who was told of a development is also told that it is no longer what was asked for. */
function isWanted({ old, now }: VersionsAround, filter: DeliveryFilter): boolean {
  if (Object.keys(filter).length === 0) return true;
  return [now, old].some((version) => version !== undefined && passes([subjectOfDevelopment(version.standing)], filter));
}

function parkedUpTo(rows: Rows, crisis: CrisisRow | undefined, cursor: number): DeliveryPage['parked'] {
  const streams = crisis === undefined ? rows.parked.streams() : rows.parked.streamsOfCrisis(crisis.id);
  return streams.flatMap(({ stream, position }) => {
    const of = parseStream(stream);
    return of?.track === undefined || Number(position) > cursor ? [] : [{ crisis: of.crisis, track: of.track, position }];
  });
}
