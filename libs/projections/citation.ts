// Answers that can be cited: which ones never change again, and the address at which each has the same bytes for ever.
//
// An event that could not be applied may be applied one day, in its place in the log. So nothing that counts it in is cited:
// a permalink pins a position before the first parked event of its crisis, or there is none.
import { refusal } from '#crisis/refusal.js';
import { formatMoment } from '#crisis/time.js';
import { ReadRefused, type ReadPoint } from './read-side.js';
import { PROJECTION_VERSION } from './version.js';

/** Where an answer stands that may be cited. */
export interface Standpoint {
  /** ms */
  readonly asOf: number;
  /** ms */
  readonly knownAt: number;
  readonly position: number | bigint;
}

/** The first event of a crisis that is parked: its position, and the record time (ms) before which nothing can change any more. */
export interface FirstParked {
  readonly position: number;
  readonly recorded: number;
}

/**
 * The address of a settled answer; undefined where the caller gave no address to build on.
 * @param address of the read without its point, as far as the point's first parameter
 * @param log the log's id: a position is one of this log alone
 */
export function permalinkTo(address: string | undefined, { asOf, knownAt, position }: Standpoint, log: string): string | undefined {
  if (address === undefined) return undefined;
  const point = `asOf=${formatMoment(asOf)}&knownAt=${formatMoment(knownAt)}&position=${position}`;
  return `${address}${point}&projection=${PROJECTION_VERSION}&log=${log}`;
}

/**
 * The position to which an answer that is settled but for what is parked can be pinned; undefined if what is parked may still change it.
 * What is known by then lies before the parked event if it was recorded before it.
 */
export function citablePosition(
  { knownAt, position }: { readonly knownAt: number; readonly position: number },
  parked: FirstParked | undefined,
): number | undefined {
  if (parked === undefined || position < parked.position) return position;
  return knownAt < parked.recorded ? parked.position - 1 : undefined;
}

/** @throws ReadRefused `not-settled` if a permalink is asked for what a parked event may still change */
export function refuseUnsettled({ projection }: ReadPoint, position: number, parked: FirstParked | undefined): void {
  if (projection === undefined || parked === undefined || position < parked.position) return;
  const detail = `The event at position ${parked.position} cannot be applied here, so what is cited at ${position} is not certain; /projections/parked tells why`;
  throw new ReadRefused(refusal('unavailable', 'not-settled', detail));
}
