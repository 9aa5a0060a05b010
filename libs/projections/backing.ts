// How far a development that an answer names can be relied on.
import { verificationOf, type Verification } from '#crisis/standing.js';
import { danglingIn } from './development-view.js';
import type { Point } from './point.js';
import type { Rows } from './rows.js';

export interface Backing {
  readonly verification?: Verification;
  /** JSON pointers of what in it refers to a development that is retracted. */
  readonly dangling?: string[] | undefined;
}

/** Answers for any development of a crisis, by its track and id; nothing for none. Each is looked up once. */
export function backingAt(rows: Rows, point: Point): (track: string | undefined, development: string | undefined) => Backing {
  const found = new Map<string, Backing>();
  return (track, development) => {
    if (track === undefined || development === undefined) return {};
    const name = `${track}/${development}`;
    let backing = found.get(name);
    if (backing === undefined) found.set(name, (backing = lookUp(rows, point, track, development)));
    return backing;
  };
}

function lookUp(rows: Rows, point: Point, track: string, development: string): Backing {
  const row = rows.crises.track(point.crisis, track);
  const id = row === undefined ? undefined : rows.developments.find(row.id, development);
  const version = id === undefined ? undefined : rows.developments.at(id, point.known);
  if (version === undefined) return {};
  const { standing } = version;
  return { verification: verificationOf(standing, point.filter), dangling: danglingIn(rows, point, standing.content) };
}
