// Developments, registers, tracks and commands for the specs, as short as a test can be read.
import type { CrisisEvent } from '../event.js';
import { decideRegister, evolveRegisters, NO_REGISTERS, type CrisisRegisterType, type Registers } from '../crisis-decider.js';
import type { Decision, Draft } from '../draft.js';
import { SlotTable } from '../slot-table.js';
import {
  firstStanding,
  isVisible,
  VERIFICATIONS,
  verificationOf,
  type Resolved,
  type SourceFilter,
  type Standing,
  evolveStanding,
} from '../standing.js';
import type { Known } from '../known.js';
import { parseMoment } from '../time.js';
import {
  decideTrack,
  decideTrackEntry,
  evolveTrack,
  newTrack,
  type Surroundings,
  type Track,
  type TrackCommand,
} from '../track-decider.js';
import { trackState, type Tallies, type TrackInfo, type TrackState } from '../track-state.js';
import { compareOrder } from '../order.js';
import type { Refusal } from '../refusal.js';
import { isDevelopmentType, type Development, type DevelopmentType, type RecordEvent } from '../vocabulary/types.js';

export type Body = Record<string, unknown> & { type: string };

/** The least that each type needs besides the envelope. */
const OWN_FIELDS: Record<DevelopmentType, Record<string, unknown>> = {
  TrackSuspended: {},
  TrackResumed: {},
  TrackConcluded: {},
  MeetingAnnounced: { scheduledFor: '2022-01-10', participants: ['russia', 'united-states'] },
  MeetingRescheduled: { announcement: 'announcement', scheduledFor: '2022-01-11' },
  MeetingCancelled: { announcement: 'announcement' },
  MeetingHeld: { participants: ['russia', 'united-states'] },
  StatementMade: { speaker: 'sergey-lavrov' },
  PositionTaken: { party: 'russia', issue: 'nato-enlargement', stance: 'opposes' },
  ProposalTabled: { by: 'russia', to: ['united-states'], title: 'Draft treaty' },
  ProposalWithdrawn: { proposal: 'proposal' },
  ResponsePromised: { by: 'united-states', to: 'russia', undertaking: 'To answer in writing' },
  PromiseWithdrawn: { promise: 'promise' },
  ResponseDelivered: { by: 'united-states', to: 'russia', form: 'written' },
  AgreementReached: { parties: ['russia', 'united-states'], title: 'Treaty' },
  ActionReported: { category: 'military', claim: 'reported' },
};

/** The body of a development: what its recorder sends. */
export function body(type: DevelopmentType, fields: Record<string, unknown> = {}): Body {
  return {
    type,
    occurredAt: '2022-01-05',
    summary: 'Something happened.',
    reports: [{ source: 'reuters' }],
    ...OWN_FIELDS[type],
    ...fields,
  };
}

/** A development as it lies in the log. */
export function development(type: DevelopmentType, id: string, fields: Record<string, unknown> = {}): Development {
  return { crisis: 'crisis', track: 'us-russia', ...body(type, fields), id } as unknown as Development;
}

export function record(type: RecordEvent['type'], fields: Record<string, unknown> = {}): RecordEvent {
  return { type, id: 'record', crisis: 'crisis', track: 'us-russia', development: 'd', ...fields } as unknown as RecordEvent;
}

/** A development as it stands when it was first recorded. */
export function standing(
  type: DevelopmentType,
  id: string,
  fields: Record<string, unknown> = {},
  resolved: Resolved = {},
  position = 1n,
): Standing {
  return firstStanding(development(type, id, fields), resolved, position);
}

const TRACK: TrackInfo = { id: 'us-russia', title: 'US and Russia', parties: ['russia', 'united-states'], revision: '1' };

/** A history: developments in the order of their recording, each `[type, id, occurredAt, fields?, resolved?]`. */
export type History = readonly (readonly [DevelopmentType, string, string, Record<string, unknown>?, Resolved?])[];

export function standingsOf(history: History): Standing[] {
  return history.map(([type, id, occurredAt, fields = {}, resolved = {}], index) =>
    firstStanding(development(type, id, { occurredAt, ...fields }), resolved, BigInt(index + 1)),
  );
}

export function tableOf(standings: readonly Standing[], filter?: SourceFilter): SlotTable {
  const table = new SlotTable();
  for (const each of standings) table.put(each, filter);
  return table;
}

/** The state of a track after a history. @param asOf a date */
export function stateAt(asOf: string, history: History | readonly Standing[], track: Partial<TrackInfo> = {}): TrackState {
  const standings = history.length > 0 && Array.isArray(history[0]) ? standingsOf(history as History) : (history as readonly Standing[]);
  const moment = parseMoment(asOf);
  return trackState({ ...TRACK, ...track }, tableOf(standings), talliesOf(standings, moment), moment);
}

function talliesOf(standings: readonly Standing[], asOf: number): Tallies {
  const happened = standings.filter(({ order }) => order.earliest <= asOf);
  const visible = happened.filter((each) => isVisible(each)).sort((a, b) => compareOrder(a.order, b.order));
  const named = ({ content: { id, occurredAt }, order }: Standing) => ({ development: id, occurredAt, order });
  const verification = Object.fromEntries(
    VERIFICATIONS.map((kind) => [kind, happened.filter((each) => verificationOf(each) === kind).length]),
  );
  return {
    developments: visible.length,
    meetingsHeld: visible.filter(({ content }) => content.type === 'MeetingHeld').length,
    verification: verification as Tallies['verification'],
    tension: { score: null, trend: null },
    lastDevelopment: visible.length === 0 ? undefined : named(visible.at(-1)!),
    uncertain: visible.filter(({ order }) => order.latest > asOf).map(named),
  };
}

// --- deciders ---

export const NOW = Date.parse('2022-02-01T12:00:00Z');

/** A small log in memory: decides, writes, evolves, as the service does. */
export class Desk {
  registers: Registers = NO_REGISTERS;
  tracks = new Map<string, Track>();
  standings = new Map<string, Standing>();
  now: number | Refusal = NOW;
  private position = 0n;

  track(id = 'us-russia'): Track {
    return this.tracks.get(id) ?? newTrack('crisis', id);
  }

  register(type: CrisisRegisterType, id: string | undefined, content: unknown, options: { entry?: number; imported?: boolean } = {}) {
    const decision = this.decideRegister(type, id, content, options);
    if (decision.kind === 'record') {
      this.registers = evolveRegisters(this.registers, decision.draft.data as never, this.written(this.registers.revision, decision.draft));
    }
    return decision;
  }

  decideRegister(type: CrisisRegisterType, id: string | undefined, content: unknown, options: { entry?: number; imported?: boolean } = {}) {
    return decideRegister({ type, crisis: 'crisis', id, content, imported: false, ...options }, this.registers, this.now);
  }

  open(
    track: string,
    content: unknown = { title: track, parties: ['russia', 'united-states'] },
    options: { entry?: number; imported?: boolean } = {},
  ) {
    const decision = decideTrackEntry(
      { type: 'TrackOpened', crisis: 'crisis', track, content, imported: false, ...options },
      this.track(track),
      { registers: this.registers, recordedAt: this.now },
    );
    if (decision.kind === 'record') this.append(track, 'register', decision.draft);
    return decision;
  }

  /** Decides, and writes what was decided. */
  send(id: string, content: Body, options: { ifMatch?: string; track?: string } = {}): Decision<Known> {
    const decision = this.decide(id, content, options);
    if (decision.kind === 'record')
      this.append(options.track ?? 'us-russia', isDevelopmentType(content.type) ? 'development' : 'record', decision.draft);
    return decision;
  }

  decide(id: string, content: Body, { ifMatch, track = 'us-russia' }: { ifMatch?: string; track?: string } = {}): Decision<Known> {
    const command: TrackCommand = { crisis: 'crisis', track, id, content, ifMatch };
    return decideTrack(command, this.track(track), this.surroundings(track, content['development']));
  }

  surroundings(track: string, named: unknown): Surroundings {
    return {
      registers: this.registers,
      otherTrack: (name) => (name === track ? undefined : this.tracks.get(name)),
      standing: this.standings.get(`${track}/${String(named)}`),
      recordedAt: this.now,
    };
  }

  private append(track: string, kind: CrisisEvent['kind'], draft: Draft): void {
    const before = this.track(track);
    const written = this.written(before.revision, draft);
    const metadata = { digest: draft.digest, resolved: draft.resolved } as CrisisEvent['metadata'];
    const event = { kind, data: draft.data, metadata } as unknown as CrisisEvent;
    this.tracks.set(track, evolveTrack(before, event, written));
    if (event.kind === 'development') {
      this.standings.set(`${track}/${event.data.id}`, firstStanding(event.data, draft.resolved ?? {}, written.position));
    } else if (event.kind === 'record') {
      const name = `${track}/${event.data.development}`;
      this.standings.set(name, evolveStanding(this.standings.get(name)!, event.data, draft.resolved));
    }
  }

  private written(revision: bigint, { recordedAt }: Draft) {
    this.position += 1n;
    return { revision: revision + 1n, position: this.position, recordedAt };
  }
}

/** A desk with a crisis, its registers and the tracks `us-russia` and `osce`. */
export function desk(): Desk {
  const made = new Desk();
  made.register('CrisisOpened', undefined, { title: 'Crisis' });
  for (const actor of ['russia', 'united-states', 'nato']) made.register('ActorRegistered', actor, { name: actor, kind: 'state' });
  made.register('ActorRegistered', 'sergey-lavrov', { name: 'Sergey Lavrov', kind: 'person', affiliation: 'russia' });
  made.register('IssueRaised', 'nato-enlargement', { title: 'NATO enlargement' });
  for (const source of ['reuters', 'tass', 'dw']) made.register('SourceRegistered', source, { name: source, reliability: 'B' });
  made.open('us-russia');
  made.open('osce');
  return made;
}

/** The refusal of a decision, as `kind code pointers...`; else its kind. */
export function said(decision: Decision<unknown>): string {
  if (decision.kind !== 'refuse') return decision.kind;
  const { kind, code, faults } = decision.refusal;
  return [kind, code, ...faults.map(({ pointer }) => pointer)].join(' ');
}

/** Freezes a value and all that it holds, but for the maps of immutable.js, which keep a cache in themselves. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype && !Array.isArray(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
