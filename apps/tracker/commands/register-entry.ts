// Register: open a crisis or close it, name its actors, issues and sources.
import { Controller, Inject, Post, Put, Req, Res } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CrisisRegisterType, RegisterCommand } from '#crisis/crisis-decider.js';
import { DescribesCommand } from '../openapi/describe.js';
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
  @DescribesCommand({
    tag: 'registers',
    summary: 'Open a crisis, or amend its title',
    body: 'CrisisEntry',
    examples: { 'A crisis': { title: 'NATO, Russia and Ukraine, January 2022' } },
  })
  openCrisis(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#register('CrisisOpened', request, reply);
  }

  @Post('closure')
  @DescribesCommand({
    tag: 'registers',
    summary: 'Mark a crisis as closed',
    description: 'A mark on the overview: late information can still be recorded.',
    body: 'ClosureEntry',
    bodyOptional: true,
    examples: { 'With a note': { note: 'Followed in another desk from here on' } },
  })
  closeCrisis(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    request.body ??= {};
    return this.#register('CrisisClosed', request, reply);
  }

  @Put('actors/:id')
  @DescribesCommand({
    tag: 'registers',
    summary: 'Register an actor, or amend its entry',
    description: 'Actors named by `affiliation` and `memberOf` are registered before.',
    body: 'ActorEntry',
    examples: {
      'A state': { name: 'France', kind: 'state', memberOf: ['nato', 'osce'] },
      'A person who speaks for one': { name: 'Sergey Lavrov, Foreign Minister', kind: 'person', affiliation: 'russia' },
    },
  })
  registerActor(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#register('ActorRegistered', request, reply);
  }

  @Put('issues/:id')
  @DescribesCommand({
    tag: 'registers',
    summary: 'Raise an issue, or amend its title',
    body: 'IssueEntry',
    examples: { 'An issue': { title: "NATO's enlargement to the east, above all by Ukraine and Georgia" } },
  })
  raiseIssue(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#register('IssueRaised', request, reply);
  }

  @Put('sources/:id')
  @DescribesCommand({
    tag: 'registers',
    summary: 'Register a source, amend its entry or give it another grade',
    description:
      'An unnamed outlet or person is registered as a source of its own. With nothing but another `reliability` it is recorded as `SourceRegraded`.',
    body: 'SourceEntry',
    examples: { 'An outlet': { name: 'Reuters', reliability: 'B', url: 'https://www.reuters.com/', language: 'en' } },
  })
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
