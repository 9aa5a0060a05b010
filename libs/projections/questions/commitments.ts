// All promises of a crisis, page by page.
import { commitmentsAt } from '#crisis/commitments.js';
import { backingAt } from '../backing.js';
import { crisisSlotsAt } from '../crisis-read.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import { pageOf } from './page.js';

export function answerCommitments(rows: Rows, read: Questions['commitments']): object {
  const { preface, point, shown, next } = pageOf(rows, read, (at, after) =>
    commitmentsAt(crisisSlotsAt(rows, at, read.track), at.asOf, read, after),
  );
  const backingOf = backingAt(rows, point);
  // Of a promise itself, `dangling` says that the proposal to which it belongs was retracted.
  const commitments = shown.map((commitment) => ({
    ...commitment,
    verification: backingOf(commitment.track, commitment.promise).verification,
    closing: commitment.closedBy === undefined ? undefined : backingOf(commitment.track, commitment.closedBy),
  }));
  return { ...preface, commitments, next };
}
