// What live connections are told after their snapshot: every change, once and in one order.
//
// Messages are in the order of true time: an event's when the clock said that it was recorded (an import's own record times do
// not count here), what falls due at its moment. So who comes back is told the same as who stayed: everything in a message
// follows from the log and the event's place in it, and nothing from when it is asked for, nor from what else is asked for: a
// message has the same number in its event whoever asks, and what nobody asks for is not looked for.
import { meetingAnnounced } from '#crisis/meetings.js';
import { HORIZON_DAYS } from '#crisis/tension.js';
import { dayOf, DAY_MS, formatDay, formatMoment } from '#crisis/time.js';
import { isRecordType, type RecordType } from '#crisis/vocabulary/types.js';
import { developmentView } from '../development-view.js';
import { dueMoments, dueNames, firstMoments, hasAhead, type Due } from '../dues.js';
import { subjectOfCommitment, subjectOfDevelopment, subjectOfMeeting, subjectOfTrack, type Subject } from '../live-filter.js';
import { markOf } from '../parked-mark.js';
import { crisisNamed, pointAt, prefaceOf, type Point, type Preface } from '../point.js';
import { LIVE_PROJECTIONS, type LiveCursor, type LiveProjection, type Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { CrisisRow } from '../tables/crises.js';
import type { DueRow } from '../tables/due-moments.js';
import type { EventRow } from '../tables/events.js';
import { FOREVER } from '../tables/validity.js';
import { slotsAt, trackStateAt } from '../track-read.js';
import { overviewAt } from './crises.js';
import {
  changedCommitments,
  changedMeetings,
  changedPositions,
  changedTension,
  commitmentNamed,
  type Changes,
  type EventAround,
} from './live-changes.js';
import { parkedIn } from './live-parked.js';
import { DEFAULT_DAYS, tensionOf } from './tension.js';

/** How long after its moment it is told what fell due, ms: an event that was recorded just before it may still be on its way. */
const GRACE_MS = 250;
const EVENTS_AT_ONCE = 200;
/** After so many events, a page ends whatever it has: where little is asked for, others are not kept waiting for it. */
const EVENTS_A_PAGE = 200;
/** For so long after a crisis's last event, its tension is another on each day: then nothing can count in it any more. */
const DAYS_TOLD_MS = (HORIZON_DAYS + 1) * DAY_MS;

const RECORD_MESSAGES: Readonly<Record<RecordType, string>> = {
  DevelopmentCorrected: 'correction',
  DevelopmentRetracted: 'retraction',
  DevelopmentReinstated: 'reinstatement',
  ReportAdded: 'report',
  ReportWithdrawn: 'report',
};

/** The number of a message in its event. The first is the event itself. */
const NUMBERS = { event: 0, track: 1, positions: 2, commitments: 3, meetings: 4, tension: 5 } as const;

/** A message's place is its event's position and its number there; what falls due has a moment instead of a number. */
export interface LiveMessage {
  readonly event: string;
  readonly position: string;
  readonly number?: number;
  /** ms */
  readonly moment?: number;
  /** Of all crises, what falls due at one moment has an order: that in which the crises were opened. This one's position. */
  readonly among?: number;
  /** {@link markOf} what was parked when it was told. */
  readonly parked?: string;
  /** To whom it is told who asked for one of these; undefined: to those who asked for what its event says. */
  readonly projections?: readonly LiveProjection[];
  readonly about: readonly Subject[];
  readonly data: object;
}

export function answerLivePage(rows: Rows, { crisis, projections, after, limit, now }: Questions['livePage']): object {
  const row = crisis === null ? null : crisisNamed(rows, crisis);
  const parked = parkedIn(rows, row);
  const start = startOf(rows, after);
  const applied = rows.checkpoint.read().position;
  // What was parked when it was told has been released: it stands before the cursor now, and was not told.
  if (markOf(parked, start.position) !== after.parked) return resync(applied, markOf(parked, applied), now);
  const teller = new Teller(rows, row, new Set(projections));
  const messages: LiveMessage[] = [];
  let events = 0;
  let last = start;
  const told = teller.after(start, now - GRACE_MS);
  let next = told.next();
  for (; !next.done && messages.length < limit && events < EVENTS_A_PAGE; next = told.next()) {
    const { message, place } = next.value;
    if (message === undefined) events++;
    else messages.push(parked.length === 0 ? message : { ...message, parked: markOf(parked, Number(message.position)) });
    last = place;
  }
  const more = next.done !== true;
  const end = more ? last : levelWith(last, applied, now - GRACE_MS);
  return { messages, cursor: { ...end, position: String(end.position), parked: markOf(parked, end.position) }, more };
}

function resync(position: number, parked: string | undefined, moment: number): object {
  const at = { position: String(position), parked };
  const reason = 'Events that could not be applied have been released, and change what was told before';
  return { messages: [{ ...at, event: 'resync', about: [{}], data: { reason } }], cursor: { ...at, moment }, more: false };
}

/** From when on {@link answerLivePage} may tell what falls due next. Of all crises, that is looked for without judging whether it does. */
export function answerNextDue(rows: Rows, { crisis, after }: Questions['nextDue']): object {
  const next =
    crisis === null
      ? Math.min(dayAfter(after), ...firstMoments(rows, after, FOREVER - 1).values())
      : firstDue(rows, crisisNamed(rows, crisis), after);
  return { nextDue: next === Infinity ? null : next + GRACE_MS };
}

function firstDue(rows: Rows, crisis: CrisisRow, after: number): number {
  const last = rows.events.lastOfCrisis(crisis.id, FOREVER - 1);
  const next = last && duesAfter(rows, crisis, last, { after, upTo: FOREVER, tellsDays: true }).next();
  return next === undefined || next.done ? Infinity : next.value.at;
}

/** When the next day (UTC) begins, ms. */
function dayAfter(moment: number): number {
  return (dayOf(moment) + 1) * DAY_MS;
}

/** Where somebody stands who has been told: the events up to a position (of its own, the messages up to a number), and what fell due up to a moment. */
interface Place {
  readonly position: number;
  readonly number: number | undefined;
  /** ms */
  readonly moment: number;
  readonly among: number | undefined;
}

function startOf(rows: Rows, { position, number, moment, among }: LiveCursor): Place {
  const at = position > BigInt(FOREVER) ? FOREVER : Number(position);
  return { position: at, number, moment: moment ?? rows.events.lastOfAll(at)?.trueTime ?? -FOREVER, among };
}

/** Where one stands who has been told all events, and all that fell due up to a moment (ms), or further. */
function levelWith({ moment, among }: Place, position: number, upTo: number): Place {
  return moment > upTo ? { position, number: undefined, moment, among } : { position, number: undefined, moment: upTo, among: undefined };
}

/** What is told, and where one stands who has been told it; without a message, one event has been passed by. */
interface Told {
  readonly message?: LiveMessage;
  readonly place: Place;
}

class Teller {
  /** Of all crises: before this moment (ms), and after the last one that was looked from, nothing can fall due. */
  #quietUntil = -Infinity;

  /** @param crisis null: all */
  constructor(
    private readonly rows: Rows,
    private readonly crisis: CrisisRow | null,
    private readonly wanted: ReadonlySet<LiveProjection>,
  ) {}

  /** Everything after a place. @param dueUpTo ms */
  *after(start: Place, dueUpTo: number): Generator<Told> {
    const applied = this.rows.checkpoint.read().position;
    let place = start;
    if (start.number !== undefined) {
      const event = this.rows.events.at(start.position);
      if (event !== undefined && (this.crisis === null || event.crisis === this.crisis.id)) {
        for (const message of this.#messagesOf(event, start.number)) {
          place = { ...place, number: message.number };
          yield { message, place };
        }
      }
    }
    for (const event of this.#eventsAfter(start.position, applied)) {
      for (const message of this.#fallenDue(place, event.trueTime, event.position - 1)) {
        place = { ...place, moment: message.moment!, among: message.among };
        yield { message, place };
      }
      if (place.moment <= event.trueTime) place = { ...place, moment: event.trueTime, among: undefined };
      for (const message of this.#messagesOf(event, -1)) {
        place = { ...place, position: event.position, number: message.number };
        yield { message, place };
      }
      place = { ...place, position: event.position, number: undefined };
      if (hasAhead(event, event.trueTime)) this.#quietUntil = -Infinity;
      yield { place };
    }
    for (const message of this.#fallenDue(place, dueUpTo, applied)) {
      place = { ...place, moment: message.moment!, among: message.among };
      yield { message, place };
    }
  }

  *#eventsAfter(after: number, upTo: number): Generator<EventRow> {
    for (let edge = after; ;) {
      const events =
        this.crisis === null
          ? this.rows.events.ofAll(edge, upTo, EVENTS_AT_ONCE)
          : this.rows.events.ofCrisis(this.crisis.id, edge, upTo, EVENTS_AT_ONCE);
      yield* events;
      if (events.length < EVENTS_AT_ONCE) return;
      edge = events.at(-1)!.position;
    }
  }

  /** The messages of an event that are wanted, after the one of a number. */
  *#messagesOf(event: EventRow, after: number): Generator<LiveMessage & { number: number }> {
    const { rows, wanted } = this;
    const crisis = this.crisis ?? rows.crises.crisisById(event.crisis);
    if (this.crisis === null && openedAt(rows, crisis) === undefined) return;
    const name = crisis.name;
    const position = String(event.position);
    const point = pointAfter(rows, crisis, event, event.trueTime);
    const where = placeOf(point);
    const isNext = (number: number, projection: LiveProjection): boolean => number > after && wanted.has(projection);
    if (event.track === null) {
      if (this.crisis !== null || NUMBERS.event <= after || !isOfCrisis(event)) return;
      const data = { crisis: name, ...where, overview: overviewAt(rows, point) };
      yield { event: 'crisis', position, number: NUMBERS.event, about: [{ crisis: [name] }], data };
      return;
    }
    const track = rows.crises.trackById(event.track);
    const around =
      event.development === null ? undefined : eventAround(rows, event, versionsAround(rows, event.position, event.development), point);
    if (around !== undefined && isNext(NUMBERS.event, 'timeline')) yield { ...eventMessage(rows, event, around), number: NUMBERS.event };
    if (isNext(NUMBERS.track, 'tracks')) {
      const data = { crisis: name, ...where, track: trackStateAt(rows, point, track.name) };
      yield { event: 'track', position, number: NUMBERS.track, about: [{ crisis: [name], ...subjectOfTrack(track.name) }], data };
    }
    if (around === undefined) return;
    const told = { crisis: name, ...placeOf(around.after), because: `${track.name}/${around.now.standing.content.id}` };
    for (const [model, changed] of CHANGED) {
      const changes = isNext(NUMBERS[model], model) ? changed(rows, around) : undefined;
      if (changes === undefined) continue;
      const { states, removed } = changes;
      const about = changes.about.map((subject) => ({ crisis: [name], ...subject }));
      yield { event: model, position, number: NUMBERS[model], about, data: { ...told, [model]: states, removed } };
    }
    const tension = isNext(NUMBERS.tension, 'tension') ? changedTension(rows, around) : undefined;
    if (tension === undefined) return;
    yield { event: 'tension', position, number: NUMBERS.tension, about: [{ crisis: [name] }], data: { ...told, tension } };
  }

  /** What falls due after a place and up to a moment, as it is known at a position. */
  *#fallenDue(place: Place, upTo: number, position: number): Generator<LiveMessage> {
    if (!DUE_TOLD_TO.some((projection) => this.wanted.has(projection))) return;
    const tellsDays = this.wanted.has('tension');
    const within = { upTo, tellsDays };
    if (this.crisis !== null) return yield* dueMessages(this.rows, this.crisis, position, { after: place.moment, ...within });
    // What fell due at the place's own moment may have been told of some crises only.
    const from = place.among === undefined ? place.moment : place.moment - 1;
    if (upTo < this.#quietUntil && place.among === undefined) return;
    const moments = firstMoments(this.rows, from, position);
    const day = tellsDays ? dayAfter(from) : Infinity;
    const next = Math.min(day, ...moments.values());
    if (next > upTo) {
      this.#quietUntil = next;
      return;
    }
    const concerned = day <= upTo ? this.rows.crises.crises() : [...moments.keys()].map((id) => this.rows.crises.crisisById(id));
    yield* inOrder(
      concerned.flatMap((crisis) => {
        if (Math.min(day, moments.get(crisis.id) ?? Infinity) > upTo) return [];
        const among = openedAt(this.rows, crisis);
        if (among === undefined) return [];
        const after = place.among !== undefined && among <= place.among ? place.moment : from;
        return { among, messages: dueMessages(this.rows, crisis, position, { after, ...within }) };
      }),
    );
  }
}

const CHANGED = [
  ['positions', changedPositions],
  ['commitments', changedCommitments],
  ['meetings', changedMeetings],
] as const;

/** Where a state stands. */
function placeOf(point: Point): Pick<Preface, 'asOf' | 'knownAt' | 'position'> {
  const { asOf, knownAt, position } = prefaceOf(point);
  return { asOf, knownAt, position };
}

/** The position at which a crisis was opened. */
function openedAt(rows: Rows, { id }: CrisisRow): number | undefined {
  return rows.entries.first(id, 'crisis', '')?.position;
}

function isOfCrisis({ type }: EventRow): boolean {
  return type === 'CrisisOpened' || type === 'CrisisClosed';
}

/** How a development stood before an event about it, and how it stands after it. */
export type VersionsAround = Pick<EventAround, 'old' | 'now'>;

export function versionsAround(rows: Rows, position: number, development: number): VersionsAround {
  return { old: rows.developments.at(development, position - 1), now: rows.developments.at(development, position)! };
}

/** Both at the event's moment: what is to begin after it is told when it begins. */
function eventAround(rows: Rows, { track, position }: EventRow, { old, now }: VersionsAround, after: Point): EventAround {
  const before = pointAt(rows, after, after.asOf, after.knownAt, position - 1);
  return { track: rows.crises.trackById(track!), before, after, old, now };
}

/** What an event says of its development: it concerns those whom the development concerns, and those whom it did before. */
function eventMessage(rows: Rows, { type, position: at, recorded, data }: EventRow, { after, old, now }: EventAround): LiveMessage {
  const crisis = after.crisis.name;
  const position = String(at);
  const about = [now, ...(old === undefined ? [] : [old])].map(({ standing }) => ({ crisis: [crisis], ...subjectOfDevelopment(standing) }));
  const told = { crisis, position, at: formatMoment(recorded) };
  const development = developmentView(rows, after, now);
  return isRecordType(type)
    ? { event: RECORD_MESSAGES[type], position, about, data: { ...told, event: JSON.parse(data!) as unknown, development } }
    : { event: 'development', position, about, data: { ...told, development } };
}

/** What live connections are told of the development that an event is about. */
export function developmentMessage(rows: Rows, crisis: CrisisRow, event: EventRow, versions: VersionsAround): LiveMessage {
  return eventMessage(rows, event, eventAround(rows, event, versions, pointAfter(rows, crisis, event, event.trueTime)));
}

/** What falls due changes all but what has happened. */
const DUE_TOLD_TO = LIVE_PROJECTIONS.filter((projection) => projection !== 'timeline');

interface Within {
  /** ms */
  readonly after: number;
  /** ms */
  readonly upTo: number;
  /** Whether it is also looked for when a day begins. */
  readonly tellsDays: boolean;
}

function* dueMessages(rows: Rows, crisis: CrisisRow, position: number, within: Within): Generator<LiveMessage> {
  if (within.upTo <= within.after) return;
  const last = rows.events.lastOfCrisis(crisis.id, position);
  if (last === undefined) return;
  for (const due of duesAfter(rows, crisis, last, within))
    yield dueMessage(rows, due, pointAfter(rows, crisis, last, due.at), isDayTold(last, due.at));
}

/** What falls due while an event is the last one of its crisis. */
function* duesAfter(rows: Rows, crisis: CrisisRow, last: EventRow, { after, upTo, tellsDays }: Within): Generator<Due> {
  const dues = dueMoments(rows, { crisis, known: last.position }, after, upTo);
  let due = dues.next();
  let day = tellsDays ? dayAfter(Math.max(after, last.trueTime)) : Infinity;
  for (;;) {
    const nextDay = day <= upTo && isDayTold(last, day) ? day : Infinity;
    const at = Math.min(due.done ? Infinity : due.value.at, nextDay);
    if (at === Infinity) return;
    const isDue = !due.done && due.value.at === at;
    yield isDue ? due.value : { at, moments: [] };
    if (isDue) due = dues.next();
    if (at === nextDay) day += DAY_MS;
  }
}

/** With a day, tension is of other days. */
function isDayTold({ trueTime }: EventRow, at: number): boolean {
  return at % DAY_MS === 0 && at <= trueTime + DAYS_TOLD_MS;
}

function dueMessage(rows: Rows, { at, moments }: Due, point: Point, dayBegins: boolean): LiveMessage {
  const crisis = point.crisis.name;
  const position = String(point.position);
  const tracks = [...new Set(moments.map(({ track }) => track))].map((id) => rows.crises.trackName(id));
  const overdue = moments.flatMap((moment) => (moment.kind === 'commitment-overdue' ? commitmentDue(rows, moment, point) : []));
  const lapsed = moments.flatMap((moment) => (moment.kind === 'meeting-lapsed' ? meetingDue(rows, moment, point) : []));
  const developments = moments.flatMap((moment) =>
    moment.kind === 'span-ended' || moment.kind === 'development-began' ? developmentDue(rows, moment, point) : [],
  );
  const began = moments.flatMap((moment) => (moment.kind === 'development-began' ? beginningOf(rows, moment, point) : []));
  const changed = {
    positions: began.flatMap((around) => changedPositions(rows, around) ?? []),
    commitments: began.flatMap((around) => changedCommitments(rows, around) ?? []),
    meetings: began.flatMap((around) => changedMeetings(rows, around) ?? []),
  };
  const hasTension = dayBegins || began.some((around) => changedTension(rows, around) !== undefined);
  const about: Subject[] = [
    ...overdue.map((each) => ({ ...subjectOfCommitment(each), projections: ['tracks', 'commitments'] as const })),
    ...lapsed.map((each) => ({ ...subjectOfMeeting(each), projections: ['tracks', 'meetings'] as const })),
    ...developments.map((subject) => ({ ...subject, projections: ['tracks'] as const })),
    ...(['positions', 'commitments', 'meetings'] as const).flatMap((model) =>
      changed[model].flatMap((changes) => changes.about.map((subject) => ({ ...subject, projections: [model] }))),
    ),
    ...(hasTension ? [{ projections: ['tension'] as const }] : []),
  ];
  return {
    event: 'due',
    position,
    moment: at,
    projections: DUE_TOLD_TO.filter((projection) => about.some(({ projections }) => projections!.includes(projection))),
    about: about.map((subject) => ({ crisis: [crisis], ...subject })),
    data: {
      crisis,
      position,
      at: formatMoment(at),
      due: [...dueNames(rows, moments), ...(dayBegins ? [{ kind: 'day-began', day: formatDay(dayOf(at)) }] : [])],
      tracks: tracks.map((name) => trackStateAt(rows, point, name)),
      positions: statesOf(changed.positions),
      commitments: statesOf(changed.commitments, overdue),
      meetings: statesOf(changed.meetings, lapsed),
      tension: hasTension ? tensionOf(rows, point, { days: DEFAULT_DAYS }) : undefined,
    },
  };
}

/** Each once, though at one moment several things may have changed it. */
function statesOf<T>(changes: readonly Changes<T>[], others: readonly T[] = []): T[] {
  const all = [...others, ...changes.flatMap((each) => each.states)];
  const states = new Map(all.map((state) => [JSON.stringify(state), state]));
  return [...states.values()];
}

/** A moment before a development begins, and when it does, as both are known at one place. */
function beginningOf(rows: Rows, { track, key }: DueRow, point: Point): EventAround {
  const before = pointAt(rows, point, point.asOf - 1, point.knownAt, point.position);
  const now = rows.developments.at(rows.developments.find(track, key)!, point.known)!;
  return { track: rows.crises.trackById(track), before, after: point, old: undefined, now };
}

function commitmentDue(rows: Rows, { track, key }: DueRow, { asOf, known }: Point) {
  const row = rows.crises.trackById(track);
  return commitmentNamed(`${row.name}/${key}`, { track: row.name, slots: slotsAt(rows, row, known, undefined) }, asOf) ?? [];
}

function meetingDue(rows: Rows, { track, key }: DueRow, { asOf, known }: Point) {
  const row = rows.crises.trackById(track);
  return meetingAnnounced({ track: row.name, slots: slotsAt(rows, row, known, undefined) }, key, asOf) ?? [];
}

function developmentDue(rows: Rows, { track, key }: DueRow, { known }: Point): Subject {
  return subjectOfDevelopment(rows.developments.at(rows.developments.find(track, key)!, known)!.standing);
}

interface OfCrisis {
  readonly among: number;
  readonly messages: Iterator<LiveMessage>;
}

/** What falls due in several crises, by moment, and at one moment in the order in which they were opened. */
function* inOrder(crises: readonly OfCrisis[]): Generator<LiveMessage> {
  const heads = crises.map(({ among, messages }) => ({ among, messages, next: messages.next() }));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.next.done === true) continue;
      const [a, b] = [head.next.value.moment!, first === undefined ? Infinity : (first.next.value as LiveMessage).moment!];
      if (first === undefined || a < b || (a === b && head.among < first.among)) first = head;
    }
    if (first === undefined) return;
    yield { ...(first.next.value as LiveMessage), among: first.among };
    first.next = first.messages.next();
  }
}

/** All that was known once an event was, whatever record times an archive gave. */
function pointAfter(rows: Rows, crisis: CrisisRow, { position, recorded, trueTime }: EventRow, asOf: number): Point {
  return pointAt(rows, { crisis, counting: {} }, asOf, Math.max(recorded, trueTime), position);
}
