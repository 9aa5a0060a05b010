// GET /crises/{c}/positions: where the parties stand, by party and issue.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_HISTORY } from '#projections/questions/positions.js';
import { Answers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { ApiParameters, integer, many, one, slug } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

const OWN = {
  party: many('Of these parties.', 'russia', slug),
  issue: many('On these issues.', 'nato-enlargement', slug),
  track: many('As stated on these tracks.', 'nato-russia-council', slug),
  history: one(`How many of each cell's latest settings are listed, 0 to 500. Default: ${DEFAULT_HISTORY}.`, '100', integer(0, 500)),
};

@ApiTags('reads')
@Controller('crises/:crisis/positions')
export class PositionsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'Where the parties stand, by party and issue',
    description:
      'Each cell has what the party itself stated last on any track, what others ascribe to it (`attributed`), and its history in order of occurrence. `earlier` says that it goes further back than is listed.',
  })
  @Answers('Positions')
  @ApiParameters({ ...OWN, ...READ_POINT })
  async positions(
    @Param('crisis') crisis: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition, own } = readRequest(request, OWN);
    const { party, issue, track, history = DEFAULT_HISTORY } = own;
    const params = { ...point, crisis, party, issue, track, history };
    return textOf(await this.queries.execute(new Ask('positions', params, minPosition)), reply);
  }
}
