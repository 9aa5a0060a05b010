// Up to where a connection has been told, and how a message's id says it.
//
// A cursor has two coordinates, since time changes answers without an event: all events up to a position (of its event all
// messages, or those up to a number), and all that fell due up to a moment. An id is a cursor's text: `<store>:<position>.<n>`
// for a message of an event. A snapshot stands for all of its position's event and so has no number; it and what falls due
// also name the moment that they stand for, `@<ms>`. While something of the crisis is parked, an id also says what, `~<mark>`: once it is
// released, what was told up to that id is no beginning of what comes next.
import type { LiveCursor } from '#projections/read-side.js';

/** A cursor as it is once something was read from it: the moment is known. */
export type FixedCursor = LiveCursor & { readonly moment: number };

export function formatId(store: string, { position, number, moment, parked }: LiveCursor): string {
  const part = (sign: string, value: number | string | undefined): string => (value === undefined ? '' : `${sign}${value}`);
  return `${store}:${position}${part('.', number)}${part('@', moment)}${part('~', parked)}`;
}

const ID = /^([a-z0-9]+):(\d{1,19})(?:\.(\d{1,9}))?(?:@(\d{1,15}))?(?:~([0-9a-f]{8}))?$/;

/** Reads an id that this store gave. Total: what is none gives undefined. */
export function parseId(text: string, store: string): LiveCursor | undefined {
  const [, ofStore, position, number, moment, parked] = ID.exec(text) ?? [];
  if (position === undefined || ofStore !== store) return undefined;
  return {
    position: BigInt(position),
    ...(number === undefined ? {} : { number: Number(number) }),
    ...(moment === undefined ? {} : { moment: Number(moment) }),
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
  return isDue ? at.moment! <= cursor.moment : compareEvents(at, cursor) <= 0;
}

/** Where one stands once one has also been told the message that comes next. */
export function after(cursor: FixedCursor, { at, isDue }: Placed): FixedCursor {
  return isDue ? { ...cursor, moment: at.moment! } : { position: at.position, number: at.number, parked: at.parked, moment: cursor.moment };
}

/** Whether a cursor is at least as far as another in both coordinates. */
export function reaches(cursor: FixedCursor, other: FixedCursor): boolean {
  return compareEvents(cursor, other) >= 0 && cursor.moment >= other.moment;
}

/** What somebody has been told who was told up to both. */
export function union(a: FixedCursor, b: FixedCursor): FixedCursor {
  const further = compareEvents(a, b) >= 0 ? a : b;
  return { ...further, moment: Math.max(a.moment, b.moment) };
}

function compareEvents(a: LiveCursor, b: LiveCursor): number {
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  const [first, second] = [a.number ?? Infinity, b.number ?? Infinity];
  return first === second ? 0 : first < second ? -1 : 1;
}
