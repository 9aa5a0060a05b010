// What webhooks are sent: CloudEvents 1.0 in their JSON form, signed after the Standard Webhooks specification.
import { DEVELOPMENT_TYPES, RECORDS, type RecordType } from '#crisis/vocabulary/types.js';
import { reference, type Schemas } from '../openapi/body-schemas.js';
import { MOMENT, object, oneOf, SLUG } from '../openapi/schema.js';
import type { Schema, SchemaObject } from '../openapi/types.js';
import { DATA_OF } from './event-messages.js';
import type { MessageObject, Messages } from './message.js';

const HEADERS = object({
  'webhook-id': { type: 'string', description: 'The same each time that the message is sent' },
  'webhook-timestamp': { type: 'string', pattern: '^\\d+$', description: 'When it is sent, in seconds since 1970' },
  'webhook-signature': {
    type: 'string',
    pattern: '^v1,[A-Za-z0-9+/]+=*(?: v1,[A-Za-z0-9+/]+=*)*$',
    description: 'HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>`, in Base64',
  },
});

export function webhookMessages(): Messages {
  const records = Object.keys(RECORDS) as RecordType[];
  return {
    developmentEvent: message('development', 'A development was recorded', ofDevelopment(DEVELOPMENT_TYPES, 'DevelopmentData')),
    ...Object.fromEntries(
      records.map((type) => [
        `${type[0]!.toLowerCase()}${type.slice(1)}Event`,
        message(type, `A development is told of by ${type}`, ofDevelopment([type], DATA_OF[type])),
      ]),
    ),
    testEvent: message(
      'test',
      'What is sent on request, to see whether it arrives',
      cloudEvent(['test'], object({ webhook: SLUG }), { type: 'string', pattern: '^/webhooks/[a-z0-9-]+$' }),
    ),
  };
}

function ofDevelopment(types: readonly string[], data: string): SchemaObject {
  const source: SchemaObject = { type: 'string', pattern: '^/crises/[a-z0-9-]+/tracks/[a-z0-9-]+$', description: 'The track' };
  const subject: SchemaObject = { type: 'string', pattern: '^[a-z0-9-]+/[a-z0-9-]+$', description: 'The development, `track/id`' };
  return cloudEvent(types, reference(data), source, { subject });
}

function cloudEvent(types: readonly string[], data: Schema, source: SchemaObject, more: Schemas = {}): SchemaObject {
  return object({
    specversion: oneOf(['1.0']),
    id: { type: 'string', minLength: 1, description: "The event's own: the same for every webhook" },
    source,
    type: oneOf(types.map((type) => `parley.${type}`)),
    ...more,
    time: { ...MOMENT, description: 'When it happened: the earliest moment of its occurrence' },
    recordedtime: { ...MOMENT, description: 'When it was recorded' },
    datacontenttype: oneOf(['application/json']),
    data,
  });
}

function message(title: string, summary: string, payload: SchemaObject): MessageObject {
  return { name: title, title, summary, contentType: 'application/cloudevents+json', headers: HEADERS, payload };
}
