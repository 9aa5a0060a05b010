// GET /crises/{c}/timeline: developments, newest first or oldest first, filtered, in pages.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { VERIFICATIONS } from '#crisis/standing.js';
import { DEVELOPMENT_TYPES } from '#crisis/vocabulary/types.js';
import { wordsIn } from '#projections/words.js';
import { Answers } from '../openapi/describe.js';
import { Ask, textOf } from './ask.js';
import { DEFAULT_LIMIT, PAGED } from './paged.js';
import { ApiParameters, InvalidParameter, many, moment, one, oneOf, refuseInvalid, slug, start, textUpTo } from './query.js';
import { READ_POINT, readRequest } from './read-point.js';

const PAGE = {
  order: one(
    'By occurrence: newest (default) or oldest first. With `q` by relevance, unless told otherwise.',
    'oldest',
    oneOf(['newest', 'oldest', 'relevance']),
  ),
  ...PAGED,
};

const FILTER = {
  from: one('Occurrences from this moment on; a bare date from its first millisecond, in UTC.', '2022-01-10', start),
  to: one('Occurrences up to this moment; a bare date up to its last millisecond, in UTC.', '2022-01-13', moment),
  type: many('Of these types.', 'MeetingHeld', oneOf(DEVELOPMENT_TYPES)),
  track: many('On these tracks.', 'us-russia', slug),
  actor: many('In which one of these actors has a part.', 'sergey-lavrov', slug),
  issue: many('About one of these issues.', 'nato-enlargement', slug),
  source: many('Reported by one of these sources.', 'tass', slug),
  verification: many('So far verified.', 'single-source', oneOf(VERIFICATIONS)),
  q: one('With these words in summaries, quotes, names or places.', 'written answer', words),
};

/** @throws InvalidParameter where nothing stands that could be looked for: that nothing was found would mislead */
function words(text: string): string {
  const given = textUpTo(200)(text);
  if (wordsIn(given).length === 0) throw new InvalidParameter('has no word in it: letters or digits');
  return given;
}

@ApiTags('reads')
@Controller('crises/:crisis/timeline')
export class TimelineController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({ summary: 'The developments of a crisis, in order of occurrence' })
  @Answers('Timeline')
  @ApiParameters({ ...PAGE, ...FILTER, ...READ_POINT })
  async timeline(
    @Param('crisis') crisis: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { point, minPosition, own } = readRequest(request, { ...PAGE, ...FILTER });
    const { limit = DEFAULT_LIMIT, cursor, ...filter } = own;
    const order = own.order ?? (filter.q === undefined ? 'newest' : 'relevance');
    if (order === 'relevance' && filter.q === undefined)
      refuseInvalid([{ parameter: 'order', detail: 'needs `q`: relevance is to words' }]);
    if (filter.from !== undefined && filter.to !== undefined && filter.from > filter.to) {
      refuseInvalid([{ parameter: 'from', detail: 'is after `to`' }]);
    }
    const { from, to, type, track, actor, issue, source, verification, q } = filter;
    const params = { ...point, crisis, order, limit, cursor, filter: { from, to, type, track, actor, issue, source, verification, q } };
    return textOf(await this.queries.execute(new Ask('timeline', params, minPosition)), reply);
  }
}
