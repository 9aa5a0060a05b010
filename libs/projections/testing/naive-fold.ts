// The judge: what every read has to answer, worked out from the log alone, slowly, by the rules of the design, and without the code
// that it judges. Shared with it are only the reading of dates, JSON merge patches, and the table of scores.
import { mergePatch } from '#crisis/merge-patch.js';
import { goldsteinOf, cameoOf } from '#crisis/tension.js';
import { formatMoment, parseDue, parseOccurrence } from '#crisis/time.js';
import type { RecordedEvent } from '#event-store/port.js';

const DAY = 86_400_000;
const STATUS_TYPES = [
  'TrackSuspended',
  'TrackResumed',
  'TrackConcluded',
  'AgreementReached',
  'MeetingHeld',
  'StatementMade',
  'ProposalTabled',
  'ResponsePromised',
  'ResponseDelivered',
];

export interface Point {
  readonly asOf: number;
  readonly knownAt: number;
  readonly position?: bigint;
  readonly excludeSource?: readonly string[];
  readonly minReliability?: string;
}

interface Read {
  readonly event: RecordedEvent;
  readonly stream: { readonly crisis: string; readonly track?: string };
  readonly kind: 'register' | 'development' | 'record';
  readonly data: any;
  readonly metadata: any;
  /** Effective record time. */
  readonly recorded: number;
}

/** A development as it stands. */
export interface Stands {
  readonly id: string;
  readonly position: bigint;
  readonly recorded: number;
  readonly content: any;
  readonly resolved: any;
  readonly retracted: boolean;
  readonly corrected: boolean;
  readonly reports: readonly { readonly id: string; readonly report: any; readonly stance: string }[];
  readonly earliest: number;
  readonly latest: number;
  readonly sequence: number;
}

/** What is shown of a meeting that was held. */
export const HELD_FIELDS = ['participants', 'format', 'durationMinutes', 'durationQualifier', 'round', 'outcome', 'place', 'announcement'];

export class NaiveFold {
  readonly #read: Read[] = [];
  readonly parked: RecordedEvent[] = [];

  constructor(events: readonly RecordedEvent[]) {
    const latest = new Map<string, number>();
    const stopped = new Set<string>();
    for (const event of events) {
      const [, crisis, track] = /^(?:crisis|track)-([a-z0-9-]+)(?:\.([a-z0-9-]+))?$/.exec(event.stream)!;
      if (event.type === 'OfALaterRelease') stopped.add(event.stream);
      if (stopped.has(event.stream)) {
        this.parked.push(event);
        continue;
      }
      const metadata = JSON.parse(event.metadata);
      const kind = /^(Crisis|Actor|Issue|Source|TrackOpened)/.test(event.type)
        ? 'register'
        : /^(Development|Report(Added|Withdrawn))/.test(event.type)
          ? 'record'
          : 'development';
      const recorded = Math.max(Date.parse(metadata.recordedAt), latest.get(crisis!) ?? -Infinity);
      if (kind !== 'register') latest.set(crisis!, recorded);
      this.#read.push({ event, stream: { crisis: crisis!, track }, kind, data: JSON.parse(event.data), metadata, recorded });
    }
  }

  /** Null if nothing can be settled yet. */
  settledUntil(crisis: string): number | null {
    const times = this.#read.filter(({ kind, stream }) => kind !== 'register' && stream.crisis === crisis).map(({ recorded }) => recorded);
    if (times.length === 0) return null;
    const parked = this.parked
      .filter(({ stream }) => stream.startsWith(`track-${crisis}.`))
      .map(({ position }) => {
        const before = this.#read
          .filter((read) => read.kind !== 'register' && read.stream.crisis === crisis && read.event.position < position)
          .map(({ recorded }) => recorded);
        return Math.max(...before);
      });
    const until = Math.min(Math.max(...times), ...parked);
    return until === -Infinity ? null : until;
  }

  tracks(crisis: string, point: Point): any[] {
    const opened = this.#known(crisis, point)
      .filter(({ event }) => event.type === 'TrackOpened')
      .map(({ stream }) => stream.track!);
    return [...new Set(opened.filter((track) => track !== 'context')), 'context'].map((track) => this.track(crisis, track, point));
  }

  track(crisis: string, track: string, point: Point): any {
    const { asOf } = point;
    const all = this.#standing(crisis, point).filter(({ content }) => content.track === track);
    const ever = all.filter((each) => this.#isVisible(each, crisis, point)).sort(byOrder);
    const seen = ever.filter(({ earliest }) => earliest <= asOf);
    const last = <T>(list: readonly T[]): T | undefined => list[list.length - 1];
    const of = (...types: string[]): Stands[] => seen.filter(({ content }) => types.includes(content.type));

    const commitments = of('ResponsePromised')
      .map((promise) => ({ promise, state: commitment(promise, seen, ever, asOf) }))
      .filter(({ state }) => state.state === 'open');
    const proposals = of('ProposalTabled')
      .map((proposal) => ({ proposal, awaiting: awaited(proposal, seen) }))
      .filter(({ awaiting }) => awaiting.length > 0);
    const next = nextMeeting(seen, asOf);
    const held = last(of('MeetingHeld'));
    const response = last(of('ResponseDelivered'));

    const setter =
      track === 'context'
        ? undefined
        : last(seen.filter(({ content }) => STATUS_TYPES.includes(content.type) && statusSetBy(content) !== undefined));
    let status = setter === undefined ? (next === undefined ? 'proposed' : 'scheduled') : statusSetBy(setter.content);
    let statusBy = setter ?? (next === undefined ? undefined : next.announced);
    if (status === 'awaiting-response' && commitments.length + proposals.length === 0) {
      status = 'active';
      statusBy = last(
        seen
          .filter((each) => each === setter || ['ResponseDelivered', 'PromiseWithdrawn', 'ProposalWithdrawn'].includes(each.content.type))
          .filter((each) => byOrder(each, setter!) >= 0),
      );
    }

    const owing: string[] = [
      ...new Set<string>([...proposals.flatMap(({ awaiting }) => awaiting), ...commitments.map(({ promise }) => promise.content.by)]),
    ].sort((a, b) => (a < b ? -1 : 1));
    const over = track !== 'context' && (status === 'agreement-reached' || status === 'concluded');
    let move: { parties: string[]; by: Stands | undefined };
    if (over) move = { parties: [], by: setter };
    else if (owing.length > 0)
      move = {
        parties: owing,
        by: last([...proposals.map(({ proposal }) => proposal), ...commitments.map(({ promise }) => promise)].sort(byOrder)),
      };
    else if (response === undefined) move = { parties: [], by: undefined };
    else if (held !== undefined && held.earliest > response.latest) move = { parties: [], by: held };
    else move = { parties: [response.content.to], by: response };

    const cells = positions(seen);
    const statements = latestStatements(seen);
    const verification: any = { retracted: 0, disputed: 0, corroborated: 0, 'single-source': 0 };
    for (const each of all)
      if (each.earliest <= asOf && this.#isSupported(each, crisis, point)) verification[this.#verification(each, crisis, point)]++;

    const because: any = {};
    const note = (field: string, by: Stands | undefined): void => {
      if (by !== undefined) because[field] = by.id;
    };
    if (track !== 'context') {
      note('status', statusBy);
      note('since', statusBy);
    }
    note('whoseMove', move.by);
    note('lastMeeting', held);
    note('meetingsHeld', held);
    note('nextMeeting', next?.schedule);
    note('openProposals', last(proposals.map(({ proposal }) => proposal)));
    note('openCommitments', last(commitments.map(({ promise }) => promise)));
    note('positions', last(cells.flatMap(({ own, ascribed }) => [own?.by, ascribed?.by].filter((by) => by !== undefined)).sort(byOrder)));
    note('latestStatements', last(statements.map(({ by }) => by).sort(byOrder)));
    note('lastDevelopmentAt', last(seen));

    const entry = this.#entry(crisis, 'TrackOpened', undefined, point, track);
    return plain({
      id: track,
      title: track === 'context' ? 'Context' : entry?.title,
      parties: entry?.parties ?? [],
      revision: this.#revision(crisis, track, point),
      status: track === 'context' ? null : status,
      since: track === 'context' ? null : (statusBy?.content.occurredAt ?? null),
      whoseMove: move.parties,
      meetingsHeld: of('MeetingHeld').length,
      lastMeeting:
        held === undefined
          ? null
          : {
              development: held.id,
              occurredAt: held.content.occurredAt,
              ...some(held.content, ...HELD_FIELDS),
            },
      nextMeeting:
        next === undefined
          ? null
          : {
              announcement: next.announced.id,
              announcedAt: next.announced.content.occurredAt,
              scheduledFor: next.schedule.content.scheduledFor,
              ...some(next.announced.content, 'participants', 'format', 'round', 'place'),
            },
      openProposals: proposals.map(({ proposal, awaiting }) => ({
        proposal: proposal.id,
        ...some(proposal.content, 'by', 'to', 'title'),
        tabledAt: proposal.content.occurredAt,
        awaiting,
      })),
      openCommitments: commitments.map(({ state }) => state),
      positions: cells.map(({ party, issue, own, ascribed }) => ({
        party,
        issue,
        stance: own?.value.stance ?? null,
        redLine: own?.value.redLine,
        since: own?.by.content.occurredAt,
        development: own?.by.id,
        attributed: ascribed && { ...ascribed.value, since: ascribed.by.content.occurredAt, development: ascribed.by.id },
      })),
      latestStatements: statements.map(({ party, by }) => ({
        party,
        development: by.id,
        occurredAt: by.content.occurredAt,
        ...some(by.content, 'speaker', 'summary', 'setting', 'quote', 'assessment'),
      })),
      lastDevelopmentAt: last(seen)?.content.occurredAt ?? null,
      developments: seen.length,
      verification,
      tension: tension(seen, asOf),
      uncertain: seen.filter(({ latest }) => latest > asOf).map(({ id, content }) => ({ development: id, occurredAt: content.occurredAt })),
      because,
    });
  }

  /** All that are visible, whenever they occurred, in order of occurrence. */
  visible(crisis: string, point: Point): Stands[] {
    return this.#standing(crisis, point)
      .filter((each) => this.#isVisible(each, crisis, point))
      .sort(byOrder);
  }

  /** What was registered by then, in that order. */
  registered(crisis: string, kind: 'Actor' | 'Issue' | 'Source', point: Point): any[] {
    const registered = this.#known(crisis, point)
      .filter((read) => read.kind === 'register' && read.event.type.startsWith(kind))
      .map(({ data }) => data.id as string);
    return [...new Set(registered)].map((id) => ({ id, ...this.#entry(crisis, kind, id, point) }));
  }

  crisisEntry(crisis: string, point: Point): any {
    return this.#entry(crisis, 'CrisisOpened', undefined, point);
  }

  /** When it was opened, ms; undefined if that was later. */
  opened(crisis: string, point: Point): number | undefined {
    return this.#known(crisis, point).find(({ event }) => event.type === 'CrisisOpened')?.recorded;
  }

  /** The mark that it is over, if it was made by then. */
  closure(crisis: string, point: Point): any {
    return this.#known(crisis, point).findLast(({ event }) => event.type === 'CrisisClosed')?.data.content;
  }

  /** How far each development can be relied on, by `track/id`. */
  backings(crisis: string, point: Point): Map<string, { verification: string; dangling?: string[] }> {
    const known = this.#standing(crisis, point);
    const retracted = new Set(known.filter((each) => each.retracted).map(nameOf));
    return new Map(
      known.map((each) => [
        nameOf(each),
        plain({ verification: this.#verification(each, crisis, point), dangling: danglingIn(each, retracted) }),
      ]),
    );
  }

  /** Oldest first. */
  timeline(crisis: string, point: Point): any[] {
    const views = this.views(crisis, point);
    return this.visible(crisis, point)
      .filter(({ earliest }) => earliest <= point.asOf)
      .map((each) => views.get(nameOf(each)));
  }

  /** Every development as it is shown whole, by `track/id`. */
  views(crisis: string, point: Point): Map<string, any> {
    const known = this.#standing(crisis, point);
    const retracted = new Set(known.filter((each) => each.retracted).map(nameOf));
    const view = (each: Stands): any =>
      plain({
        ...each.content,
        onBehalfOf: each.content.onBehalfOf ?? each.resolved.onBehalfOf,
        reports: this.#reports(each, crisis, point).map(({ id, report, stance }) => ({ ...report, id, stance })),
        verification: this.#verification(each, crisis, point),
        cameo: cameoOf(each.content),
        goldstein: goldsteinOf(each.content) ?? null,
        recordedAt: formatMoment(each.recorded),
        position: String(each.position),
        corrected: each.corrected || undefined,
        retracted: each.retracted || undefined,
        unsupported: each.retracted || this.#isSupported(each, crisis, point) ? undefined : true,
        dangling: danglingIn(each, retracted),
      });
    return new Map(known.map((each) => [nameOf(each), view(each)]));
  }

  /** Every development, visible or not, with whether a source that counts supports it. */
  standing(crisis: string, point: Point): (Stands & { supported: boolean })[] {
    return this.#standing(crisis, point).map((each) => ({ ...each, supported: this.#isSupported(each, crisis, point) }));
  }

  /** A crisis's developments and record events that are known, in the log's order, with their effective record times (ms). */
  events(crisis: string, point: Point): { event: RecordedEvent; data: any; recorded: number }[] {
    return this.#known(crisis, point).filter(({ kind }) => kind !== 'register');
  }

  /** The moments (ms) at which anything can change, to ask just before, at and just after. */
  moments(): number[] {
    return this.#read.flatMap(({ recorded, data }) => {
      const { occurredAt, scheduledFor, dueBy } = { ...data, ...data.changes };
      const own = [occurredAt, scheduledFor, dueBy].filter((text) => text !== undefined).map(parseDue);
      return [recorded, ...own.flatMap(({ earliest, latest }) => [earliest, latest])].filter(Number.isFinite);
    });
  }

  /** A crisis's developments and record events that were recorded by a moment (ms), in the log's order. */
  recorded(crisis: string, by: number): RecordedEvent[] {
    return this.#known(crisis, { asOf: by, knownAt: by })
      .filter(({ kind }) => kind !== 'register')
      .map(({ event }) => event);
  }

  /** When an event was recorded by the clock, whatever record time an archive gave it, ms: it never falls along the log. */
  trueTimes(): Map<bigint, number> {
    let latest = -Infinity;
    return new Map(
      this.#read.map(({ event, metadata }) => {
        latest = Math.max(latest, Date.parse(metadata.importedAt ?? metadata.recordedAt));
        return [event.position, latest];
      }),
    );
  }

  /** How every development of a crisis stands by then. */
  #standing(crisis: string, point: Point): Stands[] {
    const developments = new Map<
      string,
      { first: Read; content: any; resolved: any; retracted: boolean; corrected: boolean; added: any[]; withdrawn: string[] }
    >();
    for (const read of this.#known(crisis, point)) {
      const { data, kind, metadata } = read;
      const name = `${data.track}/${kind === 'record' ? data.development : data.id}`;
      if (kind === 'development')
        developments.set(name, {
          first: read,
          content: data,
          resolved: metadata.resolved ?? {},
          retracted: false,
          corrected: false,
          added: [],
          withdrawn: [],
        });
      const about = developments.get(name)!;
      if (data.type === 'DevelopmentCorrected') {
        about.content = mergePatch(about.content, data.changes);
        about.resolved = metadata.resolved ?? {};
        about.corrected = true;
      }
      if (data.type === 'DevelopmentRetracted') about.retracted = true;
      if (data.type === 'DevelopmentReinstated') about.retracted = false;
      if (data.type === 'ReportAdded') about.added.push({ id: data.id, report: data.report, stance: data.stance });
      if (data.type === 'ReportWithdrawn') about.withdrawn.push(data.report);
    }
    return [...developments.values()].map(({ first, content, resolved, retracted, corrected, added, withdrawn }) => {
      const counted = new Map<string, number>();
      const original = content.reports.map((report: any) => {
        const number = (counted.get(report.source) ?? 0) + 1;
        counted.set(report.source, number);
        return { id: report.id ?? (number === 1 ? report.source : `${report.source}-${number}`), report, stance: 'corroborates' };
      });
      const reports = [...original, ...added].filter(({ id }) => !withdrawn.includes(id));
      const { earliest, latest } = parseOccurrence(content.occurredAt);
      return {
        id: content.id,
        position: first.event.position,
        recorded: first.recorded,
        content,
        resolved,
        retracted,
        corrected,
        reports,
        earliest,
        latest,
        sequence: content.sequence ?? 0,
      };
    });
  }

  #known(crisis: string, { knownAt, position }: Point): Read[] {
    return this.#read.filter(
      ({ stream, recorded, event }) =>
        stream.crisis === crisis && recorded <= knownAt && (position === undefined || event.position <= position),
    );
  }

  #reports({ reports }: Stands, crisis: string, point: Point): Stands['reports'] {
    const { excludeSource = [], minReliability } = point;
    return reports.filter(({ report }) => {
      if (excludeSource.includes(report.source) || excludeSource.includes(report.origin)) return false;
      if (minReliability === undefined) return true;
      const grade = this.#entry(crisis, 'Source', report.source, point)?.reliability;
      return grade !== 'F' && grade <= minReliability;
    });
  }

  #isSupported(each: Stands, crisis: string, point: Point): boolean {
    return this.#reports(each, crisis, point).some(({ stance }) => stance === 'corroborates');
  }

  #isVisible(each: Stands, crisis: string, point: Point): boolean {
    return !each.retracted && this.#isSupported(each, crisis, point);
  }

  #verification(each: Stands, crisis: string, point: Point): string {
    const reports = this.#reports(each, crisis, point);
    if (each.retracted) return 'retracted';
    if (reports.some(({ stance }) => stance === 'disputes')) return 'disputed';
    return new Set(reports.map(({ report }) => report.origin ?? report.source)).size >= 2 ? 'corroborated' : 'single-source';
  }

  /** A name always resolves: its first entry holds from the beginning of time. */
  #entry(crisis: string, type: string, id: string | undefined, { knownAt, position }: Point, track?: string): any {
    let content: any;
    let first: any;
    let whole: any;
    for (const { event, stream, data, recorded, kind } of this.#read) {
      if (kind !== 'register' || stream.crisis !== crisis || !event.type.startsWith(type) || data.id !== id || data.track !== track)
        continue;
      // A grade stands for the entry before it with that grade.
      whole = { ...(event.type === 'SourceRegraded' ? whole : {}), ...data.content };
      first ??= whole;
      if (recorded <= knownAt && (position === undefined || event.position <= position)) content = whole;
    }
    return content ?? first;
  }

  #revision(crisis: string, track: string, { position }: Point): string | null {
    const revisions = this.#read.filter(
      ({ stream, event }) => stream.crisis === crisis && stream.track === track && (position === undefined || event.position <= position),
    );
    return revisions.length === 0 ? null : String(revisions[revisions.length - 1]!.event.revision);
  }
}

export const nameOf = ({ content, id }: Stands): string => `${content.track}/${id}`;

/** Pointers of the references to what is retracted. */
function danglingIn({ content }: Stands, retracted: ReadonlySet<string>): string[] | undefined {
  const references: [string, string][] = [
    ...['announcement', 'proposal', 'promise', 'renews'].flatMap((field): [string, string][] =>
      content[field] === undefined ? [] : [[`/${field}`, `${content.track}/${content[field]}`]],
    ),
    ...(content.relatesTo ?? []).map(({ development }: any, index: number): [string, string] => [
      `/relatesTo/${index}/development`,
      `${content.track}/${development}`,
    ]),
  ];
  const dangling = references.filter(([, to]) => retracted.has(to)).map(([pointer]) => pointer);
  return dangling.length === 0 ? undefined : dangling;
}

/** Order of occurrence: earliest, latest, sequence, position. */
export function byOrder(a: Stands, b: Stands): number {
  return a.earliest - b.earliest || a.latest - b.latest || a.sequence - b.sequence || Number(a.position - b.position);
}

function statusSetBy({ type, outcome, assessment }: any): string | undefined {
  if (type === 'AgreementReached' || (type === 'MeetingHeld' && outcome === 'agreement')) return 'agreement-reached';
  if (type === 'MeetingHeld') return outcome === 'no-breakthrough' || outcome === 'breakdown' ? 'stalled' : 'active';
  if (type === 'StatementMade') return assessment === 'deadlock' ? 'stalled' : assessment === 'progress' ? 'active' : undefined;
  if (type === 'ResponseDelivered' || type === 'TrackResumed') return 'active';
  if (type === 'ProposalTabled' || type === 'ResponsePromised') return 'awaiting-response';
  if (type === 'TrackSuspended') return 'suspended';
  return type === 'TrackConcluded' ? 'concluded' : undefined;
}

const proposalAnswered = ({ content, resolved }: Stands): string | undefined => content.proposal ?? resolved.proposal;

/** A promise is answered by the first delivery that names it, or that its `by` gave on its `proposal` not before it. */
export function commitment(promise: Stands, seen: readonly Stands[], ever: readonly Stands[], asOf: number): any {
  const { by, to, proposal, undertaking, dueBy } = promise.content;
  const delivery = seen.find(
    (each) =>
      each.content.type === 'ResponseDelivered' &&
      (each.content.promise === promise.id ||
        (proposal !== undefined && proposalAnswered(each) === proposal && each.content.by === by && byOrder(each, promise) >= 0)),
  );
  const withdrawal = seen.find(
    ({ content }) =>
      (content.type === 'PromiseWithdrawn' && content.promise === promise.id) ||
      (content.type === 'ResponsePromised' && content.renews === promise.id),
  );
  const renewedFirst = withdrawal?.content.type === 'ResponsePromised' && (delivery === undefined || byOrder(withdrawal, delivery) < 0);
  const closing = renewedFirst ? withdrawal : (delivery ?? withdrawal);
  const state =
    closing === undefined
      ? 'open'
      : closing === delivery
        ? 'delivered'
        : renewedFirst || withdrawal!.content.type === 'ResponsePromised'
          ? 'renewed'
          : 'withdrawn';
  const due = dueBy === undefined ? Infinity : parseDue(dueBy).latest;
  return plain({
    promise: promise.id,
    by,
    to,
    proposal,
    undertaking,
    promisedAt: promise.content.occurredAt,
    dueBy,
    state,
    overdue: state === 'open' && due < asOf,
    closedBy: closing?.id,
    closedAt: closing?.content.occurredAt,
    late: state === 'delivered' ? closing!.earliest > due : undefined,
    dangling: proposal !== undefined && !ever.some(({ id }) => id === proposal) ? true : undefined,
  });
}

function awaited(proposal: Stands, seen: readonly Stands[]): string[] {
  if (seen.some(({ content }) => content.type === 'ProposalWithdrawn' && content.proposal === proposal.id)) return [];
  return proposal.content.to.filter(
    (party: string) =>
      !seen.some(
        (each) => each.content.type === 'ResponseDelivered' && proposalAnswered(each) === proposal.id && each.content.by === party,
      ),
  );
}

function nextMeeting(seen: readonly Stands[], asOf: number): { announced: Stands; schedule: Stands } | undefined {
  const ahead = seen
    .filter(({ content }) => content.type === 'MeetingAnnounced')
    .flatMap((announced) => {
      const about = (each: Stands): boolean => each.content.announcement === announced.id;
      const schedule = seen
        .filter((each) => each === announced || (['MeetingRescheduled', 'MeetingCancelled'].includes(each.content.type) && about(each)))
        .at(-1)!;
      if (schedule.content.type === 'MeetingCancelled') return [];
      if (seen.some((each) => each.content.type === 'MeetingHeld' && about(each))) return [];
      const span = parseOccurrence(schedule.content.scheduledFor);
      return span.latest < asOf ? [] : [{ announced, schedule, at: span.earliest }];
    });
  return ahead.sort((a, b) => a.at - b.at || byOrder(a.announced, b.announced))[0];
}

/** What a development says of positions: the party's own, or ascribed to it. */
export function stated(each: Stands): { party: string; issue: string; side: 'own' | 'ascribed'; value: any }[] {
  const { type, party, issue, stance, redLine, statedBy, speaker, positions: said = [] } = each.content;
  if (type === 'PositionTaken') {
    const own = statedBy === undefined || statedBy === party || each.resolved.onBehalfOf === party;
    return [{ party, issue, side: own ? 'own' : 'ascribed', value: { stance, redLine, statedBy } }];
  }
  if (type !== 'StatementMade') return [];
  return said
    .filter(
      (position: any, index: number) =>
        !said.slice(index + 1).some((later: any) => later.party === position.party && later.issue === position.issue),
    )
    .map((position: any) => ({
      party: position.party,
      issue: position.issue,
      side: position.party === spokenFor(each) || position.party === speaker ? 'own' : 'ascribed',
      value: { stance: position.stance, redLine: position.redLine, statedBy: speaker },
    }));
}

function positions(seen: readonly Stands[]) {
  const cells = new Map<
    string,
    { party: string; issue: string; own?: { value: any; by: Stands }; ascribed?: { value: any; by: Stands } }
  >();
  for (const each of seen) {
    for (const { party, issue, side, value } of stated(each)) {
      const key = `${party}/${issue}`;
      cells.set(key, { party, issue, ...cells.get(key), [side]: { value, by: each } });
    }
  }
  return [...cells.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}

export function spokenFor({ content, resolved }: Stands): string {
  return content.onBehalfOf ?? resolved.onBehalfOf ?? content.speaker;
}

function latestStatements(seen: readonly Stands[]): { party: string; by: Stands }[] {
  const statements = new Map(seen.filter(({ content }) => content.type === 'StatementMade').map((each) => [spokenFor(each), each]));
  return [...statements].sort(([a], [b]) => (a < b ? -1 : 1)).map(([party, by]) => ({ party, by }));
}

/** A 7-day exponentially weighted mean of the daily means, over eight weeks; and the last 14 days against the 14 before. */
export function tension(seen: readonly Stands[], asOf: number): any {
  const dayOf = (moment: number): number => Math.floor(moment / DAY);
  const scores = seen
    .map((each) => ({ age: dayOf(asOf) - dayOf(each.earliest), score: goldsteinOf(each.content) }))
    .filter(({ score }) => score !== undefined) as { age: number; score: number }[];
  const mean = (list: readonly { score: number }[]): number | null =>
    list.length === 0 ? null : list.reduce((sum, { score }) => sum + Math.round(score * 10), 0) / 10 / list.length;
  let weights = 0;
  let weighted = 0;
  for (let age = 55; age >= 0; age--) {
    const ofDay = mean(scores.filter((each) => each.age === age));
    if (ofDay === null) continue;
    weights += 0.75 ** age;
    weighted += 0.75 ** age * ofDay;
  }
  const now = mean(scores.filter(({ age }) => age >= 0 && age < 14));
  const before = mean(scores.filter(({ age }) => age >= 14 && age < 28));
  const rounded = (value: number): number => Math.round(value * 1000) / 1000 || 0;
  return {
    score: weights === 0 ? null : rounded(weighted / weights),
    trend: now === null || before === null ? null : rounded(now - before),
  };
}

export function some(object: any, ...fields: string[]): any {
  return Object.fromEntries(fields.map((field) => [field, object[field]]));
}

/** As JSON has it: without what is undefined. */
export function plain(value: any): any {
  return JSON.parse(JSON.stringify(value));
}
