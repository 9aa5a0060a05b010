// GET /projections, POST /projections/{name}/rebuild, POST /projections/parked/retry: how the read side stands, and to build it anew.
import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatMoment } from '#crisis/time.js';
import { PROJECTION, type ProjectionStatus, type ReadSide, type RebuildReason, type RebuildReport } from '#projections/read-side.js';
import type { LogWatch } from '../event-log/log-watch.js';
import { Answers, ProblemAnswers } from '../openapi/describe.js';
import { Problem } from '../problem.js';
import { ApiParameters, one, oneOf, readQuery, type RawQuery } from '../reads/query.js';
import { LOG_WATCH, READ_SIDE } from '../tokens.js';

const STRICT = {
  strict: one('Stop at the first event that cannot be applied; what answers now then stays.', 'true', oneOf(['true', 'false'])),
};

@ApiTags('operations')
@Controller('projections')
export class ProjectionsController {
  constructor(
    @Inject(READ_SIDE) private readonly readSide: ReadSide,
    @Inject(LOG_WATCH) private readonly watch: LogWatch,
  ) {}

  @Get()
  @ApiOperation({ summary: 'How far the read side has come, what is parked, and how its last rebuild went' })
  @Answers('Projections')
  async projections(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    void reply.header('Cache-Control', 'no-store');
    return { projections: [await this.#told()] };
  }

  @Post('parked/retry')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Try once more what could not be applied',
    description:
      'Events are applied in their place in the log, so the read side is built anew beside the one that answers, and takes its place when it is level. ' +
      'Live connections of crises in which something was released get `resync`.',
  })
  @ApiResponse({ status: 202, description: 'Begun; GET /projections tells how it goes' })
  @ApiResponse({ status: 200, description: 'Nothing is parked' })
  @ProblemAnswers([409])
  async retry(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    if (this.readSide.progress.parked === 0) void reply.code(200);
    else this.#rebuild('retry', false);
    return this.#told();
  }

  @Post(':projection/rebuild')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Build a projection anew from the log, beside the one that answers',
    description: 'It takes the place of the other when it is level with the log. Reads go on meanwhile, and say the same before and after.',
  })
  @ApiResponse({ status: 202, description: 'Begun; GET /projections tells how it goes' })
  @ApiParameters(STRICT)
  @ProblemAnswers([400, 404, 409])
  rebuild(@Param('projection') name: string, @Req() request: FastifyRequest): Promise<object> {
    if (name !== PROJECTION) throw new Problem(404, 'unknown-projection', `There is no projection "${name}", but "${PROJECTION}"`);
    const { strict } = readQuery(request.query as RawQuery, STRICT);
    this.#rebuild('asked', strict === 'true');
    return this.#told();
  }

  #rebuild(why: RebuildReason, strict: boolean): void {
    if (this.readSide.rebuild(why, { strict })) return;
    throw new Problem(409, 'rebuild-under-way', 'The read side is being built anew already; GET /projections tells how it goes');
  }

  async #told(): Promise<object> {
    const head = await this.watch.head().catch(() => undefined);
    return projectionView(this.readSide.status, head, this.watch.lag);
  }
}

/**
 * @param head of the log; undefined: it cannot be told now
 * @param staleFor s; undefined: it has not been level with the log yet
 */
export function projectionView(status: ProjectionStatus, head: bigint | undefined, staleFor: number | undefined): object {
  const { name, version, state, position, parked, fileSize, eventsPerSecond, rebuild, lastRebuild } = status;
  return {
    name,
    version,
    state,
    position: String(position),
    // Positions of the store: in the embedded one, each is an event.
    lag: { positions: head === undefined ? null : String(head > position ? head - position : 0n), seconds: staleFor ?? null },
    parked,
    fileSize,
    eventsPerSecond: Math.round(eventsPerSecond),
    rebuild: rebuild && { ...rebuild, startedAt: formatMoment(rebuild.startedAt), position: String(rebuild.position) },
    lastRebuild: lastRebuild && reportView(lastRebuild),
  };
}

function reportView({ obstacle, ...report }: RebuildReport): object {
  return {
    ...report,
    startedAt: formatMoment(report.startedAt),
    endedAt: formatMoment(report.endedAt),
    obstacle: obstacle && { ...obstacle, position: String(obstacle.position), revision: String(obstacle.revision) },
  };
}
