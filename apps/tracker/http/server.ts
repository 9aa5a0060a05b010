// The HTTP server underneath Nest: which bodies it takes, and how it names a request.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../problem.js';
import { MalformedJson, MAX_JSON_BYTES, parseJsonText } from './json-text.js';
import { sendProblem } from '../problem-filter.js';
import { RouteTable } from './route-table.js';

/** The types of a body that is a line of JSON after another. */
export const NDJSON_TYPES = [
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/json-lines',
];
/** How much of a body that is too large is still read, so that its sender gets to see the answer. */
const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

export interface Server {
  readonly adapter: FastifyAdapter;
  /** Filled while routes are added. */
  readonly routes: RouteTable;
}

/** `request.id` is the correlation id: the caller's `X-Correlation-Id`, else a fresh one. */
export function createHttpServer(): Server {
  const adapter = new FastifyAdapter({
    skipMiddie: true,
    logger: false,
    genReqId: correlationId,
    // Names are checked where they are used; the router only has to let them through.
    routerOptions: { maxParamLength: 1000 },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(new Problem(400, 'invalid-address', error.message), request, reply),
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', async (request: FastifyRequest, body: IncomingMessage) => {
    if (request.routeOptions.config.streamsBody !== true) return readJson(body);
    body.resume();
    throw wrongType(request);
  });
  fastify.addContentTypeParser(NDJSON_TYPES, async (request: FastifyRequest, body: IncomingMessage) => {
    if (request.routeOptions.config.streamsBody === true) return body;
    body.resume();
    throw wrongType(request);
  });
  fastify.addContentTypeParser('*', async (request: FastifyRequest, body: IncomingMessage) => {
    // A call without a body may say nothing of its type.
    if (request.headers['content-type'] === undefined && request.headers['content-length'] === '0') return undefined;
    body.resume();
    throw wrongType(request);
  });
  const routes = new RouteTable();
  fastify.addHook('onRoute', ({ method, url }) => {
    // What answers a browser's question before a call (see cross-origin.ts) is no call.
    if (url !== '*') [method].flat().forEach((one) => routes.add(one, url));
  });
  return { adapter, routes };
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes its body as a stream of NDJSON. */
    streamsBody?: boolean;
  }
}

function correlationId(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-correlation-id'];
  return typeof given === 'string' && CORRELATION_ID.test(given) ? given : randomUUID();
}

/** The body is of a type that the call does not take. */
export function wrongType(request: FastifyRequest): Problem {
  const wanted = request.routeOptions.config.streamsBody === true ? 'application/x-ndjson' : 'application/json';
  const given = request.headers['content-type'];
  const detail = `This call takes ${wanted}${given === undefined ? '; the request names no content type' : `, not ${given}`}`;
  return new Problem(415, 'unsupported-media-type', detail, [{ parameter: 'Content-Type', detail: `must be ${wanted}` }]);
}

/** @returns undefined for an empty body */
function readJson(body: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    body.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_JSON_BYTES) chunks.push(chunk);
      else if (length > MAX_DISCARDED_BYTES) reject(tooLarge());
    });
    body.on('end', () => {
      if (length > MAX_JSON_BYTES) return reject(tooLarge());
      if (length === 0) return resolve(undefined);
      try {
        resolve(parseJsonText(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
      } catch (error) {
        reject(error instanceof MalformedJson ? malformed(error) : error);
      }
    });
    body.on('error', () => reject(new Problem(400, 'body-cut-off', 'The connection was lost before the whole body had come')));
  });
}

function tooLarge(): Problem {
  return new Problem(
    413,
    'body-too-large',
    `A body may have at most ${MAX_JSON_BYTES} bytes; POST /import takes any number of lines of that size`,
  );
}

function malformed({ message }: MalformedJson): Problem {
  return new Problem(400, 'malformed-json', `The body is no JSON: ${message}`, [{ pointer: '', detail: message }]);
}
