// GET /crises/{c}/live and /live: what changes in a crisis, or in all of them, as it changes, as Server-Sent Events.
import { applyDecorators, Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEVELOPMENT_TYPES } from '#crisis/vocabulary/types.js';
import { LIVE_PROJECTIONS, type LiveFilter, type LiveProjection, type ReadSide } from '#projections/read-side.js';
import { awaitPosition } from '../reads/await-position.js';
import { ApiParameters, many, one, oneOf, readQuery, slug, textUpTo, type RawQuery } from '../reads/query.js';
import { MIN_POSITION, minPositionOf } from '../reads/read-point.js';
import { READ_SIDE } from '../tokens.js';
import { LiveHub } from './live-hub.js';
import { keyedFilter } from './subscription.js';

const DEFAULT_PROJECTIONS: readonly LiveProjection[] = ['tracks', 'timeline'];

const FILTER = {
  track: many('Of these tracks: what happened on them, their states, and the promises, meetings and positions on them.', 'us-russia', slug),
  actor: many(
    'Developments in which one of these actors has a part, positions of them, promises by or to them, and meetings with them.',
    'sergey-lavrov',
    slug,
  ),
  issue: many('Developments about one of these issues, and positions on them.', 'nato-enlargement', slug),
  type: many('Developments of these types.', 'MeetingHeld', oneOf(DEVELOPMENT_TYPES)),
  source: many('Developments that one of these sources reported, or was quoted for.', 'tass', slug),
};

const LIVE = {
  projections: many('What to be told of. Default: tracks and timeline.', 'tracks,commitments', oneOf(LIVE_PROJECTIONS)),
  ...FILTER,
  after: one(
    'The id of the last message that was received, to go on after it. The header Last-Event-ID goes before it.',
    '',
    textUpTo(200),
  ),
  lastEventId: one('The same as `after`.', '', textUpTo(200)),
  ...MIN_POSITION,
};

const LIVE_OF_ALL = {
  crisis: many('Of these crises, also of one that is opened later. Up to 20 of them are in the snapshot whole.', 'nato-russia-2022', slug),
  ...LIVE,
};

const FILTERED =
  'A filter is held against what a message is about as far as it applies: where one has no such value (a track has no source), it is told whatever the filter says.';

function EventStreamOf(summary: string, description: string, parameters: typeof LIVE): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary, description }),
    ApiProduces('text/event-stream'),
    ApiParameters(parameters),
    ApiHeader({
      name: 'Last-Event-ID',
      description: 'The id of the last message that was received',
      required: false,
      schema: { type: 'string' },
    }),
  );
}

@ApiTags('live')
@Controller()
export class LiveController {
  constructor(
    private readonly hub: LiveHub,
    @Inject(READ_SIDE) private readonly readSide: ReadSide,
  ) {}

  @Get('crises/:crisis/live')
  @EventStreamOf('A snapshot, then each change as it happens. Last-Event-ID resumes with no gap and no repeat', FILTERED, LIVE)
  async live(@Param('crisis') crisis: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#connect(crisis, readQuery(request.query as RawQuery, LIVE), request, reply);
  }

  @Get('live')
  @EventStreamOf(
    'The same of all crises, also of those that are opened later',
    `The snapshot has the overviews of the crises, and what was asked for of those that \`crisis\` names. A crisis that is opened, renamed or closed is told with its overview, \`crisis\`. ${FILTERED}`,
    LIVE_OF_ALL,
  )
  async liveOfAll(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#connect(null, readQuery(request.query as RawQuery, LIVE_OF_ALL), request, reply);
  }

  async #connect(
    crisis: string | null,
    { projections = DEFAULT_PROJECTIONS, after, lastEventId, ...own }: Asked,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    await awaitPosition(this.readSide, minPositionOf(request));
    if (request.method === 'HEAD') return void reply.type('text/event-stream').send();
    const header = request.headers['last-event-id'];
    const lastId = (typeof header === 'string' && header !== '' ? header : undefined) ?? after ?? lastEventId;
    const { crisis: crises, track, actor, issue, type, source } = own;
    const filter = keyedFilter({ crisis: crises, track, actor, issue, type, source }, projections);
    await this.hub.connect({ crisis, projections, filter }, lastId, reply);
  }
}

interface Asked extends LiveFilter {
  readonly projections?: readonly LiveProjection[];
  readonly after?: string;
  readonly lastEventId?: string;
}
