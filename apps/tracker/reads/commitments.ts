// GET /crises/{c}/commitments: all promises, and what became of them.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { COMMITMENT_FILTERS } from '#crisis/commitments.js';
import { Answers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { DEFAULT_LIMIT, PAGED } from './paged.js';
import { ApiParameters, many, oneOf, slug } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

const OWN = {
  state: many('In one of these states: `overdue` ones are open, `late` ones delivered.', 'overdue', oneOf(COMMITMENT_FILTERS)),
  by: many('Made by one of these actors.', 'united-states', slug),
  to: many('Made to one of these actors.', 'russia', slug),
  track: many('On these tracks.', 'us-russia', slug),
  ...PAGED,
};

@ApiTags('reads')
@Controller('crises/:crisis/commitments')
export class CommitmentsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'All promises, and what became of them',
    description:
      'The last made first, in pages. A page may end early, with `next`, where few promises are of what is asked for. A promise is overdue while it is open and the latest moment of `dueBy` is past.',
  })
  @Answers('Commitments')
  @ApiParameters({ ...OWN, ...READ_POINT })
  async commitments(
    @Param('crisis') crisis: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition, own } = readRequest(request, OWN);
    const { state, by, to, track, limit = DEFAULT_LIMIT, cursor } = own;
    const params = { ...point, crisis, state, by, to, track, limit, cursor };
    return textOf(await this.queries.execute(new Ask('commitments', params, minPosition)), reply);
  }
}
