// What OpenAPI tells of a call that records something: one decorator, beside the call.
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtension, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { reference } from './body-schemas.js';

export interface CommandDescription {
  readonly tag: 'registers' | 'developments';
  readonly summary: string;
  readonly description?: string;
  /** The name of the body's schema. */
  readonly body: string;
  readonly bodyOptional?: boolean;
  /** Bodies by their title. */
  readonly examples: Readonly<Record<string, object>>;
  /** On a track: takes `If-Match` and `Idempotency-Key`. */
  readonly onTrack?: boolean;
}

const answer = (description: string): object => ({
  description,
  headers: { 'Parley-Position': { description: 'To be named as minPosition by reads that must see it', schema: { type: 'string' } } },
  content: { 'application/json': { schema: reference('CommandAnswer') } },
});

export function DescribesCommand({
  tag,
  summary,
  description,
  body,
  bodyOptional = false,
  examples,
  onTrack = false,
}: CommandDescription): MethodDecorator {
  const header = (name: string, text: string): MethodDecorator =>
    ApiHeader({ name, description: text, required: false, schema: { type: 'string' } });
  return applyDecorators(
    ApiTags(tag),
    ApiOperation({ summary, description }),
    ApiBody({
      required: !bodyOptional,
      schema: reference(body),
      examples: Object.fromEntries(Object.entries(examples).map(([title, value]) => [title, { summary: title, value }])),
    }),
    header('Parley-Recorder', 'Who records it; anonymous unless given'),
    header('X-Correlation-Id', 'Kept with what is recorded, and given back; a fresh one unless given'),
    ...(onTrack
      ? [
          header('If-Match', 'The revision of the track on which this depends, such as "19"; 412 if the track has moved on'),
          header('Idempotency-Key', 'Makes the id where the body has none, so that a repeat is one'),
        ]
      : []),
    ApiResponse({ status: 201, ...answer('Recorded, durably') }),
    ApiResponse({ status: 200, ...answer('There already, with the same content; then all is of the first recording') }),
    ProblemAnswers(onTrack ? [400, 404, 409, 412, 413, 415, 422, 503] : [400, 404, 409, 413, 415, 422, 503]),
  );
}

/** What a read answers, by the name of its schema. @param type of the content; of NDJSON, the schema is that of a line */
export function Answers(name: string, description = 'The answer', type = 'application/json'): MethodDecorator {
  return ApiResponse({ status: 200, description, content: { [type]: { schema: reference(name) } } });
}

/** The statuses with which a call answers problem details; the document gives them their content. */
export function ProblemAnswers(statuses: readonly number[]): MethodDecorator {
  return ApiExtension('x-problems', [...statuses]);
}
