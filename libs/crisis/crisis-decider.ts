// The decider of a crisis stream: the crisis itself and its registers. Pure and total.
import { Map as ImmutableMap } from 'immutable';
import { contentDigest } from './canonical.js';
import { faultsOf } from './check.js';
import type { Decision, Written } from './draft.js';
import type { RegisterEvent } from './event.js';
import { registerEventId } from './identifiers.js';
import { invalidBody, refusal, type Refusal } from './refusal.js';
import type { ActorEntry } from './vocabulary/registers.js';
import { REGISTERS, type RegisterType } from './vocabulary/types.js';

/** One entry of one name. */
export interface Entry extends Written {
  readonly number: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly digest: string;
}

/** All entries of one name, first to last. */
export type Entries = readonly Entry[];

/** The registers of a crisis, as the log has them. */
export interface Registers {
  readonly crisis: Entries;
  readonly closure: Entries;
  readonly actors: ImmutableMap<string, Entries>;
  readonly issues: ImmutableMap<string, Entries>;
  readonly sources: ImmutableMap<string, Entries>;
  readonly revision: bigint;
}

export const NO_REGISTERS: Registers = {
  crisis: [],
  closure: [],
  actors: ImmutableMap(),
  issues: ImmutableMap(),
  sources: ImmutableMap(),
  revision: -1n,
};

export type CrisisRegisterType = Exclude<RegisterType, 'TrackOpened'>;

/** An entry as it was sent. */
export interface RegisterCommand<Type extends RegisterType = RegisterType> {
  readonly type: Type;
  readonly crisis: string;
  /** Absent for `CrisisOpened` and `CrisisClosed`. */
  readonly id?: string;
  readonly content: unknown;
  /** The number that an import file gives the entry. */
  readonly entry?: number;
  /** True for an import: what equals any earlier entry is a repeat. Else only what equals the one that stands. */
  readonly imported: boolean;
}

/** Whether the crisis is open for recording: somebody opened it (a closed one still takes late information). */
export function isOpened(registers: Registers): boolean {
  return registers.crisis.length > 0;
}

/** For whom an actor spoke at a record time (ms). A name's first entry holds from the beginning of time. */
export function affiliationOf(registers: Registers, actor: string, at: number): string | undefined {
  const entries = registers.actors.get(actor);
  const entry = entries?.findLast(({ recordedAt }) => recordedAt <= at) ?? entries?.[0];
  return (entry?.content as ActorEntry | undefined)?.affiliation;
}

export function unknownCrisis(crisis: string): Refusal {
  return refusal('not-found', 'unknown-crisis', `There is no crisis "${crisis}"; PUT /crises/${crisis} with a title opens it`);
}

/** Decides a register's entry. @param recordedAt ms, or why nothing can be recorded now */
export function decideRegister(
  command: RegisterCommand<CrisisRegisterType>,
  registers: Registers,
  recordedAt: number | Refusal,
): Decision<Entry> {
  const { type, crisis, id } = command;
  if (type !== 'CrisisOpened' && !isOpened(registers)) return { kind: 'refuse', refusal: unknownCrisis(crisis) };
  const faults = faultsOf(REGISTERS[type], command.content);
  if (faults.length > 0) return { kind: 'refuse', refusal: invalidBody(faults) };
  const entries = entriesOf(registers, type, id);
  if (type === 'SourceRegraded' && entries.length === 0) {
    return {
      kind: 'refuse',
      refusal: refusal('rule', 'unknown-source', `There is no source "${id}" to give a new grade`, [
        { pointer: '/id', detail: `no source "${id}" is registered` },
      ]),
    };
  }
  const unknown = unknownActors(command, registers);
  if (unknown !== undefined) return { kind: 'refuse', refusal: unknown };
  const decided = decideEntry({ ...command, content: wholeContent(command, entries) }, entries, recordedAt);
  if (decided.kind !== 'record') return decided;
  // A source that is sent again with another grade, and nothing else, is graded anew.
  const standing = entries.at(-1)?.content;
  const content = decided.draft.data['content'] as Record<string, unknown>;
  if (
    type !== 'SourceRegistered' ||
    standing === undefined ||
    contentDigest({ ...standing, reliability: content['reliability'] }) !== decided.draft.digest
  )
    return decided;
  const data = { ...decided.draft.data, type: 'SourceRegraded', content: { reliability: content['reliability'] } };
  return { kind: 'record', draft: { ...decided.draft, type: 'SourceRegraded', data } };
}

/** What all registers, tracks too, have in common: the entry that stands is a repeat, another one is recorded with the next number. */
export function decideEntry(
  command: RegisterCommand & { readonly track?: string },
  entries: Entries,
  recordedAt: number | Refusal,
): Decision<Entry> {
  const { type, crisis, track, id, entry, imported } = command;
  const digest = contentDigest(command.content);
  const next = entries.length + 1;
  if (entry !== undefined && entry > next) {
    return {
      kind: 'refuse',
      refusal: refusal('rule', 'entry-gap', `Entry ${entry} cannot follow entry ${entries.length}`, [
        { pointer: '/entry', detail: `must be at most ${next}` },
      ]),
    };
  }
  if (entry !== undefined && entry < next) {
    const numbered = entries[entry - 1];
    const known = numbered?.digest === digest ? numbered : imported ? entries.find((earlier) => earlier.digest === digest) : undefined;
    if (known !== undefined) return { kind: 'repeat', known };
    return {
      kind: 'refuse',
      refusal: refusal('conflict', 'entry-taken', `Entry ${entry} is recorded with other content`, [
        { pointer: '/entry', detail: 'is recorded with other content' },
      ]),
    };
  }
  const known = entry === undefined && imported ? entries.find((earlier) => earlier.digest === digest) : entries.at(-1);
  if (known?.digest === digest && entry === undefined) return { kind: 'repeat', known };
  if (typeof recordedAt !== 'number') return { kind: 'refuse', refusal: recordedAt };
  const content = type === 'SourceRegraded' ? { reliability: (command.content as { reliability: unknown }).reliability } : command.content;
  const data = { type, crisis, track, id, entry: next, content };
  const name = track ?? id ?? '';
  return { kind: 'record', draft: { type, eventId: registerEventId(crisis, kindOf(type), name, next), data, digest, recordedAt } };
}

/** The registers after an entry. A grade is kept as the whole entry that it makes. */
export function evolveRegisters(registers: Registers, event: RegisterEvent, written: Written): Registers {
  const { type, id = '' } = event;
  const revision = written.revision;
  const add = (entries: Entries): Entries => {
    const content = type === 'SourceRegraded' ? { ...entries.at(-1)?.content, ...event.content } : event.content;
    return [...entries, { ...written, number: event.entry, content, digest: contentDigest(content) }];
  };
  switch (type) {
    case 'CrisisOpened':
      return { ...registers, revision, crisis: add(registers.crisis) };
    case 'CrisisClosed':
      return { ...registers, revision, closure: add(registers.closure) };
    case 'ActorRegistered':
      return { ...registers, revision, actors: registers.actors.update(id, [], add) };
    case 'IssueRaised':
      return { ...registers, revision, issues: registers.issues.update(id, [], add) };
    case 'SourceRegistered':
    case 'SourceRegraded':
      return { ...registers, revision, sources: registers.sources.update(id, [], add) };
    case 'TrackOpened':
      return registers; // it lies in the track's own stream
  }
}

/** The kind of name that a register holds; a source's grade belongs to its source. */
export function kindOf(type: RegisterType): 'crisis' | 'closure' | 'actor' | 'issue' | 'source' | 'track' {
  const kinds = {
    CrisisOpened: 'crisis',
    CrisisClosed: 'closure',
    ActorRegistered: 'actor',
    IssueRaised: 'issue',
    SourceRegistered: 'source',
    SourceRegraded: 'source',
    TrackOpened: 'track',
  } as const;
  return kinds[type];
}

function entriesOf(registers: Registers, type: CrisisRegisterType, id = ''): Entries {
  switch (kindOf(type)) {
    case 'crisis':
      return registers.crisis;
    case 'closure':
      return registers.closure;
    case 'actor':
      return registers.actors.get(id, []);
    case 'issue':
      return registers.issues.get(id, []);
    default:
      return registers.sources.get(id, []);
  }
}

/** A grade is compared as the whole entry that it makes: on the entry before the one that it claims to be. */
function wholeContent({ type, content, entry }: RegisterCommand, entries: Entries): unknown {
  if (type !== 'SourceRegraded') return content;
  const base = entry === undefined ? entries.at(-1) : (entries[entry - 2] ?? entries.at(-1));
  return { ...base?.content, ...(content as object) };
}

function unknownActors({ type, id, content }: RegisterCommand, registers: Registers): Refusal | undefined {
  if (type !== 'ActorRegistered') return undefined;
  const { affiliation, memberOf = [] } = content as ActorEntry;
  const named = [
    ...(affiliation === undefined ? [] : [['/affiliation', affiliation] as const]),
    ...memberOf.map((actor, index) => [`/memberOf/${index}`, actor] as const),
  ];
  const faults = named
    .filter(([, actor]) => actor !== id && !registers.actors.has(actor))
    .map(([pointer, actor]) => ({ pointer, detail: `no actor "${actor}" is registered` }));
  return faults.length === 0 ? undefined : refusal('rule', 'unknown-actor', `${faults[0]!.detail}; register it first`, faults);
}
