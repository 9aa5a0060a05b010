// Up to where a connection has been told, and how a message's id says it.
//
// A cursor has two coordinates, since time changes answers without an event: all events up to a position (of its event all
// messages, or those up to a number), and all that fell due up to a moment. An id is a cursor's text: `<store>:<position>.<n>`
// for a message of an event. A snapshot stands for all of its position's event and so has no number; it and what falls due
// also name the moment that they stand for, `@<ms>`; where all crises are followed, several of them may have something that falls due
// at one moment, and an id says up to which of them it has been told, `@<ms>.<position at which the crisis was opened>`. While something of the crisis is parked, an id also says what, `~<mark>`: once it is
// released, what was told up to that id is no beginning of what comes next.
import type { LiveCursor } from '#projections/read-side.js';

/** A cursor as it is once something was read from it: the moment is known. */
export type FixedCursor = LiveCursor & { readonly moment: number };

export function formatId(store: string, { position, number, moment, among, parked }: LiveCursor): string {
  const part = (sign: string, value: number | string | undefined): string => (value === undefined ? '' : `${sign}${value}`);
  return `${store}:${position}${part('.', number)}${part('@', moment)}${part('.', among)}${part('~', parked)}`;
}

const ID = /^([a-z0-9]+):(\d{1,19})(?:\.(\d{1,9}))?(?:@(\d{1,15})(?:\.(\d{1,16}))?)?(?:~([0-9a-f]{8}))?$/;

/** Reads an id that this store gave. Total: what is none gives undefined. */
export function parseId(text: string, store: string): LiveCursor | undefined {
  const [, ofStore, position, number, moment, among, parked] = ID.exec(text) ?? [];
  if (position === undefined || ofStore !== store) return undefined;
  return {
    position: BigInt(position),
    ...(number === undefined ? {} : { number: Number(number) }),
    ...(moment === undefined ? {} : { moment: Number(moment) }),
    ...(among === undefined ? {} : { among: Number(among) }),
    ...(parked === undefined ? {} : { parked }),
  };
}

/** What has its place in what is told: an event's message at a position and number, what fell due at a moment. */
interface Placed {
  readonly at: LiveCursor;
  readonly isDue: boolean;
}

/** Whether whoever stands at a cursor has been told a message. */
export function hasTold(cursor: FixedCursor, { at, isDue }: Placed): boolean {
  return isDue ? compareMoments(at, cursor) <= 0 : compareEvents(at, cursor) <= 0;
}

/** Where one stands once one has also been told the message that comes next. */
export function after(cursor: FixedCursor, { at, isDue }: Placed): FixedCursor {
  const { position, number, moment, among, parked } = at;
  return isDue ? { ...cursor, moment: moment!, among } : { ...cursor, position, number, parked };
}

/** Whether a cursor is at least as far as another in both coordinates. */
export function reaches(cursor: FixedCursor, other: FixedCursor): boolean {
  return compareEvents(cursor, other) >= 0 && compareMoments(cursor, other) >= 0;
}

/** What somebody has been told who was told up to both. */
export function union(a: FixedCursor, b: FixedCursor): FixedCursor {
  const further = compareEvents(a, b) >= 0 ? a : b;
  const { moment, among } = compareMoments(a, b) >= 0 ? a : b;
  return { ...further, moment, among };
}

function compareEvents(a: LiveCursor, b: LiveCursor): number {
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  return compare(a.number ?? Infinity, b.number ?? Infinity);
}

function compareMoments(a: LiveCursor, b: LiveCursor): number {
  return compare(a.moment!, b.moment!) || compare(a.among ?? Infinity, b.among ?? Infinity);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
