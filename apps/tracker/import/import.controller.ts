// POST /import: any number of lines, streamed both ways.
import { Readable } from 'node:stream';
import { Controller, Inject, Post, Req, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { provenanceOf } from '../commands/sent.js';
import { wrongType } from '../http/server.js';
import type { Log } from '../log.js';
import { reference } from '../openapi/body-schemas.js';
import { ProblemAnswers } from '../openapi/describe.js';
import type { Recorder } from '../recording/recorder.js';
import { LOG, RECORDER } from '../tokens.js';
import { importLines } from './import-lines.js';

const EXAMPLE = [
  { type: 'CrisisOpened', crisis: 'gulf', title: 'The Gulf' },
  { type: 'ActorRegistered', crisis: 'gulf', id: 'oman', name: 'Oman', kind: 'state' },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

@Controller('import')
export class ImportController implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();

  constructor(
    @Inject(RECORDER) private readonly recorder: Recorder,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post()
  @RouteConfig({ streamsBody: true })
  @ApiTags('import')
  @ApiOperation({
    summary: 'Import any number of lines',
    description:
      'NDJSON in, NDJSON out, streamed both ways. Each line is the body of the matching call with `type`, `crisis`, `track` (and `development`) in it, at most 64 KiB; registers come before what names them. ' +
      'Each line that is not blank has one result, in the order of the lines, as soon as it is durable. A bad line is rejected by itself. An import can be repeated: what is there is `unchanged`. A line without an id gets one from its content.',
  })
  @ApiConsumes('application/x-ndjson')
  @ApiBody({ required: true, schema: { type: 'string' }, examples: { 'Two lines': { summary: 'Two lines', value: EXAMPLE } } })
  @ApiHeader({
    name: 'Parley-Recorder',
    description: 'Who records it; anonymous unless given',
    required: false,
    schema: { type: 'string' },
  })
  @ApiResponse({ status: 200, description: 'A result a line', content: { 'application/x-ndjson': { schema: reference('ImportResult') } } })
  @ProblemAnswers([400, 415])
  import(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { body } = request;
    if (!(body instanceof Readable)) throw wrongType(request);
    const results = importLines(body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, {
      recorder: this.recorder,
      provenance: provenanceOf(request),
      onError: (error) => this.log.error(`A line of an import failed (correlation id ${request.id})`, error),
      signal: this.#stopping.signal,
    });
    void reply.code(200).header('X-Correlation-Id', request.id).type('application/x-ndjson');
    void reply.send(Readable.from(results, { objectMode: false }));
  }

  /** What an import was told by then stands; its answer is cut, which its client sees. */
  beforeApplicationShutdown(): void {
    this.#stopping.abort();
  }
}
