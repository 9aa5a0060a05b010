// What live connections are told: a snapshot, then every change after it, once and in one order.
//
// Messages are in the order of true time: an event's when the clock said that it was recorded (an import's own record times do
// not count here), what falls due at its moment. So who comes back is told the same as who stayed: everything in a message
// follows from the log and the event's place in it, and nothing from when it is asked for.
import { dueMoments, dueNames } from '../dues.js';
import { formatMoment } from '#crisis/time.js';
import { isRecordType, type RecordType } from '#crisis/vocabulary/types.js';
import { developmentView } from '../development-view.js';
import { markOf } from '../parked-mark.js';
import { crisisNamed, pointAt, pointOf, prefaceOf, type Point } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { CrisisRow } from '../tables/crises.js';
import type { EventRow } from '../tables/events.js';
import type { ParkedStream } from '../tables/parked.js';
import { FOREVER } from '../tables/validity.js';
import { tracksAt, trackStateAt } from '../track-read.js';
import { latestViews } from './timeline.js';

/** How long after its moment it is told what fell due, ms: an event that was recorded just before it may still be on its way. */
const GRACE_MS = 250;
const SNAPSHOT_TIMELINE = 50;
const EVENTS_AT_ONCE = 200;

const RECORD_MESSAGES: Readonly<Record<RecordType, string>> = {
  DevelopmentCorrected: 'correction',
  DevelopmentRetracted: 'retraction',
  DevelopmentReinstated: 'reinstatement',
  ReportAdded: 'report',
  ReportWithdrawn: 'report',
};

export function answerSnapshot(rows: Rows, { crisis, projections, now }: Questions['snapshot']): object {
  const point = pointOf(rows, crisis, { now });
  const parked = parkedIn(rows, point.crisis);
  return {
    ...prefaceOf(point),
    parked: parked.length === 0 ? undefined : parked,
    tracks: projections.includes('tracks') ? tracksAt(rows, point).map((name) => trackStateAt(rows, point, name)) : undefined,
    developments: projections.includes('timeline') ? latestViews(rows, point, SNAPSHOT_TIMELINE) : undefined,
  };
}

/** The streams of a crisis of which later events are missing, each with the position from which on they are. */
function parkedIn(rows: Rows, { id, firstParked }: CrisisRow): readonly ParkedStream[] {
  return firstParked === null ? [] : rows.parked.streamsOfCrisis(id);
}

/** A message's place is its event's position and its number there; what falls due has a moment instead of a number. */
export interface LiveMessage {
  readonly event: string;
  readonly position: string;
  readonly number?: number;
  /** ms */
  readonly moment?: number;
  /** {@link markOf} what was parked when it was told. */
  readonly parked?: string;
  readonly data: object;
}

export function answerLivePage(rows: Rows, { crisis, after, limit, now }: Questions['livePage']): object {
  const row = crisisNamed(rows, crisis);
  const parked = parkedIn(rows, row);
  const start = startOf(rows, after);
  const applied = rows.checkpoint.read().position;
  // What was parked when it was told has been released: it stands before the cursor now, and was not told.
  if (markOf(parked, start.position) !== after.parked) return resync(applied, markOf(parked, applied), now);
  const told = messagesAfter(rows, row, start, now - GRACE_MS);
  const messages: LiveMessage[] = [];
  let last: Place = start;
  let next = told.next();
  for (; !next.done && messages.length < limit; next = told.next()) {
    const { message, place } = next.value;
    messages.push(parked.length === 0 ? message : { ...message, parked: markOf(parked, Number(message.position)) });
    last = place;
  }
  const more = next.done !== true;
  const level = { position: applied, moment: Math.max(last.moment, now - GRACE_MS) };
  const { position, number, moment } = more ? last : { ...level, number: undefined };
  return { messages, cursor: { position: String(position), number, moment, parked: markOf(parked, position) }, more };
}

function resync(position: number, parked: string | undefined, moment: number): object {
  const at = { position: String(position), parked };
  const reason = 'Events that could not be applied have been released, and change what was told before';
  return { messages: [{ ...at, event: 'resync', data: { reason } }], cursor: { ...at, moment }, more: false };
}

/** From when on {@link answerLivePage} tells what falls due next. */
export function answerNextDue(rows: Rows, { crisis, after }: Questions['nextDue']): object {
  const row = crisisNamed(rows, crisis);
  const next = dueMoments(rows, { crisis: row, known: FOREVER - 1 }, after, FOREVER).next();
  return { nextDue: next.done ? null : next.value.at + GRACE_MS };
}

/** Where somebody stands who has been told: the events up to a position (of its own, the messages up to a number), and what fell due up to a moment. */
interface Place {
  readonly position: number;
  readonly number: number | undefined;
  /** ms */
  readonly moment: number;
}

function startOf(rows: Rows, { position, number, moment }: Questions['livePage']['after']): Place {
  const at = position > BigInt(FOREVER) ? FOREVER : Number(position);
  return { position: at, number, moment: moment ?? rows.events.lastOfAll(at)?.trueTime ?? -FOREVER };
}

/** Everything after a place, each message with the place of whoever has been told it. @param dueUpTo ms */
function* messagesAfter(rows: Rows, crisis: CrisisRow, start: Place, dueUpTo: number): Generator<{ message: LiveMessage; place: Place }> {
  const applied = rows.checkpoint.read().position;
  let place = start;
  if (start.number !== undefined) {
    const event = rows.events.at(start.position);
    if (event !== undefined && event.crisis === crisis.id) {
      for (const message of eventMessages(rows, crisis, event)) {
        if (message.number <= start.number) continue;
        place = { ...place, number: message.number };
        yield { message, place };
      }
    }
  }
  for (const event of eventsAfter(rows, crisis, start.position, applied)) {
    for (const message of dueMessages(rows, crisis, place.moment, event.trueTime, event.position - 1)) {
      place = { ...place, moment: message.moment! };
      yield { message, place };
    }
    place = { ...place, moment: Math.max(place.moment, event.trueTime) };
    for (const message of eventMessages(rows, crisis, event)) {
      place = { ...place, position: event.position, number: message.number };
      yield { message, place };
    }
  }
  for (const message of dueMessages(rows, crisis, place.moment, dueUpTo, applied)) {
    place = { ...place, moment: message.moment! };
    yield { message, place };
  }
}

function* eventsAfter(rows: Rows, crisis: CrisisRow, after: number, upTo: number): Generator<EventRow> {
  for (let edge = after; ;) {
    const events = rows.events.ofCrisis(crisis.id, edge, upTo, EVENTS_AT_ONCE);
    yield* events;
    if (events.length < EVENTS_AT_ONCE) return;
    edge = events.at(-1)!.position;
  }
}

/** What an event is told as: the development first, if it is about one, then the state of its track. */
export function* eventMessages(rows: Rows, crisis: CrisisRow, event: EventRow): Generator<LiveMessage & { number: number }> {
  if (event.track === null) return;
  const position = String(event.position);
  const at = formatMoment(event.recorded);
  const point = pointAfter(rows, crisis, event, event.trueTime);
  const name = rows.crises.trackById(event.track).name;
  let number = 0;
  if (event.development !== null) {
    const development = developmentView(rows, point, rows.developments.at(event.development, event.position)!);
    yield isRecordType(event.type)
      ? {
          event: RECORD_MESSAGES[event.type],
          position,
          number,
          data: { position, at, event: JSON.parse(event.data!) as unknown, development },
        }
      : { event: 'development', position, number, data: { position, at, development } };
    number++;
  }
  const { settledUntil: _, ...preface } = prefaceOf(point);
  yield { event: 'track', position, number, data: { ...preface, track: trackStateAt(rows, point, name) } };
}

function* dueMessages(rows: Rows, crisis: CrisisRow, after: number, upTo: number, position: number): Generator<LiveMessage> {
  const last = rows.events.lastOfCrisis(crisis.id, position);
  if (last === undefined) return;
  for (const { at, moments } of dueMoments(rows, { crisis, known: last.position }, after, upTo)) {
    const point = pointAfter(rows, crisis, last, at);
    const tracks = [...new Set(moments.map(({ track }) => track))].map((id) => rows.crises.trackById(id).name);
    yield {
      event: 'due',
      position: String(last.position),
      moment: at,
      data: {
        position: String(last.position),
        at: formatMoment(at),
        due: dueNames(rows, moments),
        tracks: tracks.map((name) => trackStateAt(rows, point, name)),
      },
    };
  }
}

/** All that was known once an event was, whatever record times an archive gave. */
function pointAfter(rows: Rows, crisis: CrisisRow, { position, recorded, trueTime }: EventRow, asOf: number): Point {
  return pointAt(rows, { crisis, counting: {} }, asOf, Math.max(recorded, trueTime), position);
}
