// What a live connection starts with: the read models as they stand at the head.
import type { Candidate } from '#crisis/candidate.js';
import { commitmentsAt } from '#crisis/commitments.js';
import { meetingsAt } from '#crisis/meetings.js';
import { positionsAt } from '#crisis/positions.js';
import { crisisSlotsAt } from '../crisis-read.js';
import { passes, subjectOfCommitment, subjectOfMeeting, subjectOfPosition, subjectOfTrack, type Subject } from '../live-filter.js';
import { pointOf, prefaceOf, type Point } from '../point.js';
import type { LiveFilter, Questions, TimelineFilter } from '../read-side.js';
import type { Rows } from '../rows.js';
import { tracksAt, trackStateAt } from '../track-read.js';
import { crisesAt } from './crises.js';
import { parkedIn } from './live-parked.js';
import { DEFAULT_HISTORY } from './positions.js';
import { DEFAULT_DAYS, tensionOf } from './tension.js';
import { latestViews } from './timeline.js';

const SNAPSHOT_TIMELINE = 50;
/** Of promises and meetings, the last so many. */
const SNAPSHOT_LIST = 500;
/** How many are looked at for these. */
const LOOKED_AT = 2000;
/** Of all crises, a snapshot has the read models of those alone that a filter names, if they are no more than these. */
const SNAPSHOT_CRISES = 20;

type Asked = Pick<Questions['snapshot'], 'projections' | 'filter'>;

export function answerSnapshot(rows: Rows, { crisis, now, ...asked }: Questions['snapshot']): object {
  if (crisis === null) return ofAllCrises(rows, asked, now);
  const point = pointOf(rows, crisis, { now });
  return { ...prefaceOf(point), parked: shown(parkedIn(rows, point.crisis)), ...modelsAt(rows, point, asked) };
}

function ofAllCrises(rows: Rows, asked: Asked, now: number): object {
  const named = asked.filter?.crisis;
  const { crises, ...preface } = crisesAt(rows, { now });
  const followed = crises.filter(({ id }) => named?.includes(id) ?? true);
  const listed = named !== undefined && named.length <= SNAPSHOT_CRISES ? followed : [];
  return {
    ...preface,
    parked: shown(parkedIn(rows, null)),
    crises: followed,
    states: listed.map(({ id }) => ({ crisis: id, ...modelsAt(rows, pointOf(rows, id, { now }), asked) })),
  };
}

function modelsAt(rows: Rows, point: Point, { projections, filter = {} }: Asked): object {
  const asks = (projection: (typeof projections)[number]): boolean => projections.includes(projection);
  const isFollowed = (subject: Subject): boolean => passes([subject], filter);
  const tracks = tracksAt(rows, point).filter((name) => isFollowed(subjectOfTrack(name)));
  const slots = asks('positions') || asks('commitments') || asks('meetings') ? crisisSlotsAt(rows, point) : undefined;
  const commitments = asks('commitments')
    ? latest(commitmentsAt(slots!, point.asOf, {}), (each) => isFollowed(subjectOfCommitment(each)))
    : undefined;
  const meetings = asks('meetings') ? latest(meetingsAt(slots!, point.asOf, {}), (each) => isFollowed(subjectOfMeeting(each))) : undefined;
  const cutShort = [commitments?.isCutShort === true ? 'commitments' : [], meetings?.isCutShort === true ? 'meetings' : []].flat();
  return {
    tracks: asks('tracks') ? tracks.map((name) => trackStateAt(rows, point, name)) : undefined,
    developments: asks('timeline') ? latestViews(rows, point, SNAPSHOT_TIMELINE, timelineFilterOf(filter)) : undefined,
    positions: asks('positions')
      ? positionsAt(slots!, point.asOf, { history: DEFAULT_HISTORY }).filter((each) => isFollowed(subjectOfPosition(each)))
      : undefined,
    commitments: commitments?.list,
    meetings: meetings?.list,
    tension: asks('tension') ? tensionOf(rows, point, { days: DEFAULT_DAYS }) : undefined,
    cutShort: shown(cutShort),
  };
}

function timelineFilterOf({ track, actor, issue, type, source }: LiveFilter): TimelineFilter {
  return { track, actor, issue, type, source };
}

function latest<T>(candidates: Iterable<Candidate<T>>, isFollowed: (each: T) => boolean): { list: T[]; isCutShort: boolean } {
  const list: T[] = [];
  let lookedAt = 0;
  for (const { shown: each } of candidates) {
    if (list.length === SNAPSHOT_LIST || ++lookedAt > LOOKED_AT) return { list, isCutShort: true };
    if (each !== undefined && isFollowed(each)) list.push(each);
  }
  return { list, isCutShort: false };
}

/** A list that is only there if it holds something. */
function shown<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
