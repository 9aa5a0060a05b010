// Where the next page of a list in order of occurrence begins.
import type { Order } from '#crisis/order.js';
import type { Point } from '../point.js';
import { cursorParts, cursorText, pagePointOf, type PagePoint } from './cursor.js';

export interface Cursor {
  /** What was shown, or looked at, last. */
  readonly after: Order;
  readonly point: PagePoint;
}

export function cursorAfter({ earliest, latest, sequence, position }: Order, point: Point): string {
  return cursorText([earliest, latest, sequence, Number(position), point.asOf, point.knownAt, point.position]);
}

/** @throws ReadRefused `invalid-cursor` */
export function parseCursor(text: string): Cursor {
  const [earliest, latest, sequence, position, asOf, knownAt, pinned] = cursorParts(text, 7) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { after: { earliest, latest, sequence, position: BigInt(position) }, point: pagePointOf(asOf, knownAt, pinned) };
}
