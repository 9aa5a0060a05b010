// Meetings: announced, moved, called off, held, or passed without a word.
import { lastFirst, type CrisisSlots, type TrackOf } from './crisis-slots.js';

import type { Candidate } from './candidate.js';
import { compareOrder, type Order } from './order.js';
import type { MeetingValue, SlotRow } from './slots.js';
import type { SlotReader } from './slot-table.js';
import type { Verification } from './standing.js';
import { parseOccurrence } from './time.js';

/**
 * `held` wins over all others. Else the last word on its schedule counts: `cancelled`; `lapsed` from the first moment after
 * the schedule's latest one; and while it lies ahead `rescheduled`, or `announced` if it was never moved.
 */
export const MEETING_STATES = ['announced', 'rescheduled', 'cancelled', 'held', 'lapsed'] as const;
export type MeetingStanding = (typeof MEETING_STATES)[number];

/** A meeting that was held. */
export interface MeetingState extends MeetingValue {
  development: string;
  occurredAt: string;
}

/** What was said of when a meeting is to take place. */
export interface ScheduleSetting {
  /** The announcement itself, a rescheduling or a cancellation. */
  development: string;
  occurredAt: string;
  /** EDTF. */
  scheduledFor?: string;
  cancelled?: true;
  verification: Verification;
}

/** A meeting that was held, as a list of meetings shows it. */
export interface HeldMeeting extends MeetingState {
  verification: Verification;
  /** The announcement that it names was retracted. */
  dangling?: true;
}

export interface Meeting {
  track: string;
  state: MeetingStanding;
  /** Absent for one that was held without an announcement. */
  announcement?: string;
  announcedAt?: string;
  /** EDTF, as the last word on it has it; absent once that is a cancellation. */
  scheduledFor?: string;
  /** As held; what was not reported of it, and while it was not held, as announced. */
  participants: readonly string[];
  format?: string;
  round?: number;
  place?: MeetingValue['place'];
  outcome?: MeetingValue['outcome'];
  /** Of the announcement, else of what tells that it was held. */
  verification: Verification;
  /** In order of occurrence. */
  schedule: ScheduleSetting[];
  /** There are settings before the first of `schedule`. */
  earlier?: true;
  held?: HeldMeeting;
}

export interface MeetingFilter {
  readonly state?: readonly MeetingStanding[];
  /** Of whom one has a part. */
  readonly actor?: readonly string[];
}

/** How much of a schedule's history is listed. */
const SCHEDULE_LISTED = 50;

/** An announced meeting as it stands. */
export interface AnnouncedMeeting {
  readonly state: MeetingStanding;
  readonly announced: SlotRow<'announced'>;
  readonly schedule: SlotRow<'schedule'>;
  readonly held: SlotRow<'held'> | undefined;
}

/** What has become of an announcement by `asOf` (ms); undefined if there is none by then. @param schedule where the caller has it */
export function announcedMeetingAt(
  announcement: string,
  slots: SlotReader,
  asOf: number,
  schedule = slots.last('schedule', announcement, asOf),
): AnnouncedMeeting | undefined {
  const announced = slots.last('announced', announcement, asOf);
  if (announced === undefined || schedule === undefined) return undefined;
  const held = slots.first('held', announcement, asOf);
  return { state: held === undefined ? standingOf(announcement, schedule, asOf) : 'held', announced, schedule, held };
}

/** Whether it lies ahead: neither held, nor cancelled, nor lapsed. */
export function liesAhead({ state }: AnnouncedMeeting): boolean {
  return state === 'announced' || state === 'rescheduled';
}

/** An announcement whose schedule, as it stands, lies ahead. */
export interface ScheduledAhead {
  readonly announcement: string;
  readonly schedule: SlotRow<'schedule'>;
}

/** All announcements of meetings that lie ahead at `asOf` (ms), and maybe of some that were held. */
export function announcementsAhead(slots: SlotReader, asOf: number): ScheduledAhead[] {
  const open = [...slots.open('announced', asOf)];
  slots.expect?.('schedule', open);
  // Without some sources, meetings that were held may be open: of all but a few the schedule has passed.
  return open.flatMap((announcement): ScheduledAhead[] => {
    const schedule = slots.last('schedule', announcement, asOf);
    const standing = schedule && standingOf(announcement, schedule, asOf);
    return standing === 'announced' || standing === 'rescheduled' ? [{ announcement, schedule: schedule! }] : [];
  });
}

/** The meetings of a crisis at `asOf` (ms): the last announced, or held without an announcement, first. Each is there once. */
export function* meetingsAt(slots: CrisisSlots, asOf: number, filter: MeetingFilter, before?: Order): Generator<Candidate<Meeting>> {
  const aheadOnly = filter.state?.every((state) => state === 'announced' || state === 'rescheduled') ?? false;
  for (const { track, order, announcement, meeting } of aheadOnly ? ahead(slots, asOf, before) : all(slots, asOf, before)) {
    const shown = announcement === undefined ? meetingHeldAlone(track, meeting!, asOf) : meetingAnnounced(track, announcement, asOf);
    yield { order, shown: shown !== undefined && matches(shown, filter) ? shown : undefined };
  }
}

/** What a meeting begins with: its announcement, or that it was held. */
interface Beginning {
  readonly track: TrackOf;
  readonly order: Order;
  readonly announcement?: string;
  readonly meeting?: SlotRow<'meeting'>;
}

function* all(slots: CrisisSlots, asOf: number, before?: Order): Generator<Beginning> {
  const tracks = new Map(slots.tracks.map((each) => [each.track, each]));
  function* announcements(): Generator<Beginning> {
    for (const { track, order, development } of slots.every('convened', asOf, before))
      yield { track: tracks.get(track)!, order, announcement: development };
  }
  function* held(): Generator<Beginning> {
    for (const row of slots.every('meeting', asOf, before)) yield { track: tracks.get(row.track)!, order: row.order, meeting: row };
  }
  yield* lastFirst([announcements(), held()]);
}

/** Those that may lie ahead: few, however many there ever were. */
function ahead(slots: CrisisSlots, asOf: number, before?: Order): Beginning[] {
  const open = slots.tracks.flatMap((track) =>
    announcementsAhead(track.slots, asOf).flatMap(({ announcement }): Beginning[] => {
      const row = track.slots.last('announced', announcement, asOf);
      return row === undefined ? [] : [{ track, order: row.order, announcement }];
    }),
  );
  return open.filter(({ order }) => before === undefined || compareOrder(order, before) < 0).sort((a, b) => compareOrder(b.order, a.order));
}

/** An announced meeting as a list shows it; undefined if there is none by then. */
export function meetingAnnounced({ track, slots }: TrackOf, announcement: string, asOf: number): Meeting | undefined {
  const meeting = announcedMeetingAt(announcement, slots, asOf);
  if (meeting === undefined) return undefined;
  const { state, announced, schedule, held } = meeting;
  const { participants, format, round, place } = announced.value;
  const took = held && slots.first('meeting', '', asOf, held.order);
  return {
    track,
    state,
    announcement,
    announcedAt: announced.occurredAt,
    scheduledFor: 'cancelled' in schedule.value ? undefined : schedule.value.scheduledFor,
    participants: took?.value.participants ?? participants,
    format: took?.value.format ?? format,
    round: took?.value.round ?? round,
    place: took?.value.place ?? place,
    outcome: took?.value.outcome,
    verification: announced.verification,
    ...scheduleOf(announcement, slots, asOf),
    held: took && heldMeeting(took, slots),
  };
}

/** One that was held: undefined where it is what became of an announcement, and is shown there. */
export function meetingHeldAlone({ track, slots }: TrackOf, row: SlotRow<'meeting'>, asOf: number): Meeting | undefined {
  const { announcement, participants, format, round, place, outcome } = row.value;
  if (announcement !== undefined && slots.last('announced', announcement, asOf) !== undefined) {
    const first = slots.first('held', announcement, asOf);
    if (first === undefined || first.development === row.development) return undefined;
  }
  const { verification } = row;
  const held = heldMeeting(row, slots);
  return { track, state: 'held', participants, format, round, place, outcome, verification, schedule: [], held };
}

function standingOf(announcement: string, { value, development }: SlotRow<'schedule'>, asOf: number): MeetingStanding {
  if ('cancelled' in value) return 'cancelled';
  if (parseOccurrence(value.scheduledFor).latest < asOf) return 'lapsed';
  return development === announcement ? 'announced' : 'rescheduled';
}

function scheduleOf(announcement: string, slots: SlotReader, asOf: number): Pick<Meeting, 'schedule' | 'earlier'> {
  const schedule: ScheduleSetting[] = [];
  for (const { development, occurredAt, value, verification } of slots.history('schedule', announcement, asOf)) {
    if (schedule.length === SCHEDULE_LISTED) return { schedule: schedule.reverse(), earlier: true };
    schedule.push({ development, occurredAt, ...value, verification });
  }
  return { schedule: schedule.reverse() };
}

function heldMeeting(row: SlotRow<'meeting'>, slots: SlotReader): HeldMeeting {
  const { announcement } = row.value;
  const isGone = announcement !== undefined && slots.last('announced', announcement, Infinity) === undefined;
  return { ...meetingState(row), verification: row.verification, dangling: isGone ? true : undefined };
}

export function meetingState({ development, occurredAt, value }: SlotRow<'meeting'>): MeetingState {
  return { development, occurredAt, ...value };
}

function matches({ state, participants }: Meeting, filter: MeetingFilter): boolean {
  if (filter.state !== undefined && !filter.state.includes(state)) return false;
  return filter.actor === undefined || participants.some((actor) => filter.actor!.includes(actor));
}
