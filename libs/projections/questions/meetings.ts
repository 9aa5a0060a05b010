// The meetings of a crisis, page by page.
import { meetingsAt } from '#crisis/meetings.js';
import { crisisSlotsAt } from '../crisis-read.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import { pageOf } from './page.js';

export function answerMeetings(rows: Rows, read: Questions['meetings']): object {
  const { preface, shown, next } = pageOf(rows, read, (point, after) =>
    meetingsAt(crisisSlotsAt(rows, point, read.track), point.asOf, read, after),
  );
  return { ...preface, meetings: shown, next };
}
