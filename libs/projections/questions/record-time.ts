// How far a crisis's record has come: what the write side asks before it records.
import { crisisNamed } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';

export function answerRecordTime(rows: Rows, { crisis }: Questions['recordTime']): object {
  const { latest } = crisisNamed(rows, crisis);
  return { position: String(rows.checkpoint.read().position), recordTime: latest };
}
