// What a list looks at one by one: the list's order is fixed, what it shows of it depends on a filter.
import type { Order } from './order.js';

export interface Candidate<T> {
  readonly order: Order;
  /** Undefined where the filter leaves it out. */
  readonly shown: T | undefined;
}
