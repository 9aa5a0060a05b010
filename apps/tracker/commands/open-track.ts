// Open a negotiation track, or amend its entry in the register of tracks.
import { Controller, Inject, Put, Req, Res } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DescribesCommand } from '../openapi/describe.js';
import type { Provenance, Recorded, Recorder, TrackOpening } from '../recording/recorder.js';
import { RECORDER } from '../tokens.js';
import { answerRecorded } from './answer.js';
import { addressOf, provenanceOf, readBody, withoutCondition } from './sent.js';

export class OpenTrack extends Command<Recorded> {
  constructor(
    readonly opening: TrackOpening,
    readonly provenance: Provenance,
  ) {
    super();
  }
}

@CommandHandler(OpenTrack)
export class OpenTrackHandler implements ICommandHandler<OpenTrack> {
  constructor(@Inject(RECORDER) private readonly recorder: Recorder) {}

  execute({ opening, provenance }: OpenTrack): Promise<Recorded> {
    return this.recorder.openTrack(opening, provenance);
  }
}

@Controller('crises/:crisis/tracks/:track')
export class OpenTrackController {
  constructor(private readonly commands: CommandBus) {}

  @Put()
  @DescribesCommand({
    tag: 'registers',
    summary: 'Open a negotiation track, or amend its entry',
    description: 'Its parties are registered before. The track `context` is there in every crisis from the start.',
    body: 'TrackEntry',
    examples: { 'A track': { title: 'NATO-Russia Council', parties: ['nato', 'russia'] } },
  })
  async openTrack(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const type = 'TrackOpened';
    const { crisis, track } = addressOf<'crisis' | 'track'>(request);
    withoutCondition(request);
    const { content, recordedAt } = readBody(request.body, { type, crisis, track, id: track });
    const opening = { type, crisis, track, content, imported: false } as const;
    const recorded = await this.commands.execute(new OpenTrack(opening, provenanceOf(request, recordedAt)));
    answerRecorded(reply, { id: track, crisis, track, type }, recorded);
  }
}
