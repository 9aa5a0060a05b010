// Record a development of a track.
import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { freshId, idFromIdempotencyKey } from '#crisis/identifiers.js';
import type { TrackCommand } from '#crisis/track-decider.js';
import { DescribesCommand } from '../openapi/describe.js';
import type { Provenance, Recorded, Recorder } from '../recording/recorder.js';
import { RECORDER } from '../tokens.js';
import { answerRecorded } from './answer.js';
import { addressOf, idempotencyKeyOf, ifMatchOf, provenanceOf, readBody } from './sent.js';

export class RecordDevelopment extends Command<Recorded> {
  constructor(
    readonly development: TrackCommand,
    readonly provenance: Provenance,
  ) {
    super();
  }
}

@CommandHandler(RecordDevelopment)
export class RecordDevelopmentHandler implements ICommandHandler<RecordDevelopment> {
  constructor(@Inject(RECORDER) private readonly recorder: Recorder) {}

  execute({ development, provenance }: RecordDevelopment): Promise<Recorded> {
    return this.recorder.record(development, provenance);
  }
}

@Controller('crises/:crisis/tracks/:track/developments')
export class RecordDevelopmentController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @DescribesCommand({
    tag: 'developments',
    summary: 'Record a development',
    description:
      'The same id and content again is a repeat: 200, and the position of the first recording. Other content under a known id is a conflict.',
    body: 'Development',
    examples: {
      'A statement': {
        id: 'lavrov-on-the-answer',
        type: 'StatementMade',
        occurredAt: '2022-01-28',
        summary: 'Lavrov finds a grain of reason in the written answer, on secondary matters.',
        speaker: 'sergey-lavrov',
        about: ['european-security'],
        assessment: 'neutral',
        reports: [{ source: 'tass', publishedAt: '2022-01-28' }],
      },
      'A meeting': {
        id: 'normandy-talks',
        type: 'MeetingHeld',
        occurredAt: '2022-01-26',
        summary: 'Political advisers meet for more than eight hours.',
        participants: ['russia', 'ukraine'],
        format: 'in-person',
        durationMinutes: 480,
        durationQualifier: 'at-least',
        outcome: 'inconclusive',
        reports: [{ source: 'reuters' }],
      },
    },
    onTrack: true,
  })
  async recordDevelopment(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { crisis, track } = addressOf<'crisis' | 'track'>(request);
    const body = readBody(request.body, { crisis, track });
    const id = body.id ?? idOf(crisis, track, request);
    const development = { crisis, track, id, content: body.content, ifMatch: ifMatchOf(request) };
    const recorded = await this.commands.execute(new RecordDevelopment(development, provenanceOf(request, body.recordedAt)));
    reply.header('Location', `/crises/${crisis}/tracks/${track}/developments/${id}`);
    answerRecorded(reply, { id, crisis, track, type: body.content['type'] as string }, recorded);
  }
}

/** The id of what was sent without one: with an `Idempotency-Key` a repeat has the same, without one it is something new. */
export function idOf(crisis: string, track: string, request: FastifyRequest): string {
  const key = idempotencyKeyOf(request);
  return key === undefined ? freshId(Date.now()) : idFromIdempotencyKey(crisis, track, key);
}
