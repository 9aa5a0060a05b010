// GET /crises/{c}/tracks/{t}/developments/{id}: one development, with its versions, its reports, what it set and what took its place.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { ApiParameters } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

@ApiTags('reads')
@Controller('crises/:crisis/tracks/:track/developments/:id')
export class DevelopmentController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({ summary: 'One development, with its versions, its reports, what it set and what took its place' })
  @Answers('DevelopmentAnswer')
  @ApiParameters(READ_POINT)
  async development(
    @Param('crisis') crisis: string,
    @Param('track') track: string,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition } = readRequest(request, {});
    return textOf(await this.queries.execute(new Ask('development', { ...point, crisis, track, id }, minPosition)), reply);
  }
}
