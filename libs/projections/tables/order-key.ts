// The place of a row in order of occurrence.
import type { Order } from '#crisis/order.js';

export type OrderKey = readonly [earliest: number, latest: number, sequence: number, position: number];

/** As {@link OrderKey} has them. The position tells most rows apart. */
export const ORDER_COLUMNS = ['earliest', 'latest', 'sequence', 'position'] as const;

export function keyOf({ earliest, latest, sequence, position }: Order): OrderKey {
  return [earliest, latest, sequence, Number(position)];
}
