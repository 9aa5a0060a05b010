// The parameters of a list that comes in pages.
import { integer, one, textUpTo } from './query.js';

export const DEFAULT_LIMIT = 50;

export const PAGED = {
  limit: one(`How many, 1 to 500. Default: ${DEFAULT_LIMIT}.`, '100', integer(1, 500)),
  cursor: one('The `next` of the page before, with the same other parameters.', '', textUpTo(1000)),
};
