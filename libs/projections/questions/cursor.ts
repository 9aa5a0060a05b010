// Where the next page begins, as a text that callers need not understand: whole numbers.
import { refused } from '../point.js';
import type { ReadPoint, ReadRefused } from '../read-side.js';

/** The point of a listing's first page. */
export type PagePoint = Required<Pick<ReadPoint, 'asOf' | 'knownAt' | 'position'>>;

/** All pages of a listing are of one point, the first page's. A permalink names its own. */
export function pagePoint<R extends ReadPoint>(read: R, first: PagePoint | undefined): R {
  return first === undefined || read.projection !== undefined ? read : { ...read, ...first };
}

export function cursorText(parts: readonly number[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @param count how many numbers it is made of @throws ReadRefused `invalid-cursor` */
export function cursorParts(text: string, count: number): number[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    parts = undefined;
  }
  if (!Array.isArray(parts) || parts.length !== count || !parts.every((part) => Number.isSafeInteger(part))) throw invalidCursor();
  return parts as number[];
}

/** Milliseconds on either side of 1970 that a date can have. */
const FARTHEST = 8.64e15;

/** @throws ReadRefused `invalid-cursor` where no page was of such a point */
export function pagePointOf(asOf: number, knownAt: number, position: number): PagePoint {
  if (Math.abs(asOf) > FARTHEST || Math.abs(knownAt) > FARTHEST || position < 0) throw invalidCursor();
  return { asOf, knownAt, position: BigInt(position) };
}

export function invalidCursor(): ReadRefused {
  return refused('invalid', 'invalid-cursor', 'The cursor is none that this service gave; start again without it');
}
