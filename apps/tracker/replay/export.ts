// GET /crises/{c}/export.ndjson: everything of a crisis, in the form that /import takes.
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ReadSide } from '#projections/read-side.js';
import { Answers } from '../openapi/describe.js';
import { awaitPosition } from '../reads/await-position.js';
import { ApiParameters, readQuery, type RawQuery } from '../reads/query.js';
import { MIN_POSITION, minPositionOf } from '../reads/read-point.js';
import { READ_SIDE } from '../tokens.js';
import { begun, sendLines } from './send-lines.js';

@ApiTags('replay')
@Controller('crises/:crisis/export.ndjson')
export class ExportController {
  constructor(@Inject(READ_SIDE) private readonly readSide: ReadSide) {}

  @Get()
  @ApiOperation({
    summary: 'Everything of a crisis, in the form that /import takes',
    description: 'Where something fails on the way, the connection is cut: an answer that does not end as HTTP wants it is not whole.',
  })
  @Answers('ImportLine', 'An event a line, in the order of the log', 'application/x-ndjson')
  @ApiParameters(MIN_POSITION)
  async export(@Param('crisis') crisis: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query as RawQuery, MIN_POSITION);
    await awaitPosition(this.readSide, minPositionOf(request));
    const lines = await begun(this.readSide.stream('export', { crisis }));
    reply.header('content-disposition', `attachment; filename="${crisis}.ndjson"`);
    sendLines(reply, lines);
  }
}
