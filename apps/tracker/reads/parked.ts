// GET /projections/parked: the events that could not be applied, each with its error.
import { Controller, Get, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers, ProblemAnswers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { ApiParameters, readQuery, type RawQuery } from './query.js';
import { MIN_POSITION, minPositionOf } from './read-point.js';

@ApiTags('operations')
@Controller('projections/parked')
export class ParkedController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({ summary: 'The events that could not be applied, each with its error' })
  @ProblemAnswers([400, 503])
  @Answers('Parked')
  @ApiParameters(MIN_POSITION)
  async parked(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    readQuery(request.query as RawQuery, MIN_POSITION);
    return textOf(await this.queries.execute(new Ask('parked', {}, minPositionOf(request))), reply);
  }
}
