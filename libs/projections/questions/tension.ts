// Tension day by day: of a crisis, of a track, or of what happened with an actor or between two.
import { pairName } from '#crisis/parts.js';
import { tensionDaysOf, tensionReport } from '#crisis/tension.js';
import { dayOf } from '#crisis/time.js';
import { failingSupports } from '../crisis-read.js';
import { dayEvents, type DayTally, type TallyKind } from '../day-tally.js';
import { pointOf, prefaceOf, refused, type Point } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import { trackNamed } from '../track-read.js';

export function answerTension(rows: Rows, read: Questions['tension']): object {
  const point = pointOf(rows, read.crisis, read);
  const { track, actor } = read;
  if (track !== undefined) trackNamed(rows, point.crisis, track);
  for (const name of actor ?? []) actorNamed(rows, point, name);
  return { ...prefaceOf(point), tension: tensionOf(rows, point, read) };
}

/** How many days are listed of what nobody has said a number for. */
export const DEFAULT_DAYS = 28;

type Narrowed = Pick<Questions['tension'], 'track' | 'actor' | 'days'>;

/** Of the whole crisis, unless it is narrowed to a track or to actors. */
export function tensionOf(rows: Rows, point: Point, read: Narrowed): object {
  const { track, actor } = read;
  const today = dayOf(point.asOf);
  const days = daysOf(rows, point, read, today - tensionDaysOf(read.days) + 1);
  return { track, actors: actor, ...tensionReport(dayEvents(days), today, read.days) };
}

/** @param from in days since 1970-01-01 */
function daysOf(rows: Rows, point: Point, { track, actor }: Narrowed, from: number): ReadonlyMap<number, DayTally> {
  const [kind, name]: [TallyKind, string] =
    track !== undefined
      ? ['track', track]
      : actor === undefined
        ? ['crisis', '']
        : actor.length === 1
          ? ['actor', actor[0]!]
          : ['pair', pairName(actor[0]!, actor[1]!)];
  const { crisis, asOf, known } = point;
  return rows.dayTallies.days(crisis.id, kind, name, from, asOf, { known, without: failingSupports(rows, point) });
}

/** @throws ReadRefused `unknown-actor`; one that was registered after `knownAt` resolves */
function actorNamed(rows: Rows, { crisis }: Point, name: string): void {
  if (rows.entries.first(crisis.id, 'actor', name) === undefined)
    throw refused('not-found', 'unknown-actor', `The crisis "${crisis.name}" has no actor "${name}"`);
}
