// GET /crises, GET /crises/{c}: overviews.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers, ProblemAnswers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { ApiParameters } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

@ApiTags('reads')
@Controller('crises')
export class CrisesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({ summary: 'All crises' })
  @ProblemAnswers([400, 503])
  @Answers('Crises')
  @ApiParameters(READ_POINT)
  async crises(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { point, minPosition } = readRequest(request, {});
    return textOf(await this.queries.execute(new Ask('crises', point, minPosition)), reply);
  }

  @Get(':crisis')
  @ApiOperation({ summary: 'One crisis, with its registers' })
  @Answers('Crisis')
  @ApiParameters(READ_POINT)
  async crisis(
    @Param('crisis') crisis: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition } = readRequest(request, {});
    return textOf(await this.queries.execute(new Ask('crisis', { ...point, crisis }, minPosition)), reply);
  }
}
