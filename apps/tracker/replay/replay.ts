// GET /crises/{c}/replay: the history as frames, as NDJSON or, at a pace, as Server-Sent Events.
import { Controller, Get, Inject, Param, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ReadSide } from '#projections/read-side.js';
import { EventStream } from '../live/event-stream.js';
import type { Log } from '../log.js';
import { reference } from '../openapi/body-schemas.js';
import { awaitPosition } from '../reads/await-position.js';
import { ApiParameters, moment, number, one, oneOf, refuseInvalid, start } from '../reads/query.js';
import { POINT, readRequest } from '../reads/read-point.js';
import { LOG, READ_SIDE } from '../tokens.js';
import { END_ID, showFilm } from './film.js';
import { begun, sendLines } from './send-lines.js';

const REPLAY = {
  from: one('The first moment that has a frame; a bare date from its first millisecond, in UTC.', '2022-01-10', start),
  until: one('The last frame; a bare date includes the date, in UTC. Default: `asOf`, else now.', '2022-01-31', moment),
  by: one('In the order of occurrence (default), or of recording.', 'recorded', oneOf(['occurred', 'recorded'])),
  pace: one('Seconds that a day takes; of Server-Sent Events only. Default: as fast as the reader reads.', '2', number(0, 86_400)),
};

@ApiTags('replay')
@Controller('crises/:crisis/replay')
export class ReplayController implements OnModuleDestroy {
  readonly #films = new Set<EventStream>();
  #stopping = false;

  constructor(
    @Inject(READ_SIDE) private readonly readSide: ReadSide,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The history as frames, each with the states that it changed',
    description: 'The last frame is `until` itself: an answer that ends before it was cut, and is not whole.',
  })
  @ApiResponse({
    status: 200,
    description: 'A frame a line, or a message `frame` for each and then `end`: /asyncapi.json describes these',
    content: { 'application/x-ndjson': { schema: reference('Frame') }, 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiParameters({ ...REPLAY, ...POINT })
  async replay(@Param('crisis') crisis: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { point, minPosition, own } = readRequest(request, REPLAY, POINT);
    const { from, until = point.asOf ?? point.now, by = 'occurred', pace } = own;
    const asFilm = request.headers.accept?.includes('text/event-stream') === true && request.method === 'GET';
    if (from !== undefined && from > until) refuseInvalid([{ parameter: 'from', detail: 'is after `until`' }]);
    if (pace !== undefined && !asFilm) refuseInvalid([{ parameter: 'pace', detail: 'needs the header Accept: text/event-stream' }]);
    // A browser comes back by itself when a film has ended; this tells it to stay away.
    if (asFilm && request.headers['last-event-id'] === END_ID) return void reply.code(204).send();

    await awaitPosition(this.readSide, minPosition);
    const frames = await begun(this.readSide.stream('replay', { ...point, crisis, from, until, by }));
    if (asFilm) await this.#show(frames, pace ?? 0, reply, crisis);
    else sendLines(reply, frames);
  }

  onModuleDestroy(): void {
    this.#stopping = true;
    for (const film of this.#films) film.end();
  }

  async #show(frames: AsyncIterable<Buffer>, pace: number, reply: FastifyReply, crisis: string): Promise<void> {
    const film = EventStream.open(reply);
    this.#films.add(film);
    film.onClose(() => this.#films.delete(film));
    try {
      await showFilm(frames, pace, film);
    } catch (error) {
      if (!this.#stopping) this.log.error(`A replay of ${crisis} was cut`, error);
    } finally {
      film.end();
    }
  }
}
