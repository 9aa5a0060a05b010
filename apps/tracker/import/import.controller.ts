// POST /import: any number of lines, streamed both ways.
import { Readable } from 'node:stream';
import { Controller, Inject, Post, Req, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { provenanceOf } from '../commands/sent.js';
import { wrongType } from '../http/server.js';
import type { Log } from '../log.js';
import type { Recorder } from '../recording/recorder.js';
import { LOG, RECORDER } from '../tokens.js';
import { importLines } from './import-lines.js';

@Controller('import')
export class ImportController implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();

  constructor(
    @Inject(RECORDER) private readonly recorder: Recorder,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post()
  @RouteConfig({ streamsBody: true })
  import(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { body } = request;
    if (!(body instanceof Readable)) throw wrongType(request);
    const results = importLines(body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, {
      recorder: this.recorder,
      provenance: provenanceOf(request),
      onError: (error) => this.log.error(`A line of an import failed (correlation id ${request.id})`, error),
      signal: this.#stopping.signal,
    });
    reply.header('X-Correlation-Id', request.id).type('application/x-ndjson');
    void reply.send(Readable.from(results, { objectMode: false }));
  }

  /** What an import was told by then stands; its answer is cut, which its client sees. */
  beforeApplicationShutdown(): void {
    this.#stopping.abort();
  }
}
