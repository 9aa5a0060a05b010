// One development: how it stands, how it came to stand so, what it set and what took its place.
import type { RecordEvent } from '#crisis/vocabulary/types.js';
import { sets, type Slot } from '#crisis/slots.js';
import type { SlotReader } from '#crisis/slot-table.js';
import { isVisible, type Standing } from '#crisis/standing.js';
import { formatMoment } from '#crisis/time.js';
import { developmentView } from '../development-view.js';
import { notFound, pointOf, prefaceOf } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { Version } from '../tables/developments.js';
import { readTrack, trackNamed } from '../track-read.js';

/** In these slots the first that counts stands, and nothing takes its place. */
const FIRST_COUNTS: ReadonlySet<Slot> = new Set(['delivery', 'withdrawal', 'held']);

export function answerDevelopment(rows: Rows, read: Questions['development']): object {
  const point = pointOf(rows, read.crisis, read);
  trackNamed(rows, point.crisis, read.track);
  const track = rows.crises.track(point.crisis, read.track);
  const id = track === undefined ? undefined : rows.developments.find(track.id, read.id);
  const version = id === undefined ? undefined : rows.developments.at(id, point.known);
  if (id === undefined || version === undefined)
    throw notFound('unknown-development', `The track "${read.track}" has no development "${read.id}" on record by then`);
  return {
    ...prefaceOf(point),
    development: {
      ...developmentView(rows, point, version),
      versions: rows.developments.versions(id, point.known).map((each) => versionView(rows, each)),
      sets: isVisible(version.standing, point.filter)
        ? settingsOf(version.standing, readTrack(rows, point, read.track).slots, point.asOf)
        : [],
    },
  };
}

/** What one event made of it. */
function versionView(rows: Rows, version: Version): object {
  return { ...recordView(rows, version.id), content: version.standing.content };
}

/** What an event that made a version did, and why. */
export function recordView(rows: Rows, id: number): object {
  const { type, recorded, data } = rows.events.at(id)!;
  const {
    id: _id,
    crisis: _crisis,
    track: _track,
    type: _type,
    development: _development,
    ...why
  } = (data === null ? {} : JSON.parse(data)) as Partial<RecordEvent>;
  return { recordedAt: formatMoment(recorded), position: String(id), by: type, ...why };
}

function settingsOf(standing: Standing, slots: SlotReader, asOf: number): object[] {
  const { order } = standing;
  return sets(standing.content, standing.resolved).map(({ slot, key, value }) => {
    const next = FIRST_COUNTS.has(slot) ? undefined : slots.first(slot, key, asOf, { ...order, position: order.position + 1n });
    return { slot, key, value, replacedBy: next?.development };
  });
}
