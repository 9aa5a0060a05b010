// The judge of timelines, overviews and single developments: worked out from what the naive fold shows, without the code that it judges.
import { sets } from '#crisis/slots.js';
import { formatMoment } from '#crisis/time.js';
import type { TimelineFilter } from '../read-side.js';
import { byOrder, nameOf, plain, some, type NaiveFold, type Point, type Stands } from './naive-fold.js';
import { involved } from './naive-models.js';

/** Everything that a timeline shows, oldest first. Without `q`. */
export function naiveTimeline(fold: NaiveFold, crisis: string, point: Point, filter: TimelineFilter): any[] {
  const views = fold.views(crisis, point);
  const showsRetracted = filter.verification?.includes('retracted') === true;
  return fold
    .standing(crisis, point)
    .filter(({ supported, retracted }) => supported && (showsRetracted || !retracted))
    .filter(({ earliest }) => earliest <= point.asOf && earliest >= (filter.from ?? -Infinity) && earliest <= (filter.to ?? Infinity))
    .filter((each) => isAskedFor(each, views.get(nameOf(each)), filter))
    .sort(byOrder)
    .map((each) => views.get(nameOf(each)));
}

function isAskedFor(each: Stands, view: any, { type, track, actor, issue, source, verification }: TimelineFilter): boolean {
  const { content } = each;
  const isAny = (asked: readonly string[] | undefined, ...has: readonly (string | undefined)[]): boolean =>
    asked === undefined || has.some((name) => asked.includes(name!));
  const stated = (content.positions ?? []).map((position: any) => position.issue);
  return (
    isAny(type, content.type) &&
    isAny(track, content.track, ...(content.alsoOn ?? [])) &&
    isAny(actor, ...involved(each)) &&
    isAny(issue, ...(content.about ?? []), content.issue, ...stated) &&
    isAny(source, ...view.reports.flatMap((report: any) => [report.source, report.origin])) &&
    isAny(verification, view.verification)
  );
}

/** One crisis: what was registered by then, and how its tracks stand. */
export function naiveCrisis(fold: NaiveFold, crisis: string, point: Point): any {
  const tracks = fold.tracks(crisis, point);
  return plain({
    id: crisis,
    ...fold.crisisEntry(crisis, point),
    closed: fold.closure(crisis, point),
    actors: fold.registered(crisis, 'Actor', point),
    issues: fold.registered(crisis, 'Issue', point),
    sources: fold.registered(crisis, 'Source', point),
    tracks: tracks.map((state) => some(state, 'id', 'title', 'parties', 'status')),
    ...happenedIn(fold, crisis, point),
  });
}

/** The crises that were opened by then, in that order. */
export function naiveCrises(fold: NaiveFold, crises: readonly string[], point: Point): any[] {
  return crises
    .flatMap((crisis) => {
      const opened = fold.opened(crisis, point);
      return opened === undefined ? [] : [{ crisis, openedAt: formatMoment(opened) }];
    })
    .map(({ crisis, openedAt }) => ({
      id: crisis,
      ...fold.crisisEntry(crisis, point),
      openedAt,
      closed: fold.closure(crisis, point) !== undefined,
      tracks: fold.tracks(crisis, point).length,
      ...happenedIn(fold, crisis, point),
    }));
}

function happenedIn(fold: NaiveFold, crisis: string, point: Point): { developments: number; lastDevelopmentAt: string | null } {
  const happened = naiveTimeline(fold, crisis, point, {});
  return { developments: happened.length, lastDevelopmentAt: happened.at(-1)?.occurredAt ?? null };
}

/** One development's page; undefined if it was not recorded by then. */
export function naiveDevelopment(fold: NaiveFold, crisis: string, { track, id }: { track: string; id: string }, point: Point): any {
  const name = `${track}/${id}`;
  const view = fold.views(crisis, point).get(name);
  if (view === undefined) return undefined;
  const isAbout = ({ data }: { data: any }): boolean => data.track === track && (data.development ?? data.id) === id;
  const events = fold.events(crisis, point).filter(isAbout);
  const versions = events.map(({ event, data, recorded }) => {
    const { position } = event;
    const content = fold.standing(crisis, { ...point, position }).find((each) => nameOf(each) === name)!.content;
    const { id: _id, crisis: _crisis, track: _track, type: by, development, ...why } = data;
    return { recordedAt: formatMoment(recorded), position: String(position), by, ...(development === undefined ? {} : why), content };
  });
  const visible = fold.visible(crisis, point).filter(({ content }) => content.track === track);
  const own = visible.find((each) => each.id === id);
  return plain({ ...view, versions, sets: own === undefined ? [] : settingsOf(own, visible, point.asOf) });
}

/** In these slots the first that counts stands, and nothing takes its place. */
const FIRST_COUNTS = ['delivery', 'withdrawal', 'held'];

/** What it sets is taken from the domain; what took its place is worked out anew. @param visible of its track, in order of occurrence */
function settingsOf(own: Stands, visible: readonly Stands[], asOf: number): any[] {
  const after = visible.filter((each) => byOrder(each, own) > 0 && each.earliest <= asOf);
  return sets(own.content, own.resolved).map(({ slot, key, value }) => {
    const isSameSlot = (each: Stands): boolean =>
      sets(each.content, each.resolved).some((setting) => setting.slot === slot && setting.key === key);
    const next = FIRST_COUNTS.includes(slot) ? undefined : after.find(isSameSlot);
    return { slot, key, value, replacedBy: next?.id };
  });
}
