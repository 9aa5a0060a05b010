// Time changes answers without an event: a commitment falls due, an announced meeting lapses, a span ends; what was recorded ahead of its time begins.
import { commitmentAt } from './commitment.js';
import type { SlotReader } from './slot-table.js';
import type { Standing } from './standing.js';
import { parseDue, parseOccurrence } from './time.js';

export const DUE_KINDS = ['commitment-overdue', 'meeting-lapsed', 'span-ended', 'development-began'] as const;
export type DueKind = (typeof DUE_KINDS)[number];

/** Something that may happen by the clock alone. */
export interface DueMoment {
  readonly kind: DueKind;
  /** The promise, the announcement, or the development that begins or whose span ends. */
  readonly key: string;
  /** The first moment (ms) at which the answer is another. */
  readonly at: number;
}

/** The moments that a development, as it stands, brings with it: whether they come true is for {@link comesTrue} to say when they are there. */
export function dueMomentsOf({ content, order }: Standing): DueMoment[] {
  const moments: DueMoment[] = [];
  if (order.latest > order.earliest) moments.push({ kind: 'span-ended', key: content.id, at: order.latest });
  if (content.type === 'ResponsePromised' && content.dueBy !== undefined) {
    const { latest } = parseDue(content.dueBy);
    if (latest !== Infinity) moments.push({ kind: 'commitment-overdue', key: content.id, at: latest + 1 });
  }
  if (content.type === 'MeetingAnnounced')
    moments.push({ kind: 'meeting-lapsed', key: content.id, at: parseOccurrence(content.scheduledFor).latest + 1 });
  if (content.type === 'MeetingRescheduled')
    moments.push({ kind: 'meeting-lapsed', key: content.announcement, at: parseOccurrence(content.scheduledFor).latest + 1 });
  return moments;
}

/** Whether the answer changes at that very moment, given the slots as they are known. That a development begins, and that its span ends, is true while it is visible. */
export function comesTrue({ kind, key, at }: DueMoment, slots: SlotReader): boolean {
  switch (kind) {
    case 'span-ended':
    case 'development-began':
      return true;
    case 'commitment-overdue': {
      const commitment = commitmentAt(key, slots, at);
      return commitment?.overdue === true && parseDue(commitment.dueBy!).latest + 1 === at;
    }
    case 'meeting-lapsed': {
      const schedule = slots.last('schedule', key, at);
      if (schedule === undefined || 'cancelled' in schedule.value || slots.last('announced', key, at) === undefined) return false;
      return parseOccurrence(schedule.value.scheduledFor).latest + 1 === at && slots.first('held', key, at) === undefined;
    }
  }
}
