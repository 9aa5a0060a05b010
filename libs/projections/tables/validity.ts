// Record time is the log's position: a row is valid for whoever knows the log up to a position in [known_from, known_to).

/** The end of what is still valid. It is exact as a number of SQLite and of JavaScript, and lies beyond every position and moment. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

/** The columns of a row's validity, and the condition that a reader at position `:known` sees it. */
export const VALIDITY = 'known_from integer not null, known_to integer not null';
export const IS_KNOWN = 'known_from <= :known and known_to > :known';
