// GET /crises/{c}/actors: what each actor said, did and owes.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { DEFAULT_LIMIT, PAGED } from './paged.js';
import { ApiParameters, many, slug } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

const OWN = { actor: many('These actors.', 'russia', slug), ...PAGED };

@ApiTags('reads')
@Controller('crises/:crisis/actors')
export class ActorsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'What each actor said, did and owes',
    description:
      'Those that were registered by `knownAt`, in that order. An actor has a part in each development that names it; in `counts`, it `said` what it stated or what was stated for it, `met` at meetings that were held, and `did` what was reported or confirmed as its action.',
  })
  @Answers('Actors')
  @ApiParameters({ ...OWN, ...READ_POINT })
  async actors(
    @Param('crisis') crisis: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition, own } = readRequest(request, OWN);
    const { actor, limit = DEFAULT_LIMIT, cursor } = own;
    return textOf(await this.queries.execute(new Ask('actors', { ...point, crisis, actor, limit, cursor }, minPosition)), reply);
  }
}
