// The judge of the read models over all tracks of a crisis: worked out from what the naive fold shows, without the code that it judges.
import { cameoCode } from '#crisis/cameo.js';
import { cameoOf, goldsteinOf } from '#crisis/tension.js';
import { formatMoment, parseDue, parseOccurrence } from '#crisis/time.js';
import {
  byOrder,
  commitment,
  nameOf,
  HELD_FIELDS,
  plain,
  some,
  spokenFor,
  stated,
  tension,
  type NaiveFold,
  type Point,
  type Stands,
} from './naive-fold.js';

interface OverTracks {
  readonly track?: readonly string[] | undefined;
}

const isOneOf = (names: readonly string[] | undefined, name: string): boolean => names === undefined || names.includes(name);

/** What had happened by then on some tracks, in order of occurrence. */
function seenBy(fold: NaiveFold, crisis: string, point: Point, { track }: OverTracks): Stands[] {
  return fold.visible(crisis, point).filter(({ content, earliest }) => earliest <= point.asOf && isOneOf(track, content.track));
}

function verificationsIn(fold: NaiveFold, crisis: string, point: Point): (each: Stands) => string {
  const backings = fold.backings(crisis, point);
  return (each) => backings.get(nameOf(each))!.verification;
}

export function naivePositions(
  fold: NaiveFold,
  crisis: string,
  point: Point,
  filter: OverTracks & { readonly party?: readonly string[]; readonly issue?: readonly string[]; readonly history: number },
): any[] {
  const verified = verificationsIn(fold, crisis, point);
  const cells = new Map<string, { party: string; issue: string; settings: { side: string; shown: any }[] }>();
  for (const each of seenBy(fold, crisis, point, filter)) {
    for (const { party, issue, side, value } of stated(each)) {
      if (!isOneOf(filter.party, party) || !isOneOf(filter.issue, issue)) continue;
      const key = `${party}/${issue}`;
      const cell = cells.get(key) ?? { party, issue, settings: [] };
      const shown = {
        ...value,
        since: each.content.occurredAt,
        track: each.content.track,
        development: each.id,
        verification: verified(each),
      };
      cell.settings.push({ side, shown });
      cells.set(key, cell);
    }
  }
  return [...cells.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { party, issue, settings }]) => {
      const own = settings.findLast(({ side }) => side === 'own')?.shown;
      const listed = filter.history === 0 ? [] : settings.slice(-filter.history);
      return plain({
        party,
        issue,
        stance: null,
        ...(own === undefined ? {} : { ...own, statedBy: own.statedBy ?? party }),
        attributed: settings.findLast(({ side }) => side === 'ascribed')?.shown,
        history: listed.map(({ side, shown }) => ({
          ...shown,
          statedBy: shown.statedBy ?? party,
          attributed: side === 'ascribed' ? true : undefined,
        })),
        earlier: settings.length > filter.history ? true : undefined,
      });
    });
}

/** The last made first. */
export function naiveCommitments(
  fold: NaiveFold,
  crisis: string,
  point: Point,
  filter: OverTracks & { readonly by?: readonly string[]; readonly to?: readonly string[]; readonly state?: readonly string[] },
): any[] {
  const verified = verificationsIn(fold, crisis, point);
  const seen = seenBy(fold, crisis, point, filter);
  const ever = fold.visible(crisis, point);
  return seen
    .filter(({ content }) => content.type === 'ResponsePromised')
    .toReversed()
    .map((promise) => {
      const { track } = promise.content;
      const onTrack = ({ content }: Stands): boolean => content.track === track;
      const state = commitment(promise, seen.filter(onTrack), ever.filter(onTrack), point.asOf);
      return {
        track,
        ...state,
        verification: verified(promise),
        ...(state.closedBy === undefined
          ? {}
          : { closingVerification: verified(seen.find((each) => onTrack(each) && each.id === state.closedBy)!) }),
      };
    })
    .filter(({ by, to, state, overdue, late }) => {
      const is = [state, ...(overdue ? ['overdue'] : []), ...(late === true ? ['late'] : [])];
      return (
        isOneOf(filter.by, by) && isOneOf(filter.to, to) && (filter.state === undefined || is.some((each) => filter.state!.includes(each)))
      );
    });
}

/** The last announced, or held without an announcement, first. */
export function naiveMeetings(
  fold: NaiveFold,
  crisis: string,
  point: Point,
  filter: OverTracks & { readonly state?: readonly string[]; readonly actor?: readonly string[] },
): any[] {
  const verified = verificationsIn(fold, crisis, point);
  const ever = fold.visible(crisis, point);
  const seen = seenBy(fold, crisis, point, filter);
  const shown = (by: Stands, fields: object): object => ({
    development: by.id,
    occurredAt: by.content.occurredAt,
    ...fields,
    verification: verified(by),
  });
  const heldState = (by: Stands): object => {
    const { track, announcement } = by.content;
    const isThere = ever.some(({ id, content }) => id === announcement && content.track === track && content.type === 'MeetingAnnounced');
    const told = some(by.content, ...HELD_FIELDS);
    return shown(by, { ...told, dangling: announcement !== undefined && !isThere ? true : undefined });
  };
  const details = ['participants', 'format', 'round', 'place', 'outcome'];
  const told = new Set<Stands>();
  const meetings: { by: Stands; meeting: any }[] = [];
  for (const announced of seen.filter(({ content }) => content.type === 'MeetingAnnounced')) {
    const { track } = announced.content;
    const about = (...types: string[]): Stands[] =>
      seen.filter(({ content }) => content.track === track && types.includes(content.type) && content.announcement === announced.id);
    const schedule = [announced, ...about('MeetingRescheduled', 'MeetingCancelled')].sort(byOrder);
    const last = schedule.at(-1)!;
    const held = about('MeetingHeld')[0];
    if (held !== undefined) told.add(held);
    const cancelled = last.content.type === 'MeetingCancelled';
    const lapsed = !cancelled && parseOccurrence(last.content.scheduledFor).latest < point.asOf;
    meetings.push({
      by: announced,
      meeting: {
        track,
        state: held !== undefined ? 'held' : cancelled ? 'cancelled' : lapsed ? 'lapsed' : last === announced ? 'announced' : 'rescheduled',
        announcement: announced.id,
        announcedAt: announced.content.occurredAt,
        scheduledFor: last.content.scheduledFor,
        ...some({ ...plain(some(announced.content, ...details)), ...plain(some(held?.content ?? {}, ...details)) }, ...details),
        verification: verified(announced),
        schedule: schedule
          .slice(-50)
          .map((by) => shown(by, by.content.type === 'MeetingCancelled' ? { cancelled: true } : some(by.content, 'scheduledFor'))),
        earlier: schedule.length > 50 ? true : undefined,
        held: held && heldState(held),
      },
    });
  }
  for (const held of seen.filter((each) => each.content.type === 'MeetingHeld' && !told.has(each))) {
    const meeting = {
      track: held.content.track,
      state: 'held',
      ...some(held.content, ...details),
      verification: verified(held),
      schedule: [],
      held: heldState(held),
    };
    meetings.push({ by: held, meeting });
  }
  return meetings
    .sort((a, b) => byOrder(b.by, a.by))
    .map(({ meeting }) => plain(meeting))
    .filter(
      ({ state, participants }) =>
        isOneOf(filter.state, state) && (filter.actor === undefined || participants.some((actor: string) => filter.actor!.includes(actor))),
    );
}

const DAY = 86_400_000;

/** Whoever has any part in a development. */
export function involved({ content, resolved }: Stands): Set<string> {
  const { speaker, onBehalfOf, to, by, target, claimedBy, deliveredBy, receivedBy, participants, parties, party, statedBy } = content;
  const named = [speaker, onBehalfOf, to, by, target, claimedBy, deliveredBy, receivedBy, participants, parties, party, statedBy].flat();
  const stating = (content.positions ?? []).map((position: any) => position.party);
  return new Set([...named, ...stating, resolved.onBehalfOf].filter((name) => name !== undefined));
}

/** Whether it happened between two: from one to the other, or with both taking part alike. */
function isBetween(each: Stands, a: string, b: string): boolean {
  const { type, speaker, to = [], by, target, deliveredBy, receivedBy, participants, parties } = each.content;
  const sides: Record<string, [any[], any[]]> = {
    StatementMade: [[speaker, spokenFor(each)], to],
    ActionReported: [[by], [target]],
    ProposalTabled: [[by], to],
    ResponsePromised: [[by], [to]],
    ResponseDelivered: [
      [by, deliveredBy],
      [to, receivedBy],
    ],
    MeetingAnnounced: [participants, participants],
    MeetingHeld: [participants, participants],
    AgreementReached: [parties, parties],
  };
  const [from, on] = sides[type] ?? [[], []];
  return a !== b && ((from.includes(a) && on.includes(b)) || (from.includes(b) && on.includes(a)));
}

export function naiveTension(
  fold: NaiveFold,
  crisis: string,
  point: Point,
  { track, actor, days }: { readonly track?: string; readonly actor?: readonly string[]; readonly days: number },
): any {
  const seen = seenBy(fold, crisis, point, track === undefined ? {} : { track: [track] }).filter((each) =>
    actor === undefined ? true : actor.length === 1 ? involved(each).has(actor[0]!) : isBetween(each, actor[0]!, actor[1]!),
  );
  const today = Math.floor(point.asOf / DAY);
  const period = (from: number, to: number): any => {
    const counted = seen.filter((each) => {
      const day = Math.floor(each.earliest / DAY);
      return day >= from && day <= to && goldsteinOf(each.content) !== undefined;
    });
    const rounded = (value: number): number => Math.round(value * 1000) / 1000 || 0;
    const sum = counted.reduce((tenths, { content }) => tenths + Math.round(goldsteinOf(content)! * 10), 0) / 10;
    const [one, two, three, four] = [1, 2, 3, 4].map(
      (quadClass) => counted.filter(({ content }) => cameoCode(cameoOf(content))!.quadClass === quadClass).length,
    ) as [number, number, number, number];
    const count = counted.length;
    return {
      count,
      mean: count === 0 ? null : rounded(sum / count),
      verbalCooperation: one,
      materialCooperation: two,
      verbalConflict: three,
      materialConflict: four,
      conflict: count === 0 ? null : { verbal: rounded(three / count), material: rounded(four / count) },
    };
  };
  const dayName = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
  const named = (from: number, to: number): any => ({ from: dayName(from), to: dayName(to), ...period(from, to) });
  return plain({
    track,
    actors: actor,
    ...tension(seen, point.asOf),
    last: named(today - 13, today),
    before: named(today - 27, today - 14),
    days: Array.from({ length: days }, (_, index) => {
      const day = today - days + 1 + index;
      return { day: dayName(day), score: tension(seen, day * DAY).score, ...period(day, day) };
    }),
  });
}

/** In the order of registration. */
export function naiveActors(fold: NaiveFold, crisis: string, point: Point, filter: { readonly actor?: readonly string[] }): any[] {
  const backings = fold.backings(crisis, point);
  const verified = verificationsIn(fold, crisis, point);
  const seen = seenBy(fold, crisis, point, {});
  const open = naiveCommitments(fold, crisis, point, { state: ['open'] });
  return fold
    .registered(crisis, 'Actor', point)
    .filter(({ id }) => isOneOf(filter.actor, id))
    .map(({ id, ...entry }) => {
      const having = seen.filter((each) => involved(each).has(id));
      const said = (each: Stands): boolean => {
        const { type, speaker, statedBy, party } = each.content;
        if (type === 'StatementMade') return speaker === id || spokenFor(each) === id;
        if (type !== 'PositionTaken') return false;
        return statedBy === undefined ? party === id : statedBy === id || each.resolved.onBehalfOf === id;
      };
      const statement = having.findLast((each) => each.content.type === 'StatementMade' && said(each));
      const last = having.at(-1);
      return plain({
        id,
        ...entry,
        latestStatement:
          statement === undefined
            ? null
            : {
                track: statement.content.track,
                development: statement.id,
                occurredAt: statement.content.occurredAt,
                ...some(statement.content, 'speaker', 'summary', 'setting', 'quote', 'assessment'),
                party: spokenFor(statement),
                verification: verified(statement),
              },
        positions: naivePositions(fold, crisis, point, { party: [id], history: 0 }).map(
          ({ history: _history, earlier: _earlier, ...cell }) => cell,
        ),
        owes: open.filter(({ by }) => by === id),
        isOwed: open.filter(({ to }) => to === id),
        counts: {
          developments: having.length,
          said: having.filter(said).length,
          met: having.filter(({ content }) => content.type === 'MeetingHeld').length,
          did: having.filter(
            ({ content }) => content.type === 'ActionReported' && content.by === id && /reported|confirmed/.test(content.claim),
          ).length,
        },
        lastDevelopment:
          last === undefined
            ? null
            : {
                track: last.content.track,
                development: last.id,
                ...some(last.content, 'type', 'occurredAt', 'summary'),
                ...backings.get(nameOf(last)),
              },
      });
    });
}

/** What changed from one point to another. Of each set, all. */
export function naiveChanges(fold: NaiveFold, crisis: string, from: Point, to: Point, filter: OverTracks): any {
  const views = fold.views(crisis, to);
  const isAskedFor = ({ content }: Stands): boolean => isOneOf(filter.track, content.track);
  const visible = fold.visible(crisis, to).filter(isAskedFor);
  const shown = (list: readonly Stands[]): any[] => list.map((each) => views.get(nameOf(each)));
  const knownBefore = new Set(fold.events(crisis, from).map(({ event }) => event.position));
  const fresh = fold.events(crisis, to).filter(({ event }) => !knownBefore.has(event.position));
  const isFresh = (each: Stands): boolean => fresh.some(({ event }) => event.position === each.position);

  const before = new Map(fold.standing(crisis, from).map((each) => [nameOf(each), each]));
  const after = new Map(fold.standing(crisis, to).map((each) => [nameOf(each), each]));
  const inSight = (each: (Stands & { supported: boolean }) | undefined): boolean => each !== undefined && each.supported && !each.retracted;
  const records = fresh.filter(({ data }) => data.development !== undefined);
  const told = new Map<string, typeof records>();
  for (const record of records) {
    const name = `${record.data.track}/${record.data.development}`;
    told.set(name, [...(told.get(name) ?? []), record]);
  }
  const isCorrected = (name: string): boolean => {
    const [was, is] = [before.get(name), after.get(name)!];
    const all = told.get(name)!;
    const byReport = was !== undefined && inSight(was) !== inSight(is);
    if (!all.some(({ data }) => !data.type.startsWith('Report')) && !byReport) return false;
    const either = [was, is].filter((each) => each !== undefined);
    return isAskedFor(is) && either.some(({ earliest }) => earliest <= to.asOf) && either.some(({ supported }) => supported);
  };
  // Where reports alone do not make it one, its place is that of the first event that does.
  const placeOf = (name: string): bigint => {
    const [was, is] = [before.get(name), after.get(name)!];
    const byReport = was !== undefined && inSight(was) !== inSight(is);
    return told.get(name)!.find(({ data }) => byReport || !data.type.startsWith('Report'))!.event.position;
  };
  const corrected = [...told.keys()]
    .filter(isCorrected)
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    .map((name) => ({
      ...views.get(name),
      record: told.get(name)!.map(({ event, data, recorded }) => {
        const { id: _id, crisis: _crisis, track: _track, type: by, development: _development, ...why } = data;
        return { recordedAt: formatMoment(recorded), position: String(event.position), by, ...why };
      }),
    }));

  return plain({
    happened: shown(visible.filter(({ earliest }) => earliest > from.asOf && earliest <= to.asOf)),
    learnedLate: shown(
      visible
        .filter((each) => isFresh(each) && each.earliest <= from.asOf && each.earliest <= to.asOf)
        .sort((a, b) => (a.position < b.position ? -1 : 1)),
    ),
    corrected,
    fellDue: naiveFellDue(visible, from.asOf, to.asOf),
    tracks: fold
      .tracks(crisis, to)
      .filter(({ id }) => isOneOf(filter.track, id))
      .map((state) => ({ id: state.id, title: state.title, moved: naiveMoves(fold, crisis, from, to, state.id) }))
      .filter(({ moved }) => moved.length > 0),
  });
}

/** @param visible as it is known, whenever it occurred */
function naiveFellDue(visible: readonly Stands[], after: number, upTo: number): any[] {
  const due: { at: number; kind: string; track: string; key: string; shown: object }[] = [];
  const isWithin = (moment: number): boolean => moment > after && moment <= upTo;
  for (const each of visible) {
    const { type, track } = each.content;
    const onTrack = visible.filter(({ content }) => content.track === track);
    const seenAt = (moment: number): Stands[] => onTrack.filter(({ earliest }) => earliest <= moment);
    const add = (at: number, kind: string, key: string, fields: object): void => {
      if (!due.some((other) => other.at === at && other.kind === kind && other.track === track && other.key === key))
        due.push({ at, kind, track, key, shown: { at: formatMoment(at), kind, track, ...fields } });
    };
    if (each.earliest <= after && each.latest > after && each.latest <= upTo)
      add(each.latest, 'span-ended', each.id, { development: each.id });
    if (type === 'ResponsePromised' && each.content.dueBy !== undefined) {
      const at = parseDue(each.content.dueBy).latest + 1;
      if (isWithin(at) && each.earliest <= at && commitment(each, seenAt(at), onTrack, at).overdue)
        add(at, 'commitment-overdue', each.id, { promise: each.id, commitment: commitment(each, seenAt(upTo), onTrack, upTo) });
    }
    if (type === 'MeetingAnnounced' || type === 'MeetingRescheduled') {
      const announcement = type === 'MeetingAnnounced' ? each.id : each.content.announcement;
      const at = parseOccurrence(each.content.scheduledFor).latest + 1;
      const seen = seenAt(at);
      const schedule = seen.findLast(
        ({ id, content }) =>
          (content.type === 'MeetingAnnounced' && id === announcement) ||
          (['MeetingRescheduled', 'MeetingCancelled'].includes(content.type) && content.announcement === announcement),
      );
      const isThere = seen.some(({ id, content }) => content.type === 'MeetingAnnounced' && id === announcement);
      const isHeld = seen.some(({ content }) => content.type === 'MeetingHeld' && content.announcement === announcement);
      const until = schedule?.content.scheduledFor;
      if (isWithin(at) && isThere && !isHeld && until !== undefined && parseOccurrence(until).latest + 1 === at)
        add(at, 'meeting-lapsed', announcement, { announcement });
    }
  }
  const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return due.sort((a, b) => a.at - b.at || text(a.track, b.track) || text(a.kind, b.kind) || text(a.key, b.key)).map(({ shown }) => shown);
}

function naiveMoves(fold: NaiveFold, crisis: string, from: Point, to: Point, track: string): any[] {
  const ends = [from, to].map((point) => {
    const ever = fold.visible(crisis, point).filter(({ content }) => content.track === track);
    return { state: fold.track(crisis, track, point), ever, seen: ever.filter(({ earliest }) => earliest <= point.asOf), asOf: point.asOf };
  });
  const [was, is] = ends as [(typeof ends)[number], (typeof ends)[number]];
  const equal = (a: any, b: any): boolean => JSON.stringify(plain({ a })) === JSON.stringify(plain({ a: b }));
  const moves: any[] = [];
  const put = (field: string, of: string | undefined, a: any, b: any, because: string | undefined, before: string | undefined): void => {
    if (!equal(a, b))
      moves.push({ field, of, from: a ?? null, to: b ?? null, because, wasBecause: before === because ? undefined : before });
  };
  const single = 'title parties status since whoseMove meetingsHeld lastMeeting nextMeeting lastDevelopmentAt developments verification';
  for (const field of single.split(' '))
    put(field, undefined, was.state[field], is.state[field], is.state.because[field], was.state.because[field]);

  const names = (field: string, nameOf: (entry: any) => string): string[] =>
    [...new Set(ends.flatMap(({ state }) => state[field].map(nameOf) as string[]))].sort();
  for (const of of names('openProposals', ({ proposal }) => proposal)) {
    const lastOn = ({ seen }: typeof was): string | undefined => {
      const tabled = seen.find(({ id, content }) => id === of && content.type === 'ProposalTabled');
      if (tabled === undefined) return undefined;
      const withdrawn = seen.find(({ content }) => content.type === 'ProposalWithdrawn' && content.proposal === of);
      const answers = tabled.content.to.map((party: string) =>
        seen.find(
          ({ content, resolved }) =>
            content.type === 'ResponseDelivered' && (content.proposal ?? resolved.proposal) === of && content.by === party,
        ),
      );
      return [tabled, withdrawn, ...answers]
        .filter((each) => each !== undefined)
        .sort(byOrder)
        .at(-1).id;
    };
    const find = ({ state }: typeof was): any => state.openProposals.find(({ proposal }: any) => proposal === of);
    put('openProposals', of, find(was), find(is), lastOn(is), lastOn(was));
  }
  for (const of of names('openCommitments', ({ promise }) => promise)) {
    const find = ({ seen, ever, asOf }: typeof was): any => {
      const promise = seen.find(({ id, content }) => id === of && content.type === 'ResponsePromised');
      return promise && commitment(promise, seen, ever, asOf);
    };
    const setter = (at: typeof was): string | undefined => find(at)?.closedBy ?? find(at)?.promise;
    put('openCommitments', of, find(was), find(is), setter(is), setter(was));
  }
  for (const of of names('positions', ({ party, issue }) => `${party}/${issue}`)) {
    const find = ({ state }: typeof was): any => state.positions.find(({ party, issue }: any) => `${party}/${issue}` === of);
    const own = (cell: any): any => cell && some(cell, 'development', 'stance', 'redLine');
    const isOwn = !equal(own(find(was)) ?? { stance: undefined }, own(find(is)) ?? { stance: undefined });
    const setter = (cell: any): string | undefined =>
      isOwn ? (cell?.development ?? cell?.attributed?.development) : (cell?.attributed?.development ?? cell?.development);
    put('positions', of, find(was), find(is), setter(find(is)), setter(find(was)));
  }
  for (const of of names('latestStatements', ({ party }) => party)) {
    const find = ({ state }: typeof was): any => state.latestStatements.find(({ party }: any) => party === of);
    put('latestStatements', of, find(was), find(is), find(is)?.development, find(was)?.development);
  }
  return plain(moves);
}
