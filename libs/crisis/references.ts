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
  eachName(development, (kind, name, ...path) => named.push({ kind, name, pointer: `/${path.join('/')}` }));
  return named;
}

/** @param see is told of a name with its place in the body; places are not written out, since few who look for names want them */
function eachName(development: Development, see: (kind: Named['kind'], name: string, ...path: (string | number)[]) => void): void {
  const fields = development as unknown as Record<string, string | readonly string[] | undefined>;
  for (const field of ACTOR_FIELDS[development.type]) {
    const value = fields[field];
    if (typeof value === 'string') see('actor', value, field);
    else value?.forEach((name, index) => see('actor', name, field, index));
  }
  development.about?.forEach((name, index) => see('issue', name, 'about', index));
  if (development.type === 'PositionTaken') see('issue', development.issue, 'issue');
  if (development.type === 'StatementMade') {
    development.positions?.forEach(({ party, issue }, index) => {
      see('actor', party, 'positions', index, 'party');
      see('issue', issue, 'positions', index, 'issue');
    });
  }
  development.reports.forEach(({ source, origin }, index) => {
    see('source', source, 'reports', index, 'source');
    if (origin !== undefined) see('source', origin, 'reports', index, 'origin');
  });
  development.alsoOn?.forEach((name, index) => see('track', name, 'alsoOn', index));
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
  const names = new Set<string>();
  eachName(development, (of, name) => {
    if (of === kind) names.add(name);
  });
  return [...names];
}
