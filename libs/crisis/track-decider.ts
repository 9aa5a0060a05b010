// The decider of a track's stream: its register entry, its developments, and the record about them. Pure and total.
import { contentDigest, isTooDeep } from './canonical.js';
import { faultsOf, pointerPart, type Fault } from './check.js';
import {
  affiliationOf,
  decideEntry,
  isOpened,
  unknownCrisis,
  type Entries,
  type RegisterCommand,
  type Registers,
} from './crisis-decider.js';
import { PENDING_POSITION, type Decision, type Written } from './draft.js';
import type { CrisisEvent } from './event.js';
import { eventId } from './identifiers.js';
import { KnownEvents } from './known-events.js';
import { NO_RECORDS, type Known } from './known.js';
import { compareOrder, type Order } from './order.js';
import { developmentsIn, namesIn, type Named } from './references.js';
import { invalidBody, refusal, type Refusal } from './refusal.js';
import { corrected, reportIds, type Resolved, type Standing } from './standing.js';
import { MAX_AHEAD_MS, parseOccurrence } from './time.js';
import { TrackEntry } from './vocabulary/registers.js';
import {
  CONTEXT_TRACK,
  DEVELOPMENTS,
  RECORDS,
  isDevelopmentType,
  isRecordType,
  type Development,
  type DevelopmentType,
  type EventType,
  type RecordEvent,
  type RecordType,
} from './vocabulary/types.js';

/** A development that began, paused or ended the track's life. */
interface LifeEvent {
  readonly id: string;
  readonly type: 'TrackSuspended' | 'TrackResumed' | 'TrackConcluded';
  readonly order: Order;
}

export interface Track {
  readonly crisis: string;
  readonly id: string;
  /** Its register's entries; none for the context track. */
  readonly entries: Entries;
  readonly known: KnownEvents;
  readonly life: readonly LifeEvent[];
  /** -1 while the stream has no event. */
  readonly revision: bigint;
}

export function newTrack(crisis: string, id: string): Track {
  return { crisis, id, entries: [], known: new KnownEvents(), life: [], revision: -1n };
}

/** A development or record event as it was sent. */
export interface TrackCommand {
  readonly crisis: string;
  readonly track: string;
  /** The recorder's slug, or one made for it. */
  readonly id: string;
  /** The body with its type, without id, crisis, track and record time. A record event's has `development` in it. */
  readonly content: Readonly<Record<string, unknown>> & { readonly type?: unknown };
  /** The revision that `If-Match` asks for. */
  readonly ifMatch?: string;
}

/** What a track's decider needs to know beside its track. */
export interface Surroundings {
  readonly registers: Registers;
  /** Other tracks of the crisis; undefined for one that was never opened. */
  readonly otherTrack: (track: string) => Track | undefined;
  /** The development that a record event names, as it stands; undefined if the track has no such development. */
  readonly standing?: Standing;
  /** ms; or why nothing can be recorded now. */
  readonly recordedAt: number | Refusal;
}

/** Whether the track can be recorded on: opened, or the context track. */
export function isTrackOpened(track: Track): boolean {
  return track.id === CONTEXT_TRACK || track.entries.length > 0;
}

/** The tracks, other than its own, that a body names. Total: what is not of the right shape names none. */
export function otherTracksIn(command: TrackCommand): string[] {
  const { alsoOn, relatesTo, replacedBy, changes } = command.content as Record<string, unknown>;
  const from = (list: unknown, pick: (entry: unknown) => unknown): unknown[] => (Array.isArray(list) ? list.map(pick) : []);
  const ofReference = (reference: unknown): unknown =>
    typeof reference === 'string' && reference.includes('/') ? reference.slice(0, reference.indexOf('/')) : undefined;
  const related = (entry: unknown): unknown => ofReference((entry as { development?: unknown } | null)?.development);
  const inChanges = typeof changes === 'object' && changes !== null ? (changes as Record<string, unknown>) : {};
  const named = [
    ...from(alsoOn, (track) => track),
    ...from(relatesTo, related),
    ofReference(replacedBy),
    ...from(inChanges['alsoOn'], (track) => track),
    ...from(inChanges['relatesTo'], related),
  ];
  return [...new Set(named.filter((track): track is string => typeof track === 'string' && track !== command.track))];
}

/** Decides the entry of a track in its register. */
export function decideTrackEntry(
  command: RegisterCommand<'TrackOpened'> & { readonly track: string },
  track: Track,
  { registers, recordedAt }: Pick<Surroundings, 'registers' | 'recordedAt'>,
): Decision<Written> {
  if (!isOpened(registers)) return refuse(unknownCrisis(command.crisis));
  if (command.track === CONTEXT_TRACK) {
    return refuse(
      refusal(
        'conflict',
        'context-track-is-given',
        'The track "context" is there in every crisis from the start and cannot be opened or amended',
      ),
    );
  }
  const faults = faultsOf(TrackEntry, command.content);
  if (faults.length > 0) return refuse(invalidBody(faults));
  const unknown = unknownNames(
    (command.content as TrackEntry).parties.map((name, index): Named => ({ kind: 'actor', name, pointer: `/parties/${index}` })),
    registers,
    () => undefined,
    '',
  );
  return unknown === undefined ? decideEntry(command, track.entries, recordedAt) : refuse(unknown);
}

/**
 * Decides a development or a record event. A known id is answered before anything else is checked: the content as it was
 * first sent makes it a repeat, other content a conflict.
 */
export function decideTrack(command: TrackCommand, track: Track, surroundings: Surroundings): Decision<Known> {
  const { content, id } = command;
  const digest = isTooDeep(content) ? '' : contentDigest(content); // no content that was recorded is nested so deeply
  const known = track.known.get(id);
  if (known !== undefined) {
    if (known.digest === digest) return { kind: 'repeat', known };
    return refuse(
      refusal('conflict', 'id-taken', `"${id}" is recorded on this track with other content; correct it, or give the new one another id`),
    );
  }
  const obstacle = obstacleTo(command, track, surroundings);
  if (obstacle !== undefined) return refuse(obstacle);
  return isDevelopmentType(content.type)
    ? decideDevelopment(command, content.type, digest, track, surroundings)
    : decideRecord(command, content.type as RecordType, digest, track, surroundings);
}

/** The track after an event of its stream. */
export function evolveTrack(track: Track, event: CrisisEvent, written: Written): Track {
  const { revision } = written;
  if (event.kind === 'register') {
    const { content, entry } = event.data;
    return { ...track, revision, entries: [...track.entries, { ...written, number: entry, content, digest: event.metadata.digest }] };
  }
  const { data, metadata } = event;
  const proposal = data.type === 'ResponsePromised' ? data.proposal : undefined;
  const known = track.known.set(data.id, {
    ...written,
    type: data.type,
    digest: metadata.digest,
    retracted: false,
    records: NO_RECORDS,
    proposal,
  });
  if (event.kind === 'record') return evolveRecord({ ...track, revision, known }, event.data, revision);
  return { ...track, revision, known, life: lifeAfter(track.life, event.data, written.position) };
}

function refuse(reason: Refusal): { readonly kind: 'refuse'; readonly refusal: Refusal } {
  return { kind: 'refuse', refusal: reason };
}

/** What stands against recording anything of this kind here, before its content is looked at. */
function obstacleTo(
  { content, ifMatch, crisis }: TrackCommand,
  track: Track,
  { registers, recordedAt }: Surroundings,
): Refusal | undefined {
  if (!isOpened(registers)) return unknownCrisis(crisis);
  if (!isTrackOpened(track))
    return refusal(
      'not-found',
      'unknown-track',
      `There is no track "${track.id}" in crisis "${crisis}"; PUT /crises/${crisis}/tracks/${track.id} opens it`,
    );
  if (!isDevelopmentType(content.type) && !isRecordType(content.type)) {
    const types = Object.keys(DEVELOPMENTS).join(', ');
    const detail =
      content.type === undefined
        ? 'is missing'
        : `${JSON.stringify(content.type).slice(0, 100)} is no type of development; the types are ${types}`;
    return invalidBody([{ pointer: '/type', detail }]);
  }
  if (ifMatch !== undefined && ifMatch !== String(track.revision)) {
    return refusal(
      'precondition',
      'revision-mismatch',
      `The track is at revision ${track.revision}, not at ${ifMatch}; read it again before you decide`,
    );
  }
  return typeof recordedAt === 'number' ? undefined : recordedAt;
}

function decideDevelopment(
  command: TrackCommand,
  type: DevelopmentType,
  digest: string,
  track: Track,
  surroundings: Surroundings,
): Decision<Known> {
  const faults = faultsOf(DEVELOPMENTS[type], command.content);
  if (faults.length > 0) return refuse(invalidBody(faults));
  const development = { ...command.content, id: command.id, crisis: command.crisis, track: command.track } as Development;
  const recordedAt = surroundings.recordedAt as number;
  const broken =
    contentRule(development, recordedAt, '') ?? namesRule(development, track, surroundings, '') ?? lifeRule(development, track);
  if (broken !== undefined) return refuse(broken);
  return draft(command, type, digest, recordedAt, resolve(development, track, surroundings.registers, recordedAt));
}

function decideRecord(command: TrackCommand, type: RecordType, digest: string, track: Track, surroundings: Surroundings): Decision<Known> {
  const faults = faultsOf(RECORDS[type], command.content);
  if (faults.length > 0) return refuse(invalidBody(faults));
  const event = { ...command.content, id: command.id, crisis: command.crisis, track: command.track } as RecordEvent;
  const known = track.known.get(event.development);
  const { standing } = surroundings;
  if (known === undefined || !isDevelopmentType(known.type) || standing === undefined) {
    return refuse(
      refusal('not-found', 'unknown-development', `There is no development "${event.development}" on this track`, [
        { pointer: '/development', detail: 'is not recorded on this track' },
      ]),
    );
  }
  const recordedAt = surroundings.recordedAt as number;
  switch (event.type) {
    case 'DevelopmentCorrected': {
      if (known.retracted) return refuse(retractedRule(event.development, 'is retracted and takes no correction until it is reinstated'));
      const broken = correctionRule(event.changes, standing, track, surroundings);
      if (broken !== undefined) return refuse(broken);
      // For whom somebody spoke does not change because a mistake in the wording was found later.
      return draft(
        command,
        type,
        digest,
        recordedAt,
        resolve(corrected(standing.content, event.changes), track, surroundings.registers, known.recordedAt),
      );
    }
    case 'DevelopmentRetracted': {
      if (known.retracted) return refuse(retractedRule(event.development, 'is retracted already'));
      const broken = replacementRule(event.replacedBy, event.development, track, surroundings);
      return broken === undefined ? draft(command, type, digest, recordedAt) : refuse(broken);
    }
    case 'DevelopmentReinstated':
      if (!known.retracted)
        return refuse(refusal('conflict', 'not-retracted', `"${event.development}" is not retracted; there is nothing to take back`));
      return draft(command, type, digest, recordedAt);
    case 'ReportAdded': {
      const broken = addedReportRule(command, standing, surroundings);
      return broken === undefined ? draft(command, type, digest, recordedAt) : refuse(broken);
    }
    case 'ReportWithdrawn': {
      if (standing.reports.some(({ id }) => id === event.report)) return draft(command, type, digest, recordedAt);
      const gone = standing.withdrawn.includes(event.report);
      return refuse(
        gone
          ? refusal('conflict', 'report-withdrawn', `The report "${event.report}" is withdrawn already`)
          : refusal(
              'not-found',
              'unknown-report',
              `"${event.development}" has no report "${event.report}"; its reports are ${standing.reports.map(({ id }) => id).join(', ')}`,
            ),
      );
    }
  }
}

function draft(
  { crisis, track, id, content }: TrackCommand,
  type: EventType,
  digest: string,
  recordedAt: number,
  resolved?: Resolved,
): Decision<Known> {
  const place = { id, crisis, track };
  return {
    kind: 'record',
    draft: { type, eventId: eventId(crisis, track, id), data: { ...place, ...content, ...place }, digest, resolved, recordedAt },
  };
}

// --- rules of a development's content ---

function contentRule(development: Development, recordedAt: number, prefix: string): Refusal | undefined {
  const { earliest } = parseOccurrence(development.occurredAt);
  if (earliest > recordedAt + MAX_AHEAD_MS) {
    const detail = 'lies more than 14 hours after its record time; what has not happened is announced or promised';
    return rule('occurrence-in-future', `occurredAt ${detail}`, `${prefix}/occurredAt`, detail);
  }
  const ids = development.reports.flatMap(({ id }) => id ?? []);
  const twice = development.reports.findIndex(
    ({ id }, index) =>
      id !== undefined && ids.indexOf(id) !== ids.lastIndexOf(id) && development.reports.findIndex((other) => other.id === id) < index,
  );
  if (twice >= 0)
    return rule(
      'report-exists',
      'Two reports have the same id',
      `${prefix}/reports/${twice}/id`,
      'is the id of another report of this development',
    );
  switch (development.type) {
    case 'TrackSuspended':
    case 'TrackResumed':
    case 'TrackConcluded':
      if (development.track !== CONTEXT_TRACK) return undefined;
      return rule(
        'context-has-no-life',
        'The context track has no status: it is neither suspended, resumed nor concluded',
        `${prefix}/type`,
        'is not for the context track',
      );
    case 'MeetingHeld':
      if (development.durationQualifier === undefined || development.durationMinutes !== undefined) return undefined;
      return rule(
        'qualifier-without-duration',
        'A durationQualifier needs durationMinutes',
        `${prefix}/durationQualifier`,
        'needs durationMinutes',
      );
    case 'ResponseDelivered':
      if (development.proposal !== undefined || development.promise !== undefined) return undefined;
      return rule(
        'response-to-nothing',
        'A response names the proposal or the promise that it answers',
        `${prefix}/proposal`,
        'is missing, and so is promise: name what the response answers',
      );
    case 'ResponsePromised':
      if (development.by !== development.to) return undefined;
      return rule('same-party', 'Nobody promises a response to themselves', `${prefix}/to`, 'is the same as by');
    default:
      return undefined;
  }
}

/** @param before the development as it stands: what it names is known, and stays so */
function namesRule(
  development: Development,
  track: Track,
  { registers, otherTrack }: Surroundings,
  prefix: string,
  before?: Development,
): Refusal | undefined {
  const namedBefore = before === undefined ? [] : namesIn(before);
  const names = namesIn(development).filter(({ kind, name }) => !namedBefore.some((known) => known.kind === kind && known.name === name));
  const unknown = unknownNames(names, registers, (name) => (name === track.id ? track : otherTrack(name)), prefix);
  if (unknown !== undefined) return unknown;
  const own = development.alsoOn?.indexOf(track.id) ?? -1;
  if (own >= 0) return rule('own-track', 'A development stands on its own track anyway', `${prefix}/alsoOn/${own}`, 'is its own track');
  const referredBefore = before === undefined ? [] : developmentsIn(before);
  for (const named of developmentsIn(development)) {
    if (referredBefore.some((known) => known.track === named.track && known.id === named.id && known.type === named.type)) continue;
    const pointer = prefix + named.pointer;
    if (named.track === track.id && named.id === development.id)
      return rule('self-reference', 'A development cannot refer to itself', pointer, 'is the development itself');
    const known = (named.track === track.id ? track : otherTrack(named.track))?.known.get(named.id);
    if (known === undefined || !isDevelopmentType(known.type)) {
      return rule(
        'unknown-development',
        `There is no development "${named.id}" on track "${named.track}"`,
        pointer,
        `no development "${named.id}" is recorded on track "${named.track}"`,
      );
    }
    if (named.type !== undefined && known.type !== named.type) {
      return rule(
        'wrong-type',
        `"${named.id}" is a ${known.type}, not a ${named.type}`,
        pointer,
        `"${named.id}" is a ${known.type}; a ${named.type} is needed`,
      );
    }
  }
  return undefined;
}

function unknownNames(
  names: readonly Named[],
  registers: Registers,
  otherTrack: (track: string) => Track | undefined,
  prefix: string,
): Refusal | undefined {
  const registered = (named: Named): boolean => {
    switch (named.kind) {
      case 'actor':
        return registers.actors.has(named.name);
      case 'issue':
        return registers.issues.has(named.name);
      case 'source':
        return registers.sources.has(named.name);
      case 'track': {
        if (named.name === CONTEXT_TRACK) return true;
        const track = otherTrack(named.name);
        return track !== undefined && isTrackOpened(track);
      }
    }
  };
  const unknown = names.filter((named) => !registered(named));
  if (unknown.length === 0) return undefined;
  const { kind, name } = unknown[0]!;
  const faults = unknown.map((named): Fault => ({
    pointer: prefix + named.pointer,
    detail: `no ${named.kind} "${named.name}" is registered`,
  }));
  const more = unknown.length > 1 ? ` (and ${unknown.length - 1} more)` : '';
  return refusal('rule', `unknown-${kind}`, `No ${kind} "${name}" is registered${more}; register it first`, faults);
}

/** What the body does not say: for whom the speaker spoke when the development was first recorded, and which proposal the promise was about. */
function resolve(development: Development, track: Track, registers: Registers, firstRecordedAt: number): Resolved | undefined {
  switch (development.type) {
    case 'StatementMade':
      return development.onBehalfOf === undefined ? onBehalfOf(affiliationOf(registers, development.speaker, firstRecordedAt)) : undefined;
    case 'PositionTaken':
      return development.statedBy === undefined ? undefined : onBehalfOf(affiliationOf(registers, development.statedBy, firstRecordedAt));
    case 'ResponseDelivered': {
      const proposal =
        development.promise === undefined || development.proposal !== undefined
          ? undefined
          : track.known.get(development.promise)?.proposal;
      return proposal === undefined ? undefined : { proposal };
    }
    default:
      return undefined;
  }
}

function onBehalfOf(affiliation: string | undefined): Resolved | undefined {
  return affiliation === undefined ? undefined : { onBehalfOf: affiliation };
}

// --- rules of a track's life: they compare order of occurrence, so that late information can be recorded ---

function lifeRule(development: Development, track: Track): Refusal | undefined {
  if (track.life.length === 0) return undefined;
  const { earliest, latest } = parseOccurrence(development.occurredAt);
  const order = { earliest, latest, sequence: development.sequence ?? 0, position: PENDING_POSITION };
  const last = track.life.findLast((event) => compareOrder(event.order, order) < 0 && track.known.get(event.id)?.retracted !== true);
  if (last === undefined) return undefined;
  switch (development.type) {
    case 'MeetingAnnounced':
    case 'MeetingRescheduled':
    case 'MeetingHeld':
    case 'TrackSuspended':
    case 'TrackConcluded':
      if (last.type !== 'TrackConcluded') return undefined;
      return rule(
        'track-concluded',
        `The track was concluded before (by "${last.id}"): it takes no later meeting, suspension or conclusion. If this came first, a lower \`sequence\` says so; if the talks were taken up again, record TrackResumed`,
        '/occurredAt',
        `comes after "${last.id}", which concluded the track`,
      );
    default:
      return undefined;
  }
}

function lifeAfter(life: readonly LifeEvent[], development: Development, position: bigint): readonly LifeEvent[] {
  const { type, id } = development;
  if (type !== 'TrackSuspended' && type !== 'TrackResumed' && type !== 'TrackConcluded') return life;
  const { earliest, latest } = parseOccurrence(development.occurredAt);
  const event = { id, type, order: { earliest, latest, sequence: development.sequence ?? 0, position } };
  return [...life, event].sort((a, b) => compareOrder(a.order, b.order));
}

// --- rules of the record ---

function evolveRecord(track: Track, event: RecordEvent, revision: bigint): Track {
  const named = track.known.get(event.development);
  if (named === undefined) return track;
  const retracted = event.type === 'DevelopmentRetracted' || (named.retracted && event.type !== 'DevelopmentReinstated');
  const proposal =
    event.type === 'DevelopmentCorrected' && named.type === 'ResponsePromised' ? changedProposal(named, event.changes) : named.proposal;
  const known = track.known.set(event.development, { ...named, retracted, proposal, records: [...named.records, revision] });
  return { ...track, known, life: lifeAfterRecord(track.life, event, named) };
}

function changedProposal(named: Known, changes: Record<string, unknown>): string | undefined {
  if (!Object.hasOwn(changes, 'proposal')) return named.proposal;
  return (changes['proposal'] as string | null) ?? undefined;
}

/** A corrected life event ends or resumes the track at its new time. (A retracted one does nothing: the rule looks.) */
function lifeAfterRecord(life: readonly LifeEvent[], event: RecordEvent, named: Known): readonly LifeEvent[] {
  if (named.type !== 'TrackSuspended' && named.type !== 'TrackResumed' && named.type !== 'TrackConcluded') return life;
  const { development: id } = event;
  const type = named.type;
  switch (event.type) {
    case 'DevelopmentCorrected': {
      const { occurredAt, sequence } = event.changes as { occurredAt?: string; sequence?: number | null };
      const moved = life.map((entry): LifeEvent => {
        if (entry.id !== id) return entry;
        const span = occurredAt === undefined ? entry.order : parseOccurrence(occurredAt);
        return {
          id,
          type,
          order: {
            ...entry.order,
            earliest: span.earliest,
            latest: span.latest,
            sequence: sequence === undefined ? entry.order.sequence : (sequence ?? 0),
          },
        };
      });
      return moved.sort((a, b) => compareOrder(a.order, b.order));
    }
    default:
      return life;
  }
}

function correctionRule(
  changes: Record<string, unknown>,
  standing: Standing,
  track: Track,
  surroundings: Surroundings,
): Refusal | undefined {
  const fixed = ['id', 'type', 'crisis', 'track'].filter((field) => Object.hasOwn(changes, field));
  if (fixed.length > 0)
    return invalidBody(
      fixed.map((field) => ({
        pointer: `/changes${pointerPart(field)}`,
        detail: 'cannot be corrected; retract the development and record another',
      })),
    );
  const after = corrected(standing.content, changes);
  const { id: _id, crisis: _crisis, track: _track, ...body } = after;
  const faults = faultsOf(DEVELOPMENTS[after.type], body, '/changes');
  if (faults.length > 0) return invalidBody(faults);
  if (contentDigest(after) === contentDigest(standing.content))
    return rule('nothing-changes', 'The correction changes nothing', '/changes', 'leaves everything as it stands');
  const added = new Set(standing.added.map(({ id }) => id));
  const ids = reportIds(after.reports);
  const clash = ids.findIndex((id) => added.has(id));
  if (clash >= 0)
    return rule(
      'report-exists',
      `A report "${ids[clash]}" was added; give this one another id`,
      `/changes/reports/${clash}/id`,
      `"${ids[clash]}" is the id of an added report`,
    );
  return (
    contentRule(after, surroundings.recordedAt as number, '/changes') ?? namesRule(after, track, surroundings, '/changes', standing.content)
  );
}

function replacementRule(
  replacedBy: string | undefined,
  development: string,
  track: Track,
  { otherTrack }: Surroundings,
): Refusal | undefined {
  if (replacedBy === undefined) return undefined;
  const slash = replacedBy.indexOf('/');
  const [trackId, id] = slash < 0 ? [track.id, replacedBy] : [replacedBy.slice(0, slash), replacedBy.slice(slash + 1)];
  if (trackId === track.id && id === development)
    return rule('self-reference', 'A development cannot replace itself', '/replacedBy', 'is the retracted development itself');
  const known = (trackId === track.id ? track : otherTrack(trackId))?.known.get(id);
  if (known !== undefined && isDevelopmentType(known.type)) return undefined;
  return rule(
    'unknown-development',
    `There is no development "${id}" on track "${trackId}"`,
    '/replacedBy',
    `no development "${id}" is recorded on track "${trackId}"`,
  );
}

function addedReportRule({ id, content }: TrackCommand, standing: Standing, { registers }: Surroundings): Refusal | undefined {
  const { report } = content as unknown as { report: { id?: string; source: string; origin?: string } };
  if (report.id !== undefined && report.id !== id)
    return invalidBody([{ pointer: '/report/id', detail: `must be the id of the whole, "${id}", or be left out` }]);
  if (standing.reports.some((other) => other.id === id) || standing.withdrawn.includes(id)) {
    return refusal('conflict', 'report-exists', `"${standing.content.id}" has a report "${id}" already`, [
      { pointer: '/id', detail: 'is the id of another report of this development' },
    ]);
  }
  const names: Named[] = [{ kind: 'source', name: report.source, pointer: '/report/source' }];
  if (report.origin !== undefined) names.push({ kind: 'source', name: report.origin, pointer: '/report/origin' });
  return unknownNames(names, registers, () => undefined, '');
}

function retractedRule(id: string, what: string): Refusal {
  return refusal('conflict', 'development-retracted', `"${id}" ${what}`);
}

function rule(code: string, detail: string, pointer: string, fault: string): Refusal {
  return refusal('rule', code, detail, [{ pointer, detail: fault }]);
}
