// The messages of event streams: what live connections are told, and replays as Server-Sent Events.
import { RECORDS, type RecordType } from '#crisis/vocabulary/types.js';
import { PREFACE } from '../openapi/answer-schemas.js';
import { reference, type Schemas } from '../openapi/body-schemas.js';
import { extended, list, MOMENT, object, oneOf, POSITION, SLUG, TEXT } from '../openapi/schema.js';
import type { Schema, SchemaObject } from '../openapi/types.js';
import type { Messages, MessageObject } from './message.js';

const ID: SchemaObject = {
  type: 'string',
  pattern: '^[a-z0-9]+:\\d+(?:\\.\\d+)?(?:@\\d+(?:\\.\\d+)?)?(?:~[0-9a-f]{8})?$',
  description: 'The field `id`: what a connection goes on after, as `Last-Event-ID` or `after`',
};
/** Where a state stands. */
const WHERE: Schemas = { crisis: SLUG, asOf: MOMENT, knownAt: MOMENT, position: POSITION };
const BECAUSE: Schemas = {
  because: { type: 'string', pattern: '^[a-z0-9-]+/[a-z0-9-]+$', description: 'The development that changed it, `track/id`' },
};
const REMOVED = (what: string): Schemas => ({ removed: { ...list(TEXT), description: `The names of ${what} that are no more` } });

/** What a snapshot has of a crisis: what was asked for. */
const MODELS: Schemas = {
  tracks: list(reference('TrackState')),
  developments: { ...list(reference('DevelopmentView')), description: 'The latest, newest first' },
  positions: list(reference('Position')),
  commitments: list(reference('CrisisCommitment')),
  meetings: list(reference('Meeting')),
  tension: reference('TensionReport'),
  cutShort: { ...list(oneOf(['commitments', 'meetings'])), description: 'The lists that go further back than they are shown' },
};
const PARKED: Schemas = {
  parked: {
    ...list(object({ stream: TEXT, position: POSITION })),
    description: 'Streams of which later events could not be applied, from which position on',
  },
};

/** What a connection is told of an event, as live messages and webhooks have it. */
export function recordedSchemas(): Schemas {
  const recorded = (more: Schemas): SchemaObject =>
    object({
      crisis: SLUG,
      position: POSITION,
      at: { ...MOMENT, description: 'When it was recorded' },
      ...more,
      development: reference('DevelopmentView'),
    });
  const about = (...types: RecordType[]): SchemaObject =>
    recorded({ event: types.length === 1 ? reference(`${types[0]}Event`) : { oneOf: types.map((type) => reference(`${type}Event`)) } });
  return {
    DevelopmentData: recorded({}),
    CorrectionData: about('DevelopmentCorrected'),
    RetractionData: about('DevelopmentRetracted'),
    ReinstatementData: about('DevelopmentReinstated'),
    ReportData: about('ReportAdded', 'ReportWithdrawn'),
  };
}

/** The data that tell of each kind of event about a development. */
export const DATA_OF: Readonly<Record<keyof typeof RECORDS, string>> = {
  DevelopmentCorrected: 'CorrectionData',
  DevelopmentRetracted: 'RetractionData',
  DevelopmentReinstated: 'ReinstatementData',
  ReportAdded: 'ReportData',
  ReportWithdrawn: 'ReportData',
};

/** What both kinds of live connections are told. */
export function liveMessages(): Messages {
  return {
    development: message('development', 'A development was recorded', reference('DevelopmentData')),
    correction: message('correction', 'A development was corrected', reference('CorrectionData')),
    retraction: message('retraction', 'A development was retracted', reference('RetractionData')),
    reinstatement: message('reinstatement', 'A mistaken retraction was taken back', reference('ReinstatementData')),
    report: message('report', 'A report of a development was added or withdrawn', reference('ReportData')),
    track: message('track', 'The whole new state of a track', object({ ...WHERE, track: reference('TrackState') })),
    positions: message(
      'positions',
      'The cells of the matrix that are otherwise than before, whole; `removed` by `party/issue`',
      object({ ...WHERE, ...BECAUSE, positions: list(reference('Position')), ...REMOVED('cells') }),
    ),
    commitments: message(
      'commitments',
      'The promises that are otherwise than before, whole; `removed` by `track/id`',
      object({ ...WHERE, ...BECAUSE, commitments: list(reference('CrisisCommitment')), ...REMOVED('promises') }),
    ),
    meetings: message(
      'meetings',
      'The meetings that are otherwise than before, whole; `removed` by `track/id`',
      object({ ...WHERE, ...BECAUSE, meetings: list(reference('Meeting')), ...REMOVED('meetings') }),
    ),
    tension: message(
      'tension',
      'The whole new tension of the crisis',
      object({ ...WHERE, ...BECAUSE, tension: reference('TensionReport') }),
    ),
    due: message(
      'due',
      'What became so by the clock alone, at its moment, with the states that it changed',
      object(
        {
          crisis: SLUG,
          position: POSITION,
          at: MOMENT,
          due: list({ oneOf: [reference('Due'), reference('DayBegan')] }),
          tracks: list(reference('TrackState')),
          positions: list(reference('Position')),
          commitments: list(reference('CrisisCommitment')),
          meetings: list(reference('Meeting')),
        },
        { tension: reference('TensionReport') },
      ),
    ),
    resync: message(
      'resync',
      'What was told before is no beginning of what comes next: forget it. A snapshot follows',
      object({ reason: TEXT }),
      false,
    ),
  };
}

export function snapshotMessages(): { readonly ofCrisis: Messages; readonly ofAll: Messages } {
  const states = list(object({ crisis: SLUG }, MODELS));
  const overviews = { crises: list(reference('CrisisOverview')) };
  return {
    ofCrisis: { snapshot: message('snapshot', 'What was asked for, as it stands', extended(PREFACE, {}, { ...PARKED, ...MODELS })) },
    ofAll: {
      snapshotOfAll: message(
        'snapshot',
        'All crises as they stand; of those that were named, also what was asked for',
        extended(PREFACE, overviews, { ...PARKED, states: { ...states, description: 'Of the crises that the filter names' } }),
      ),
      crisis: message('crisis', 'A crisis was opened, renamed or closed', object({ ...WHERE, overview: reference('CrisisOverview') })),
    },
  };
}

export function filmMessages(): Messages {
  return {
    frame: { ...message('frame', 'A frame, with the states that it changed', reference('Frame'), false) },
    end: {
      ...message('end', 'The film has ended: whoever comes back with this id gets 204', object({})),
      headers: object({ event: oneOf(['end']), id: oneOf(['end']) }),
    },
  };
}

/** A Server-Sent Event: its fields are the headers, the JSON in `data` is the payload. @param hasId nothing resumes from one without */
function message(event: string, summary: string, payload: Schema, hasId = true): MessageObject {
  return {
    name: event,
    title: event,
    summary,
    contentType: 'application/json',
    headers: object({ event: oneOf([event]), ...(hasId ? { id: ID } : {}) }),
    payload,
  };
}
