// All promises of a crisis, page by page.
import { commitmentsAt } from '#crisis/commitments.js';
import { crisisSlotsAt } from '../crisis-read.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import { pageOf } from './page.js';

export function answerCommitments(rows: Rows, read: Questions['commitments']): object {
  const { preface, shown, next } = pageOf(rows, read, (point, after) =>
    commitmentsAt(crisisSlotsAt(rows, point, read.track), point.asOf, read, after),
  );
  return { ...preface, commitments: shown, next };
}
