// All reads are asked and answered alike: once a position is included if one is named, by the read side, whose text goes out as it is.
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { trackStream } from '#crisis/event.js';
import type { EventStore, Position } from '#event-store/port.js';
import type { Answer, Question, Questions, ReadPoint, ReadSide } from '#projections/read-side.js';
import { EVENT_STORE, READ_SIDE } from '../tokens.js';
import { awaitPosition, WAIT_LIMIT_MS } from './await-position.js';
import { citedText } from './cited-text.js';
import { refuseOtherLog } from './read-point.js';

export class Ask<Q extends Question = Question> extends Query<Answer> {
  constructor(
    readonly question: Q,
    readonly params: Questions[Q],
    readonly minPosition?: Position,
  ) {
    super();
  }
}

@QueryHandler(Ask)
export class AskHandler implements IQueryHandler<Ask> {
  constructor(
    @Inject(READ_SIDE) private readonly readSide: ReadSide,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  async execute({ question, params, minPosition }: Ask): Promise<Answer> {
    await awaitPosition(this.readSide, minPosition, streamOf(params));
    const { log, position } = params as Partial<ReadPoint>;
    if (log !== undefined) refuseOtherLog(params as ReadPoint, this.store.id);
    // Another replica may have given the link: what is cited comes, and is refused by the read side if it does not.
    if (position !== undefined) await this.readSide.reached(position as Position, WAIT_LIMIT_MS);
    return this.readSide.ask(question, params);
  }
}

/** The one stream that a question is about, if it is about one. */
function streamOf(params: Questions[Question]): string | undefined {
  if (!('crisis' in params) || typeof params.crisis !== 'string') return undefined;
  const named = 'track' in params ? params.track : 'filter' in params ? params.filter?.track : undefined;
  const [track, ...others] = typeof named === 'string' ? [named] : (named ?? []);
  return track === undefined || others.length > 0 ? undefined : trackStream(params.crisis, track);
}

/** Gives the answer's text its headers, and returns it. What the headers need stands at the text's beginning: it is not parsed again. */
export function textOf({ body, cited }: Answer, reply: FastifyReply): string {
  void reply.header('content-type', 'application/json; charset=utf-8');
  if (cited !== undefined) return citedText(body, cited, reply);
  void reply.header('cache-control', 'no-cache');
  const position = /^[^[]{0,300}?"position":"(\d+)"/.exec(body)?.[1];
  if (position !== undefined) void reply.header('parley-position', position);
  return body;
}
