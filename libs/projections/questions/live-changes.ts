// What one event changed in the read models over all tracks: what it touches, as it stood just before the event, held against how
// it stands at it, by the functions that the reads answer with.
//
// Both are of the event's own moment, so what time alone changes is not in it; and only what the event's development sets, or
// set before, is looked at, so the cost is that of a few seeks, however long the history.
import { verifiedCommitmentAt } from '#crisis/commitment.js';
import type { CrisisCommitment } from '#crisis/commitments.js';
import type { TrackOf } from '#crisis/crisis-slots.js';
import { meetingAnnounced, meetingHeldAlone, type Meeting } from '#crisis/meetings.js';
import type { Order } from '#crisis/order.js';
import { positionAt, type Position } from '#crisis/positions.js';
import { sets, type SlotSetting } from '#crisis/slots.js';
import { isVisible } from '#crisis/standing.js';
import { crisisSlotsAt } from '../crisis-read.js';
import { subjectOfCommitment, subjectOfMeeting, subjectOfPosition, type Subject } from '../live-filter.js';
import type { Point } from '../point.js';
import type { Rows } from '../rows.js';
import type { TrackRow } from '../tables/crises.js';
import type { Version } from '../tables/developments.js';
import { slotsAt } from '../track-read.js';
import { DEFAULT_HISTORY } from './positions.js';
import { DEFAULT_DAYS, tensionOf } from './tension.js';

/** An event's development before and after it. */
export interface EventAround {
  readonly track: TrackRow;
  /** The place of the record just before the event, and the event's own; both at its moment. */
  readonly before: Point;
  readonly after: Point;
  /** Undefined if the event recorded it. */
  readonly old: Version | undefined;
  readonly now: Version;
}

/** What has become of some things of a model. */
export interface Changes<T> {
  /** Those that are otherwise than before, or new. */
  readonly states: readonly T[];
  /** The names of those that are no more. */
  readonly removed: readonly string[];
  readonly about: readonly Subject[];
}

/** Cells of the matrix; by `party/issue`. Undefined if none changed. */
export function changedPositions(rows: Rows, around: EventAround): Changes<Position> | undefined {
  const cells = new Set(touchedBy(around).flatMap(({ slot, key }) => (slot === 'position' || slot === 'attributed' ? key : [])));
  if (cells.size === 0) return undefined;
  const [before, after] = [crisisSlotsAt(rows, around.before), crisisSlotsAt(rows, around.after)];
  const changes = compared(
    cells,
    (cell) => positionAt(cell, before, around.before.asOf, DEFAULT_HISTORY),
    (cell) => positionAt(cell, after, around.after.asOf, DEFAULT_HISTORY),
    subjectOfPosition,
  );
  // What it sets may lie behind what another track's development set later: it is about this track all the same.
  const onTrack = ({ track = [], ...subject }: Subject): Subject => ({ ...subject, track: [...track, around.track.name] });
  return changes && { ...changes, about: changes.about.map(onTrack) };
}

/** Promises; by `track/id`. Undefined if none changed. */
export function changedCommitments(rows: Rows, around: EventAround): Changes<CrisisCommitment> | undefined {
  const { track } = around;
  const matters = mattersOf(rows, around);
  // Without its proposal, a promise is dangling.
  const promises = new Set(
    matters.flatMap(([kind, key]) => (kind === 'promise' ? key : kind === 'proposal' ? rows.matters.promisesOn(track.id, key) : [])),
  );
  if (promises.size === 0) return undefined;
  const [before, after] = trackAround(rows, around);
  return compared(
    [...promises].map((promise) => `${track.name}/${promise}`),
    (name) => commitmentNamed(name, before, around.before.asOf),
    (name) => commitmentNamed(name, after, around.after.asOf),
    subjectOfCommitment,
  );
}

/** Meetings; by `track/id` of the announcement, else of what tells that it was held. Undefined if none changed. */
export function changedMeetings(rows: Rows, around: EventAround): Changes<Meeting> | undefined {
  const { track, old, now } = around;
  const announcements = new Set(mattersOf(rows, around).flatMap(([kind, key]) => (kind === 'announced' ? key : [])));
  const isHeld = now.standing.content.type === 'MeetingHeld';
  if (announcements.size === 0 && !isHeld) return undefined;
  const [before, after] = trackAround(rows, around);
  const [heldBefore, heldAfter] = [heldOn(before, announcements), heldOn(after, announcements)];
  if (isHeld) {
    const { id } = now.standing.content;
    if (old !== undefined) heldBefore.set(id, old.standing.order);
    heldAfter.set(id, now.standing.order);
  }
  const names = [...new Set([...announcements, ...heldBefore.keys(), ...heldAfter.keys()])].map((id) => `${track.name}/${id}`);
  return compared(
    names,
    (name) => meetingNamed(name, before, around.before.asOf, heldBefore),
    (name) => meetingNamed(name, after, around.after.asOf, heldAfter),
    subjectOfMeeting,
  );
}

/** The tension of the crisis; undefined if it is as it was. */
export function changedTension(rows: Rows, { before, after }: EventAround): object | undefined {
  const [old, now] = [before, after].map((point) => tensionOf(rows, point, { days: DEFAULT_DAYS }));
  return isSame(old, now) ? undefined : now;
}

/** A promise by `track/id`; undefined if there is none by then. */
export function commitmentNamed(name: string, { track, slots }: TrackOf, asOf: number): CrisisCommitment | undefined {
  const commitment = verifiedCommitmentAt(idIn(name), slots, asOf);
  return commitment && { track, ...commitment };
}

/** All that it sets or set, as far as it counts. */
function touchedBy({ old, now }: EventAround): SlotSetting[] {
  return [old, now].flatMap((version) =>
    version === undefined || !isVisible(version.standing) ? [] : sets(version.standing.content, version.standing.resolved),
  );
}

function mattersOf(rows: Rows, around: EventAround): ReturnType<Rows['matters']['of']> {
  return touchedBy(around).flatMap((setting) => rows.matters.of(around.track.id, setting));
}

function trackAround(rows: Rows, { track, before, after }: EventAround): [TrackOf, TrackOf] {
  const at = ({ known }: Point): TrackOf => ({ track: track.name, slots: slotsAt(rows, track, known, undefined) });
  return [at(before), at(after)];
}

/** What tells that an announced meeting was held, and where that stands in order of occurrence: one of them counts, the others are meetings of their own. */
function heldOn({ slots }: TrackOf, announcements: ReadonlySet<string>): Map<string, Order> {
  const rows = [...announcements].flatMap((announcement) => [...slots.history('held', announcement, Infinity)]);
  return new Map(rows.map(({ development, order }) => [development, order]));
}

function meetingNamed(name: string, on: TrackOf, asOf: number, held: ReadonlyMap<string, Order>): Meeting | undefined {
  const id = idIn(name);
  const order = held.get(id);
  if (order === undefined) return meetingAnnounced(on, id, asOf);
  const row = on.slots.first('meeting', '', asOf, order);
  return row?.development === id ? meetingHeldAlone(on, row, asOf) : undefined;
}

function compared<T>(
  names: Iterable<string>,
  before: (name: string) => T | undefined,
  after: (name: string) => T | undefined,
  subjectOf: (state: T) => Subject,
): Changes<T> | undefined {
  const states: T[] = [];
  const removed: string[] = [];
  const about: Subject[] = [];
  for (const name of names) {
    const [old, now] = [before(name), after(name)];
    if (isSame(old, now)) continue;
    if (now === undefined) removed.push(name);
    else states.push(now);
    about.push(...[old, now].flatMap((state) => (state === undefined ? [] : subjectOf(state))));
  }
  return about.length === 0 ? undefined : { states, removed, about };
}

/** As they are written. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function idIn(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
