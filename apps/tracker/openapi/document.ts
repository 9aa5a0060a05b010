// The OpenAPI document: what Nest finds at the calls, completed by what all of them have in common.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { answerSchemas } from './answer-schemas.js';
import { bodySchemas, reference, type Schemas } from './body-schemas.js';
import { developmentSchemas } from './development-schemas.js';
import { SLUG } from './schema.js';
import type { OperationObject, PathItemObject, ReferenceObject, ResponseObject, SchemaObject } from './types.js';

const DESCRIPTION = `Parley records every development of a crisis as an immutable event, and answers what was known, since when, from whom, and what is still owed.

Reads take two clocks: \`asOf\` (what had happened by then) and \`knownAt\` (what had been recorded by then).
Errors are problem details (RFC 9457) with a stable \`code\`, and \`errors[]\` with a \`pointer\` or \`parameter\` for each fault.`;

export const API_VERSION = '0.1.0';
export const LICENSE = { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' };

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'Malformed: the body, a name or a parameter is not of the right shape; `errors` has a place for each fault',
  404: 'There is no such crisis, track or development',
  405: 'There is such an address, but it does not take this method',
  409: 'In conflict with what is recorded: the id is taken by other content, or the state forbids it',
  410: 'The answer was pinned to a version that is gone',
  412: 'The track is at another revision than If-Match says',
  413: 'A body has at most 64 KiB',
  415: 'The body is of another content type than the call takes',
  422: 'Well formed, but against a rule: an unknown name, a concluded track, a date in the future',
  500: 'Something went wrong here',
  503: 'Not now: the store is away, or the read side has not come so far; Retry-After says when to try again',
};

const PARAMETERS: Readonly<Record<string, string>> = {
  crisis: 'nato-russia-2022',
  track: 'us-russia',
  id: 'tass',
  development: 'written-answer-promised',
  report: 'tass',
  webhook: 'desk',
  message: 'msg-0f6b3c1d9a7e4b52a1c8d3e6f7091b24',
};

const ANSWERS: Readonly<Record<string, SchemaObject>> = {
  CommandAnswer: {
    type: 'object',
    required: ['id', 'crisis', 'type', 'status', 'position', 'revision', 'recordedAt'],
    properties: {
      id: SLUG,
      crisis: SLUG,
      track: SLUG,
      type: { type: 'string' },
      status: { type: 'string', enum: ['recorded', 'unchanged'] },
      position: { type: 'string', pattern: '^\\d+$', description: 'In the log' },
      revision: { type: 'string', pattern: '^\\d+$', description: 'In its stream' },
      recordedAt: { type: 'string', format: 'date-time' },
    },
  },
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'code', 'detail'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string', description: 'Stable, for machines' },
      detail: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['detail'],
          properties: {
            pointer: { type: 'string', description: 'JSON pointer into the body' },
            parameter: { type: 'string', description: 'Name of a parameter or header' },
            detail: { type: 'string' },
          },
        },
      },
    },
  },
  ImportResult: {
    type: 'object',
    required: ['line', 'id', 'status'],
    properties: {
      line: { type: 'integer', minimum: 1 },
      // OpenAPI 3.1 has no `nullable`; the types of the library know 3.0 only.
      id: { type: ['string', 'null'] as unknown as string },
      status: { type: 'string', enum: ['recorded', 'unchanged', 'rejected'] },
      position: { type: 'string', pattern: '^\\d+$' },
      recordedAt: { type: 'string', format: 'date-time' },
      problem: reference('Problem'),
    },
  },
};

/** Serves the document at `/openapi.json`, and a page to browse it at `/docs`. Nothing is fetched from elsewhere. */
export function serveDocument(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => createDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Parley',
  });
}

export function createDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Parley')
    .setDescription(DESCRIPTION)
    .setVersion(API_VERSION)
    .setLicense(LICENSE.name, LICENSE.url)
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: (_controller, method) => method });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...allSchemas() },
    responses: problemResponses(),
  };
  for (const [path, item] of Object.entries(document.paths)) completePath(path, item);
  return document;
}

/** Every schema by its name: of bodies, of what commands answer, and of what is read. */
export function allSchemas(): Schemas {
  const bodies = bodySchemas();
  return { ...bodies, ...developmentSchemas(bodies), ...answerSchemas(bodies), ...ANSWERS };
}

function problemResponses(): Record<string, ResponseObject> {
  const response = (description: string): ResponseObject => ({
    description,
    content: { 'application/problem+json': { schema: reference('Problem') } },
  });
  return Object.fromEntries(Object.entries(PROBLEMS).map(([status, description]) => [`Problem${status}`, response(description)]));
}

function completePath(path: string, item: PathItemObject): void {
  for (const method of METHODS) {
    const operation = item[method];
    if (operation === undefined) continue;
    addNames(path, operation);
    addProblems(path, operation);
  }
}

function addNames(path: string, operation: OperationObject): void {
  const described = (operation.parameters ?? []).filter((parameter) => !('in' in parameter && parameter.in === 'path'));
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name!,
    in: 'path' as const,
    required: true,
    schema: SLUG,
    example: PARAMETERS[name!],
  }));
  operation.parameters = [...names, ...described];
}

function addProblems(path: string, operation: OperationObject): void {
  const extended = operation as OperationObject & { 'x-problems'?: number[] };
  const isCitable = (operation.parameters ?? []).some((parameter) => 'name' in parameter && parameter.name === 'projection');
  const byDefault = [...(path.includes('{') ? [400, 404, 503] : [503]), ...(isCitable ? [410] : [])];
  const responses = operation.responses as Record<string, ResponseObject | ReferenceObject>;
  for (const status of extended['x-problems'] ?? byDefault) responses[status] ??= { $ref: `#/components/responses/Problem${status}` };
  responses['500'] ??= { $ref: '#/components/responses/Problem500' };
  delete extended['x-problems'];
  // OpenAPI wants a description of every answer, also of those that no call describes.
  for (const response of Object.values(responses))
    if (!('$ref' in response) && response.description === '') response.description = 'The answer';
}
