// Record something about a development: a correction, a retraction or its reinstatement, a further report or its withdrawal.
import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TrackCommand } from '#crisis/track-decider.js';
import type { RecordType } from '#crisis/vocabulary/types.js';
import { DescribesCommand } from '../openapi/describe.js';
import type { Provenance, Recorded, Recorder } from '../recording/recorder.js';
import { RECORDER } from '../tokens.js';
import { answerRecorded } from './answer.js';
import { idOf } from './record-development.js';
import { addressOf, givenId, ifMatchOf, provenanceOf, readBody } from './sent.js';

export class RecordAboutDevelopment extends Command<Recorded> {
  constructor(
    readonly record: TrackCommand & { readonly content: { readonly type: RecordType; readonly development: string } },
    readonly provenance: Provenance,
  ) {
    super();
  }
}

@CommandHandler(RecordAboutDevelopment)
export class RecordAboutDevelopmentHandler implements ICommandHandler<RecordAboutDevelopment> {
  constructor(@Inject(RECORDER) private readonly recorder: Recorder) {}

  execute({ record, provenance }: RecordAboutDevelopment): Promise<Recorded> {
    return this.recorder.record(record, provenance);
  }
}

@Controller('crises/:crisis/tracks/:track/developments/:development')
export class RecordAboutDevelopmentController {
  constructor(private readonly commands: CommandBus) {}

  @Post('corrections')
  @DescribesCommand({
    tag: 'developments',
    summary: 'Correct a development',
    description: 'A fact of its own: what was known before the correction stays known as it was.',
    body: 'DevelopmentCorrected',
    examples: {
      'Another date': {
        id: 'date-corrected',
        changes: { occurredAt: '2022-01-11' },
        reason: 'factual-error',
        note: 'The ministry gives the 11th',
      },
    },
    onTrack: true,
  })
  correct(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#record('DevelopmentCorrected', request, reply);
  }

  @Post('retractions')
  @DescribesCommand({
    tag: 'developments',
    summary: 'Retract a development',
    description: 'What refers to it is shown with `dangling`. It takes no correction until it is reinstated.',
    body: 'DevelopmentRetracted',
    examples: { 'The source withdrew it': { reason: 'source-retracted', note: 'The agency withdrew its report' } },
    onTrack: true,
  })
  retract(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#record('DevelopmentRetracted', request, reply);
  }

  @Post('reinstatements')
  @DescribesCommand({
    tag: 'developments',
    summary: 'Take a mistaken retraction back',
    body: 'DevelopmentReinstated',
    bodyOptional: true,
    examples: { 'With a note': { note: 'The agency stands by its report' } },
    onTrack: true,
  })
  reinstate(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    request.body ??= {};
    return this.#record('DevelopmentReinstated', request, reply);
  }

  @Post('reports')
  @DescribesCommand({
    tag: 'developments',
    summary: 'Add a further report of a development',
    body: 'ReportAdded',
    examples: {
      'It corroborates': { report: { source: 'reuters', url: 'https://www.reuters.com/world/', credibility: 2 }, stance: 'corroborates' },
    },
    onTrack: true,
  })
  addReport(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#record('ReportAdded', request, reply);
  }

  @Post('reports/:report/withdrawal')
  @DescribesCommand({
    tag: 'developments',
    summary: 'Withdraw a report of a development',
    body: 'ReportWithdrawn',
    bodyOptional: true,
    examples: { 'With a note': { note: 'It was about another meeting' } },
    onTrack: true,
  })
  withdrawReport(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    request.body ??= {};
    return this.#record('ReportWithdrawn', request, reply);
  }

  async #record(type: RecordType, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const address = addressOf<'crisis' | 'track' | 'development' | 'report'>(request);
    const { crisis, track, ...named } = address;
    const body = readBody(request.body, { type, ...address });
    const content = { type, ...named, ...body.content };
    const id = givenId(body.id, content) ?? idOf(crisis, track, request);
    const record = { crisis, track, id, content, ifMatch: ifMatchOf(request) };
    const recorded = await this.commands.execute(new RecordAboutDevelopment(record, provenanceOf(request, body.recordedAt)));
    answerRecorded(reply, { id, crisis, track, type }, recorded);
  }
}
