// The meetings of a crisis, page by page.
import { meetingsAt } from '#crisis/meetings.js';
import { backingAt } from '../backing.js';
import { crisisSlotsAt } from '../crisis-read.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import { pageOf } from './page.js';

export function answerMeetings(rows: Rows, read: Questions['meetings']): object {
  const { preface, point, shown, next } = pageOf(rows, read, (at, after) =>
    meetingsAt(crisisSlotsAt(rows, at, read.track), at.asOf, read, after),
  );
  const backingOf = backingAt(rows, point);
  const meetings = shown.map((meeting) => {
    const { track, announcement, schedule, held } = meeting;
    return {
      ...meeting,
      ...backingOf(track, announcement),
      schedule: schedule.map((setting) => ({ ...setting, ...backingOf(track, setting.development) })),
      held: held && { ...held, ...backingOf(track, held.development) },
    };
  });
  return { ...preface, meetings, next };
}
