// GET /crises/{c}/meetings: meetings: announced, rescheduled, cancelled, held or lapsed.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MEETING_STATES } from '#crisis/meetings.js';
import { Answers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { DEFAULT_LIMIT, PAGED } from './paged.js';
import { ApiParameters, many, oneOf, slug } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

const OWN = {
  state: many('In one of these states.', 'announced', oneOf(MEETING_STATES)),
  actor: many('In which one of these actors takes part.', 'sergey-lavrov', slug),
  track: many('On these tracks.', 'osce', slug),
  ...PAGED,
};

@ApiTags('reads')
@Controller('crises/:crisis/meetings')
export class MeetingsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'Meetings: announced, rescheduled, cancelled, held or lapsed',
    description:
      'The last announced, or held without an announcement, first; in pages. A page may end early, with `next`, where few meetings are of what is asked for. Each meeting is there once, with the history of its schedule.',
  })
  @Answers('Meetings')
  @ApiParameters({ ...OWN, ...READ_POINT })
  async meetings(
    @Param('crisis') crisis: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition, own } = readRequest(request, OWN);
    const { state, actor, track, limit = DEFAULT_LIMIT, cursor } = own;
    const params = { ...point, crisis, state, actor, track, limit, cursor };
    return textOf(await this.queries.execute(new Ask('meetings', params, minPosition)), reply);
  }
}
