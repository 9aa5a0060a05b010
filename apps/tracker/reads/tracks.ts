// GET /crises/{c}/tracks, GET /crises/{c}/tracks/{t}: the state of each negotiation track.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { ApiParameters } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

@ApiTags('reads')
@Controller('crises/:crisis/tracks')
export class TracksController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({ summary: 'The state of every track of a crisis' })
  @Answers('Tracks')
  @ApiParameters(READ_POINT)
  async tracks(
    @Param('crisis') crisis: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition } = readRequest(request, {});
    return textOf(await this.queries.execute(new Ask('tracks', { ...point, crisis }, minPosition)), reply);
  }

  @Get(':track')
  @ApiOperation({ summary: 'The state of one track. Its ETag is what If-Match of a command takes' })
  @Answers('Track')
  @ApiParameters(READ_POINT)
  async track(
    @Param('crisis') crisis: string,
    @Param('track') track: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition } = readRequest(request, {});
    const answer = await this.queries.execute(new Ask('track', { ...point, crisis, track }, minPosition));
    const revision = revisionIn(answer.body);
    if (revision !== undefined) void reply.header('etag', `"${revision}"`);
    return textOf(answer, reply);
  }
}

/** The first `revision` is the track's own; within a string of JSON the quotes would be escaped. */
function revisionIn(body: string): string | undefined {
  return /"revision":"(\d+)"/.exec(body)?.[1];
}
