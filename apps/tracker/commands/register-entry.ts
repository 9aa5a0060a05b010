// Register: open a crisis or close it, name its actors, issues and sources.
import { Controller, Inject, Post, Put, Req, Res } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CrisisRegisterType, RegisterCommand } from '#crisis/crisis-decider.js';
import type { Provenance, Recorded, Recorder } from '../recording/recorder.js';
import { RECORDER } from '../tokens.js';
import { answerRecorded } from './answer.js';
import { addressOf, provenanceOf, readBody, withoutCondition } from './sent.js';

export class RegisterEntry extends Command<Recorded> {
  constructor(
    readonly entry: RegisterCommand<CrisisRegisterType>,
    readonly provenance: Provenance,
  ) {
    super();
  }
}

@CommandHandler(RegisterEntry)
export class RegisterEntryHandler implements ICommandHandler<RegisterEntry> {
  constructor(@Inject(RECORDER) private readonly recorder: Recorder) {}

  execute({ entry, provenance }: RegisterEntry): Promise<Recorded> {
    return this.recorder.register(entry, provenance);
  }
}

@Controller('crises/:crisis')
export class RegistersController {
  constructor(private readonly commands: CommandBus) {}

  @Put()
  openCrisis(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#register('CrisisOpened', request, reply);
  }

  @Post('closure')
  closeCrisis(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    request.body ??= {};
    return this.#register('CrisisClosed', request, reply);
  }

  @Put('actors/:id')
  registerActor(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#register('ActorRegistered', request, reply);
  }

  @Put('issues/:id')
  raiseIssue(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#register('IssueRaised', request, reply);
  }

  @Put('sources/:id')
  registerSource(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#register('SourceRegistered', request, reply);
  }

  async #register(type: CrisisRegisterType, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { crisis, id } = addressOf<'crisis' | 'id'>(request) as { crisis: string; id?: string };
    withoutCondition(request);
    const name = id ?? crisis;
    const { content, recordedAt } = readBody(request.body, { type, crisis, id: name });
    const recorded = await this.commands.execute(
      new RegisterEntry({ type, crisis, id, content, imported: false }, provenanceOf(request, recordedAt)),
    );
    answerRecorded(reply, { id: name, crisis, type }, recorded);
  }
}
