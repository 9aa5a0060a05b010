// GET /crises/{c}/changes: what changed between two points of both clocks.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { ApiParameters, integer, many, moment, one, readQuery, refuseInvalid, slug, type RawQuery } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

const DEFAULT_LIMIT = 20;

const OWN = {
  from: one('Needed. What had happened by then is not news: as `asOf`, so a bare date includes the date.', '2022-01-12', moment),
  fromKnownAt: one('What had been recorded by then is not news. Default: `from`.', '2022-01-12', moment),
  track: many('On these tracks.', 'us-russia', slug),
  limit: one(
    `How many of each set are listed, 1 to 500; \`more\` names those that go on. Default: ${DEFAULT_LIMIT}.`,
    '100',
    integer(1, 500),
  ),
};

/** The point up to which is the one that every read has; these are names for it that go with `from`. */
const UP_TO = {
  to: one('Up to then: `asOf` and, unless told otherwise, `knownAt`. A bare date includes the date.', '2022-01-21', moment),
  toKnownAt: one('Another name of `knownAt`.', '2022-01-21', moment),
};

@ApiTags('reads')
@Controller('crises/:crisis/changes')
export class ChangesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'What changed between two points of both clocks',
    description:
      '`happened`: begins after `from` and up to `to`. `learnedLate`: had begun by `from`, and was recorded after `fromKnownAt`. `corrected`: was corrected, retracted or reinstated after `fromKnownAt`, or came into sight or went out of it by its reports. `fellDue`: became so by the clock alone. `tracks`: which fields moved, from what to what, because of which development. All as it is known at `toKnownAt`.',
  })
  @Answers('Changes')
  @ApiParameters({ ...OWN, ...UP_TO, ...READ_POINT })
  async changes(
    @Param('crisis') crisis: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { url, headers } = request;
    const { point, minPosition, own } = readRequest({ url, headers, query: named(request.query as RawQuery) }, OWN);
    const { from, fromKnownAt = from, track, limit = DEFAULT_LIMIT } = own;
    if (from === undefined || fromKnownAt === undefined)
      return refuseInvalid([{ parameter: 'from', detail: 'is needed: the point from which on' }]);
    if (from > (point.asOf ?? point.now)) refuseInvalid([{ parameter: 'from', detail: 'is after `to`' }]);
    if (point.knownAt !== undefined && fromKnownAt > point.knownAt)
      refuseInvalid([{ parameter: 'fromKnownAt', detail: 'is after `toKnownAt`; unless given, they are `from` and `to`' }]);
    return textOf(
      await this.queries.execute(new Ask('changes', { ...point, crisis, from, fromKnownAt, track, limit }, minPosition)),
      reply,
    );
  }
}

/** The query under the names that every read has. @throws Problem 400 where a point has two */
function named({ to, toKnownAt, ...query }: RawQuery): RawQuery {
  readQuery({ to, toKnownAt }, UP_TO);
  if (to !== undefined && query['asOf'] !== undefined) refuseInvalid([{ parameter: 'to', detail: 'is another name of `asOf`: give one' }]);
  if (toKnownAt !== undefined && query['knownAt'] !== undefined)
    refuseInvalid([{ parameter: 'toKnownAt', detail: 'is another name of `knownAt`: give one' }]);
  const asOf = query['asOf'] ?? to;
  const knownAt = query['knownAt'] ?? toKnownAt ?? to;
  return { ...query, ...(asOf === undefined ? {} : { asOf }), ...(knownAt === undefined ? {} : { knownAt }) };
}
