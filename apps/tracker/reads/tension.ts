// GET /crises/{c}/tension: how tense it was, day by day.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_DAYS } from '#projections/questions/tension.js';
import { Answers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { ApiParameters, integer, many, one, refuseInvalid, slug } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

const OWN = {
  track: one('Of one track.', 'us-russia', slug),
  actor: many('Of what one actor has a part in; given twice, of what happened between two.', 'russia,united-states', slug),
  days: one(`How many days are listed, 1 to 366, with that of \`asOf\` as the last. Default: ${DEFAULT_DAYS}.`, '14', integer(1, 366)),
};

@ApiTags('reads')
@Controller('crises/:crisis/tension')
export class TensionController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'Tension of the crisis, of a track, of an actor or between two, day by day',
    description:
      'Of Goldstein scores, from -10 (conflict) to 10 (cooperation). `score` is the 7-day exponentially weighted mean of the daily means, `trend` the mean of the last 14 days less that of the 14 before: below zero it gets tenser. Days are in UTC. What is alleged or denied does not count.',
  })
  @Answers('Tension')
  @ApiParameters({ ...OWN, ...READ_POINT })
  async tension(
    @Param('crisis') crisis: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition, own } = readRequest(request, OWN);
    const { track, actor, days = DEFAULT_DAYS } = own;
    if (actor !== undefined && actor.length > 2) refuseInvalid([{ parameter: 'actor', detail: 'names more than two' }]);
    if (actor !== undefined && track !== undefined) refuseInvalid([{ parameter: 'actor', detail: 'cannot be combined with `track`' }]);
    const params = { ...point, crisis, track, actor, days };
    return textOf(await this.queries.execute(new Ask('tension', params, minPosition)), reply);
  }
}
