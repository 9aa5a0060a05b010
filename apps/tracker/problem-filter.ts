// The one place where whatever went wrong becomes an answer.
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OutcomeUnknown, StoreUnavailable } from '#event-store/port.js';
import { ReadRefused } from '#projections/read-side.js';
import type { Log } from './log.js';
import { Problem } from './problem.js';
import { CommandRefused, StoreAway } from './recording/recorder.js';
import { LOG, ROUTES } from './tokens.js';
import type { RouteTable } from './http/route-table.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOG) private readonly log: Log,
    @Inject(ROUTES) private readonly routes: RouteTable,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = isNotFound(error) ? this.#noSuchCall(request, reply) : (problemOf(error) ?? this.#internal(error, request));
    // Nothing can be said any more in an answer that has begun: cut it, so that the caller sees that it is not whole.
    if (reply.raw.headersSent) reply.raw.destroy();
    else sendProblem(problem, request, reply);
  }

  #noSuchCall({ method, url }: FastifyRequest, reply: FastifyReply): Problem {
    const path = url.split('?', 1)[0]!;
    const methods = this.routes.methodsAt(path);
    if (methods.length === 0) return new Problem(404, 'unknown-route', `There is nothing at ${path}; /docs lists what there is`);
    reply.header('Allow', methods.join(', '));
    return new Problem(405, 'method-not-allowed', `${path} takes ${methods.join(', ')}, not ${method}`);
  }

  #internal(error: unknown, request: FastifyRequest): Problem {
    this.log.error(`${request.method} ${request.url} failed (correlation id ${request.id})`, error);
    return new Problem(
      500,
      'internal',
      `Something went wrong here; the log of the service tells more under the correlation id ${request.id}`,
    );
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof HttpException && error.getStatus() === 404;
}

/** What a caller is told of an error; undefined if it is none that was foreseen. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof CommandRefused || error instanceof ReadRefused) return Problem.of(error.refusal);
  if (error instanceof StoreAway || error instanceof OutcomeUnknown) {
    return new Problem(
      503,
      'store-away',
      `${error.message}. Whether this was recorded is not known; send it again with the same id`,
      [],
      1,
    );
  }
  if (error instanceof StoreUnavailable) return new Problem(503, 'store-away', error.message, [], 1);
  const { code, statusCode, message } = error as { code?: unknown; statusCode?: unknown; message?: unknown };
  if (typeof code === 'string' && typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new Problem(statusCode, 'invalid-request', String(message));
  }
  return undefined;
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  if (problem.retryAfter !== undefined) reply.header('Retry-After', String(problem.retryAfter));
  if (problem.today !== undefined) reply.header('Link', `<${problem.today}>; rel="latest-version"`); // RFC 5829
  void reply.code(problem.status).header('X-Correlation-Id', request.id).type('application/problem+json').send(JSON.stringify(problem));
}
