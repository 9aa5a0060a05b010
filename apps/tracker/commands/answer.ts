// The answer to a command.
import type { FastifyReply } from 'fastify';
import type { Recorded } from '../recording/recorder.js';

/** What was recorded, under which name. */
export interface Subject {
  readonly id: string;
  readonly crisis: string;
  readonly track?: string;
  readonly type: string;
}

/** The answer's members, as they go out: positions and revisions are text, since they do not fit into every JSON reader's numbers. */
export interface CommandAnswer extends Subject {
  readonly status: Recorded['status'];
  readonly position: string;
  readonly revision: string;
  readonly recordedAt: string;
}

export function commandAnswer(subject: Subject, { status, position, revision, recordedAt }: Recorded): CommandAnswer {
  return { ...subject, status, position: String(position), revision: String(revision), recordedAt: new Date(recordedAt).toISOString() };
}

/** Sends what was recorded: 201 if it is new, 200 if it was there (also with another entry in its register). */
export function answerRecorded(reply: FastifyReply, subject: Subject, recorded: Recorded): void {
  const isNew = recorded.status === 'recorded' && (recorded.entry ?? 1) === 1;
  const answer = commandAnswer(subject, recorded);
  reply
    .code(isNew ? 201 : 200)
    .header('Parley-Position', answer.position)
    .header('X-Correlation-Id', reply.request.id);
  if (subject.track !== undefined) reply.header('ETag', `"${answer.revision}"`);
  void reply.type('application/json').send(JSON.stringify(answer));
}
