// Schemas of what is read: one definition of each, for the answers of reads and for the messages of live connections and replays.
import { COMMITMENT_STATES } from '#crisis/commitment.js';
import { DUE_KINDS } from '#crisis/due.js';
import { MEETING_STATES } from '#crisis/meetings.js';
import { STATUSES } from '#crisis/slots.js';
import { VERIFICATIONS } from '#crisis/standing.js';
import { DURATION_QUALIFIERS, MEETING_FORMATS, OUTCOMES } from '#crisis/vocabulary/meetings.js';
import { DEVELOPMENT_TYPES, RECORDS, REGISTERS } from '#crisis/vocabulary/types.js';
import { ASSESSMENTS, STANCES } from '#crisis/vocabulary/words.js';
import { reference, type Schemas } from './body-schemas.js';
import { VERIFICATION, withView } from './development-schemas.js';
import {
  ANY,
  COUNT,
  DAY,
  EDTF,
  extended,
  FLAG,
  list,
  map,
  MOMENT,
  NUMBER,
  object,
  oneOf,
  orNull,
  POSITION,
  SLUG,
  SLUGS,
  TEXT,
  TRUE,
  without,
} from './schema.js';
import type { SchemaObject } from './types.js';

const EVENT_TYPES = oneOf([...DEVELOPMENT_TYPES, ...Object.keys(RECORDS)]);
const CHANGE_SETS = ['happened', 'learnedLate', 'corrected', 'fellDue', 'tracks'];

/** Where an answer stands. */
export const PREFACE = object(
  { asOf: MOMENT, knownAt: MOMENT, position: POSITION, settledUntil: orNull(MOMENT) },
  { permalink: { type: 'string', description: 'Where this very answer can be read for ever, if it is settled' } },
);

/** An answer that says where it stands. */
function answer(more: Schemas, optional: Schemas = {}): SchemaObject {
  return extended(PREFACE, more, optional);
}

function page(more: Schemas, optional: Schemas = {}): SchemaObject {
  return answer({ ...more, next: { ...orNull(TEXT), description: 'The `cursor` of the next page; null: there is no more' } }, optional);
}

/** @param bodies the schema of each body, by its name */
export function answerSchemas(bodies: Schemas): Schemas {
  return {
    ...stateSchemas(),
    ...registerSchemas(bodies),
    ...listSchemas(),
    Crises: answer({ crises: list(reference('CrisisOverview')) }),
    Crisis: answer({ crisis: reference('CrisisState') }),
    Tracks: answer({ tracks: list(reference('TrackState')) }),
    Track: answer({ track: reference('TrackState') }),
    Timeline: page({ developments: list(reference('FoundDevelopment')) }, { complete: FLAG }),
    DevelopmentAnswer: answer({ development: reference('DevelopmentPage') }),
    Positions: answer({ positions: list(reference('Position')) }),
    Commitments: page({ commitments: list(reference('CrisisCommitment')) }),
    Meetings: page({ meetings: list(reference('Meeting')) }),
    Tension: answer({ tension: reference('TensionReport') }),
    Actors: page({ actors: list(reference('Actor')) }),
    Changes: changesSchema(),
    Frame: object(
      {
        frame: COUNT,
        position: POSITION,
        at: MOMENT,
        development: orNull(reference('DevelopmentView')),
        event: orNull(EVENT_TYPES),
        tracks: list(reference('TrackState')),
      },
      { due: list(reference('Due')) },
    ),
    ...operationSchemas(),
    ...webhookSchemas(bodies),
    ImportLine: {
      type: 'object',
      description:
        'The body of the matching call, with `type`, `crisis`, `track` and, where it is about a development, `development` in it',
      required: ['type', 'crisis'],
      properties: { type: oneOf([...EVENT_TYPES.enum!, ...Object.keys(REGISTERS)]), crisis: SLUG, track: SLUG },
      additionalProperties: true,
    },
  };
}

const TENSION: Schemas = { score: orNull(NUMBER), trend: orNull(NUMBER) };

const COMMITMENT = object(
  { promise: SLUG, by: SLUG, to: SLUG, undertaking: TEXT, promisedAt: EDTF, state: oneOf(COMMITMENT_STATES), overdue: FLAG },
  { proposal: SLUG, dueBy: EDTF, closedBy: SLUG, closedAt: EDTF, late: FLAG, dangling: TRUE },
);

const ROUND: SchemaObject = { type: 'integer', minimum: 1 };
const ANNOUNCED: Schemas = { format: oneOf(MEETING_FORMATS), round: ROUND, place: reference('Place') };

const MEETING_STATE = object(
  { development: SLUG, occurredAt: EDTF, participants: SLUGS },
  {
    ...ANNOUNCED,
    durationMinutes: ROUND,
    durationQualifier: oneOf(DURATION_QUALIFIERS),
    outcome: oneOf(OUTCOMES),
    announcement: SLUG,
  },
);

const ATTRIBUTED = object({ stance: oneOf(STANCES), since: EDTF, development: SLUG }, { redLine: FLAG, statedBy: SLUG });

const CELL = object(
  { party: SLUG, issue: SLUG, stance: orNull(oneOf(STANCES)) },
  { redLine: FLAG, since: EDTF, development: SLUG, attributed: ATTRIBUTED },
);

const CRISIS_CELL = extended(
  CELL,
  {},
  {
    track: SLUG,
    statedBy: SLUG,
    verification: VERIFICATION,
    attributed: extended(ATTRIBUTED, { track: SLUG, verification: VERIFICATION }),
  },
);

const STATEMENT = object(
  { party: SLUG, development: SLUG, occurredAt: EDTF, speaker: SLUG, summary: TEXT },
  { setting: TEXT, quote: TEXT, assessment: oneOf(ASSESSMENTS) },
);

const BECAUSE: SchemaObject = { ...map(SLUG), description: "From a field's name to the id of the development that set it" };

function stateSchemas(): Schemas {
  const uncertain = object({ development: SLUG, occurredAt: EDTF });
  return {
    TrackState: object({
      id: SLUG,
      title: TEXT,
      parties: SLUGS,
      revision: { ...orNull(POSITION), description: 'For `If-Match`; null while nothing was recorded on it' },
      status: { ...orNull(oneOf(STATUSES)), description: 'Null on the track `context`' },
      since: orNull(EDTF),
      whoseMove: SLUGS,
      meetingsHeld: COUNT,
      lastMeeting: orNull(reference('MeetingState')),
      nextMeeting: orNull(object({ announcement: SLUG, announcedAt: EDTF, scheduledFor: EDTF, participants: SLUGS }, ANNOUNCED)),
      openProposals: list(object({ proposal: SLUG, by: SLUG, to: SLUGS, title: TEXT, tabledAt: EDTF, awaiting: SLUGS })),
      openCommitments: list(reference('Commitment')),
      positions: list(reference('PositionCell')),
      latestStatements: list(STATEMENT),
      lastDevelopmentAt: orNull(EDTF),
      developments: COUNT,
      verification: object(Object.fromEntries(VERIFICATIONS.map((name) => [name, COUNT]))),
      tension: object(TENSION),
      uncertain: { ...list(uncertain), description: 'What may not be over by `asOf`' },
      because: BECAUSE,
    }),
    MeetingState: MEETING_STATE,
    Commitment: COMMITMENT,
    PositionCell: CELL,
    Due: object({ kind: oneOf(DUE_KINDS), track: SLUG }, { promise: SLUG, announcement: SLUG, development: SLUG }),
    DayBegan: object({ kind: oneOf(['day-began']), day: DAY }),
  };
}

function registerSchemas(bodies: Schemas): Schemas {
  const entry = (name: string, more: Schemas = { id: SLUG }): SchemaObject =>
    extended(without(bodies[name] as SchemaObject, ['recordedAt']), more);
  const counts = { developments: COUNT, lastDevelopmentAt: orNull(EDTF) };
  const actor = entry('ActorEntry');
  return {
    CrisisOverview: object({ id: SLUG, title: TEXT, openedAt: MOMENT, closed: FLAG, tracks: COUNT, ...counts }),
    CrisisState: object(
      {
        id: SLUG,
        title: TEXT,
        actors: list(actor),
        issues: list(entry('IssueEntry')),
        sources: list(entry('SourceEntry')),
        tracks: list(object({ id: SLUG, title: TEXT, parties: SLUGS, status: orNull(oneOf(STATUSES)) })),
        ...counts,
      },
      { closed: entry('ClosureEntry', {}) },
    ),
    Actor: extended(actor, {
      latestStatement: orNull(extended(STATEMENT, { track: SLUG, verification: VERIFICATION })),
      positions: list(CRISIS_CELL),
      owes: list(reference('CrisisCommitment')),
      isOwed: list(reference('CrisisCommitment')),
      counts: object({ developments: COUNT, said: COUNT, met: COUNT, did: COUNT }),
      lastDevelopment: orNull(
        object(
          { track: SLUG, development: SLUG, type: oneOf(DEVELOPMENT_TYPES), occurredAt: EDTF, summary: TEXT, verification: VERIFICATION },
          { dangling: list(TEXT) },
        ),
      ),
    }),
  };
}

/** What an event did, and why. */
const RECORD_FIELDS: Schemas = { recordedAt: MOMENT, position: POSITION, by: EVENT_TYPES };
const RECORD_REASONS: Schemas = {
  changes: map(ANY),
  reason: TEXT,
  note: TEXT,
  replacedBy: TEXT,
  stance: TEXT,
  report: { anyOf: [reference('Report'), SLUG] },
};

function listSchemas(): Schemas {
  const schedule = object({ development: SLUG, occurredAt: EDTF, verification: VERIFICATION }, { scheduledFor: EDTF, cancelled: TRUE });
  const setting = object(
    { stance: oneOf(STANCES), statedBy: SLUG, since: EDTF, track: SLUG, development: SLUG, verification: VERIFICATION },
    { redLine: FLAG, attributed: TRUE },
  );
  const period = object({
    count: COUNT,
    mean: orNull(NUMBER),
    verbalCooperation: COUNT,
    materialCooperation: COUNT,
    verbalConflict: COUNT,
    materialConflict: COUNT,
    conflict: orNull(object({ verbal: NUMBER, material: NUMBER })),
  });
  const match = object({
    field: oneOf(['names', 'summary', 'places', 'quotes']),
    text: TEXT,
    marks: list({ type: 'array', items: COUNT, minItems: 2, maxItems: 2 }),
  });
  return {
    FoundDevelopment: withView({}, { match: { ...match, description: 'Where the words of `q` stand; `marks` are places in `text`' } }),
    DevelopmentPage: withView({
      versions: list(object({ ...RECORD_FIELDS, content: reference('RecordedDevelopment') }, RECORD_REASONS)),
      sets: list(object({ slot: TEXT, key: TEXT, value: ANY }, { replacedBy: SLUG })),
    }),
    Position: extended(CRISIS_CELL, { history: list(setting) }, { earlier: TRUE }),
    CrisisCommitment: extended(COMMITMENT, { track: SLUG, verification: VERIFICATION }, { closingVerification: VERIFICATION }),
    Meeting: object(
      { track: SLUG, state: oneOf(MEETING_STATES), participants: SLUGS, verification: VERIFICATION, schedule: list(schedule) },
      {
        ...ANNOUNCED,
        announcement: SLUG,
        announcedAt: EDTF,
        scheduledFor: EDTF,
        outcome: oneOf(OUTCOMES),
        earlier: TRUE,
        held: extended(MEETING_STATE, { verification: VERIFICATION }, { dangling: TRUE }),
      },
    ),
    TensionReport: object(
      {
        ...TENSION,
        last: extended(period, { from: DAY, to: DAY }),
        before: extended(period, { from: DAY, to: DAY }),
        days: list(extended(period, { day: DAY, score: orNull(NUMBER) })),
      },
      { track: SLUG, actors: SLUGS },
    ),
  };
}

function changesSchema(): SchemaObject {
  const point = object({ asOf: MOMENT, knownAt: MOMENT });
  const moved = object({ field: TEXT, from: ANY, to: ANY }, { of: TEXT, because: SLUG, wasBecause: SLUG });
  const due = object(
    { at: MOMENT, kind: oneOf(DUE_KINDS), track: SLUG },
    { promise: SLUG, announcement: SLUG, development: SLUG, commitment: reference('Commitment') },
  );
  return answer({
    from: point,
    happened: list(reference('DevelopmentView')),
    learnedLate: list(reference('DevelopmentView')),
    corrected: list(withView({ record: list(object(RECORD_FIELDS, RECORD_REASONS)) })),
    fellDue: list(due),
    tracks: list(object({ id: SLUG, title: TEXT, moved: list(moved) })),
    more: { ...list(oneOf(CHANGE_SETS)), description: 'Which of the lists go on' },
  });
}

function operationSchemas(): Schemas {
  const rebuild: Schemas = { why: oneOf(['asked', 'retry']), strict: FLAG, startedAt: MOMENT };
  const obstacle = object({ position: POSITION, stream: TEXT, revision: POSITION, type: TEXT, reason: TEXT });
  return {
    Parked: object({
      position: POSITION,
      count: COUNT,
      parked: list(
        object({
          position: POSITION,
          stream: TEXT,
          revision: POSITION,
          type: TEXT,
          recordedAt: orNull(MOMENT),
          reason: TEXT,
          first: FLAG,
        }),
      ),
    }),
    Projections: object({
      projections: list(
        object({
          name: TEXT,
          version: COUNT,
          state: oneOf(['building', 'live', 'interrupted']),
          position: POSITION,
          lag: object({ positions: orNull(POSITION), seconds: orNull(NUMBER) }),
          parked: COUNT,
          fileSize: { ...COUNT, description: 'Bytes' },
          eventsPerSecond: COUNT,
          rebuild: orNull(object({ ...rebuild, position: POSITION })),
          lastRebuild: orNull(
            object({ ...rebuild, endedAt: MOMENT, outcome: oneOf(['in-service', 'stopped', 'failed']) }, { released: COUNT, obstacle }),
          ),
        }),
      ),
    }),
    Live: object({ status: oneOf(['up']) }),
    Ready: object({
      status: oneOf(['ready', 'not-ready']),
      reasons: list(TEXT),
      store: object({ id: orNull(TEXT), head: orNull(POSITION) }),
      readSide: object({ position: POSITION, lag: orNull(POSITION), staleFor: orNull(NUMBER), caughtUp: FLAG, parked: COUNT }),
      demo: TEXT,
    }),
  };
}

function webhookSchemas(bodies: Schemas): Schemas {
  const { filter } = (bodies['WebhookEntry'] as SchemaObject).properties!;
  const attempts: Schemas = { since: MOMENT, attempts: COUNT, status: orNull(COUNT), error: TEXT };
  const failing = object({ crisis: SLUG, track: SLUG, ...attempts, nextAttemptAt: MOMENT });
  return {
    Webhook: object(
      {
        id: SLUG,
        url: TEXT,
        createdAt: MOMENT,
        state: oneOf(['delivering', 'failing', 'disabled']),
        position: POSITION,
        pending: COUNT,
        parked: COUNT,
        failing: orNull(object({ since: MOMENT, tracks: COUNT, first: list(failing) })),
        disabled: orNull(object({ at: MOMENT, reason: TEXT })),
      },
      { crisis: SLUG, filter: filter! },
    ),
    Webhooks: object({ webhooks: list(reference('Webhook')) }),
    ParkedMessages: object({
      messages: list(
        object({
          id: TEXT,
          position: POSITION,
          crisis: SLUG,
          track: SLUG,
          development: SLUG,
          type: EVENT_TYPES,
          ...attempts,
          parkedAt: MOMENT,
        }),
      ),
    }),
  };
}
