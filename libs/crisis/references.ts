// What a development names: actors, issues, sources, tracks and other developments, each with its place in the body.
import { parseReference, type DevelopmentReference } from './identifiers.js';
import type { Development, DevelopmentType } from './vocabulary/types.js';

export interface Named {
  readonly kind: 'actor' | 'issue' | 'source' | 'track';
  readonly name: string;
  readonly pointer: string;
}

export interface NamedDevelopment extends DevelopmentReference {
  readonly pointer: string;
  /** What it has to be. Undefined: any development. */
  readonly type?: DevelopmentType;
}

const ACTOR_FIELDS = {
  TrackSuspended: [],
  TrackResumed: [],
  TrackConcluded: [],
  MeetingAnnounced: ['participants'],
  MeetingRescheduled: [],
  MeetingCancelled: [],
  MeetingHeld: ['participants'],
  StatementMade: ['speaker', 'onBehalfOf', 'to'],
  PositionTaken: ['party', 'statedBy'],
  ProposalTabled: ['by', 'to'],
  ProposalWithdrawn: [],
  ResponsePromised: ['by', 'to'],
  PromiseWithdrawn: [],
  ResponseDelivered: ['by', 'to', 'deliveredBy', 'receivedBy'],
  AgreementReached: ['parties'],
  ActionReported: ['by', 'target', 'claimedBy'],
} as const satisfies Record<DevelopmentType, readonly string[]>;

/** Fields that name a development of the same track, and what it has to be. */
const DEVELOPMENT_FIELDS = {
  announcement: 'MeetingAnnounced',
  proposal: 'ProposalTabled',
  promise: 'ResponsePromised',
  renews: 'ResponsePromised',
} as const satisfies Record<string, DevelopmentType>;

/** Every register's name in a development. */
export function namesIn(development: Development): Named[] {
  const named: Named[] = [];
  const fields = development as unknown as Record<string, string | readonly string[] | undefined>;
  for (const field of ACTOR_FIELDS[development.type]) {
    const value = fields[field];
    if (typeof value === 'string') named.push({ kind: 'actor', name: value, pointer: `/${field}` });
    else value?.forEach((name, index) => named.push({ kind: 'actor', name, pointer: `/${field}/${index}` }));
  }
  development.about?.forEach((name, index) => named.push({ kind: 'issue', name, pointer: `/about/${index}` }));
  if (development.type === 'PositionTaken') named.push({ kind: 'issue', name: development.issue, pointer: '/issue' });
  if (development.type === 'StatementMade') {
    development.positions?.forEach(({ party, issue }, index) => {
      named.push(
        { kind: 'actor', name: party, pointer: `/positions/${index}/party` },
        { kind: 'issue', name: issue, pointer: `/positions/${index}/issue` },
      );
    });
  }
  development.reports.forEach(({ source, origin }, index) => {
    named.push({ kind: 'source', name: source, pointer: `/reports/${index}/source` });
    if (origin !== undefined) named.push({ kind: 'source', name: origin, pointer: `/reports/${index}/origin` });
  });
  development.alsoOn?.forEach((name, index) => named.push({ kind: 'track', name, pointer: `/alsoOn/${index}` }));
  return named;
}

/** Every other development that a development names. */
export function developmentsIn(development: Development): NamedDevelopment[] {
  const { track } = development;
  const fields = development as unknown as Record<string, string | undefined>;
  const named: NamedDevelopment[] = [];
  for (const [field, type] of Object.entries(DEVELOPMENT_FIELDS)) {
    const id = fields[field];
    if (id !== undefined) named.push({ track, id, type, pointer: `/${field}` });
  }
  development.relatesTo?.forEach((relation, index) => {
    const reference = parseReference(relation.development, track);
    if (reference !== undefined) named.push({ ...reference, pointer: `/relatesTo/${index}/development` });
  });
  return named;
}

/** The actors that a development names, each once. */
export function actorsIn(development: Development): string[] {
  return distinct(development, 'actor');
}

/** The issues that a development is about, each once. */
export function issuesIn(development: Development): string[] {
  return distinct(development, 'issue');
}

function distinct(development: Development, kind: Named['kind']): string[] {
  return [...new Set(namesIn(development).flatMap((named) => (named.kind === kind ? named.name : [])))];
}
