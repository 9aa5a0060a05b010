// GET /crises/{c}/live: what changes in a crisis, as it changes, as Server-Sent Events.
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ReadSide } from '#projections/read-side.js';
import { awaitPosition } from '../reads/await-position.js';
import { ApiParameters, many, one, oneOf, readQuery, textUpTo, type RawQuery } from '../reads/query.js';
import { MIN_POSITION, minPositionOf } from '../reads/read-point.js';
import { READ_SIDE } from '../tokens.js';
import { LiveHub } from './live-hub.js';

const PROJECTIONS = ['tracks', 'timeline'] as const;

const LIVE = {
  projections: many('What to be told of. Default: tracks and timeline.', 'tracks', oneOf(PROJECTIONS)),
  after: one(
    'The id of the last message that was received, to go on after it. The header Last-Event-ID goes before it.',
    '',
    textUpTo(200),
  ),
  lastEventId: one('The same as `after`.', '', textUpTo(200)),
  ...MIN_POSITION,
};

@ApiTags('live')
@Controller('crises/:crisis/live')
export class LiveController {
  constructor(
    private readonly hub: LiveHub,
    @Inject(READ_SIDE) private readonly readSide: ReadSide,
  ) {}

  @Get()
  @ApiOperation({ summary: 'A snapshot, then each change as it happens. Last-Event-ID resumes with no gap and no repeat' })
  @ApiProduces('text/event-stream')
  @ApiParameters(LIVE)
  @ApiHeader({
    name: 'Last-Event-ID',
    description: 'The id of the last message that was received',
    required: false,
    schema: { type: 'string' },
  })
  async live(@Param('crisis') crisis: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { projections = PROJECTIONS, after, lastEventId } = readQuery(request.query as RawQuery, LIVE);
    await awaitPosition(this.readSide, minPositionOf(request));
    if (request.method === 'HEAD') return void reply.type('text/event-stream').send();
    const header = request.headers['last-event-id'];
    const lastId = (typeof header === 'string' && header !== '' ? header : undefined) ?? after ?? lastEventId;
    await this.hub.connect({ crisis, projections }, lastId, reply);
  }
}
