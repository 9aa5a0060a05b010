// Every question and every stream by its name.
import { hash } from 'node:crypto';
import { canonicalJson } from '#crisis/canonical.js';
import type { Answer, Question, Questions, StreamName, Streams } from './read-side.js';
import type { Rows } from './rows.js';
import { answerActors } from './questions/actors.js';
import { answerChanges } from './questions/changes.js';
import { answerCommitments } from './questions/commitments.js';
import { answerCrisis } from './questions/crisis-overview.js';
import { answerCrises } from './questions/crises.js';
import { answerDeliveries } from './questions/deliveries.js';
import { answerDevelopment } from './questions/development.js';
import { answerLivePage, answerNextDue } from './questions/live.js';
import { answerSnapshot } from './questions/live-snapshot.js';
import { answerMeetings } from './questions/meetings.js';
import { answerParked } from './questions/parked.js';
import { answerPositions } from './questions/positions.js';
import { answerRecordTime } from './questions/record-time.js';
import { answerTension } from './questions/tension.js';
import { answerTimeline } from './questions/timeline.js';
import { answerTrack, answerTracks } from './questions/tracks.js';
import { exportLines } from './streams/export.js';
import { replay } from './streams/replay.js';

const QUESTIONS: { readonly [Q in Question]: (rows: Rows, params: Questions[Q]) => object } = {
  crises: answerCrises,
  crisis: answerCrisis,
  tracks: answerTracks,
  track: answerTrack,
  timeline: answerTimeline,
  development: answerDevelopment,
  positions: answerPositions,
  commitments: answerCommitments,
  meetings: answerMeetings,
  changes: answerChanges,
  actors: answerActors,
  tension: answerTension,
  recordTime: answerRecordTime,
  snapshot: answerSnapshot,
  livePage: answerLivePage,
  nextDue: answerNextDue,
  deliveries: answerDeliveries,
  parked: answerParked,
};

const STREAMS: { readonly [S in StreamName]: (rows: Rows, params: Streams[S]) => Generator<string> } = { replay, export: exportLines };

/** Answers from one moment of the file. @throws ReadRefused */
export function answer<Q extends Question>(rows: Rows, question: Q, params: Questions[Q]): Answer {
  const told = rows.atOnce(() => QUESTIONS[question](rows, params));
  return 'projection' in params && params.projection !== undefined ? cited(told, String(params.position)) : { body: JSON.stringify(told) };
}

function cited(told: object, position: string): Answer {
  const body = canonicalJson(told);
  return { body, cited: { digest: hash('sha256', body, 'hex'), position } };
}

/** Text piece by piece: whole lines, or nothing where it may pause. Each piece is to be asked for within `rows.atOnce`. @throws ReadRefused with the first */
export function streamed<S extends StreamName>(rows: Rows, name: S, params: Streams[S]): Generator<string> {
  return STREAMS[name](rows, params);
}
