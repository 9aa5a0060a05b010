// The AsyncAPI document: every message that the service sends of its own accord. Its schemas are those of the OpenAPI document.
import type { INestApplication } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_VERSION, allSchemas, LICENSE } from '../openapi/document.js';
import type { Schemas } from '../openapi/body-schemas.js';
import { filmMessages, liveMessages, recordedSchemas, snapshotMessages } from './event-messages.js';
import type { Messages } from './message.js';
import { webhookMessages } from './webhook-messages.js';

const DESCRIPTION = `What Parley sends: live connections and replays as Server-Sent Events, and webhooks.

Of a Server-Sent Event, the headers are its fields \`id\` and \`event\`, and the payload is the JSON in \`data\`. What can be asked for is described
in \`/openapi.json\`. New kinds of messages and new fields may be added: pass by what you do not know.`;

interface ChannelObject {
  readonly address: string | null;
  readonly title: string;
  readonly description: string;
  readonly parameters?: object;
  readonly messages: Messages;
}

/** By their names. */
function channels(): Readonly<Record<string, ChannelObject>> {
  const live = liveMessages();
  const { ofCrisis, ofAll } = snapshotMessages();
  const parameters = { crisis: { description: 'The crisis', examples: ['nato-russia-2022'] } };
  return {
    crisisLive: {
      address: '/crises/{crisis}/live',
      title: 'Live, of a crisis',
      description: 'A snapshot, then every change as it happens. Who comes back with the last id misses nothing and sees nothing twice.',
      parameters,
      messages: { ...ofCrisis, ...live },
    },
    live: {
      address: '/live',
      title: 'Live, of all crises',
      description: 'The same over all crises, also those that are opened later: each message says in `crisis` of which one it is.',
      messages: { ...ofAll, ...live },
    },
    replay: {
      address: '/crises/{crisis}/replay',
      title: 'Replay, as a film',
      description: 'With `Accept: text/event-stream`: the history as frames, at a pace. Else the same frames come as NDJSON.',
      parameters,
      messages: filmMessages(),
    },
    webhook: {
      address: null,
      title: 'Webhooks',
      description: 'At the URL that was registered: what is told about developments, at least once, and in order for each track.',
      messages: webhookMessages(),
    },
  };
}

/** Serves the document at `/asyncapi.json`. */
export function serveAsyncApi(app: INestApplication): void {
  let text: string | undefined;
  app.getHttpAdapter().get('/asyncapi.json', (_request: FastifyRequest, reply: FastifyReply) => {
    text ??= JSON.stringify(createAsyncApi());
    void reply.type('application/json; charset=utf-8').send(text);
  });
}

export function createAsyncApi(): object {
  const all = channels();
  const messages: Messages = Object.assign({}, ...Object.values(all).map((channel) => channel.messages)) as Messages;
  const schemas = namedBy(messages, { ...allSchemas(), ...recordedSchemas() });
  return {
    asyncapi: '3.0.0',
    info: { title: 'Parley', version: API_VERSION, description: DESCRIPTION, license: LICENSE },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(Object.entries(all).map(([name, channel]) => [name, { ...channel, messages: named(channel.messages) }])),
    operations: Object.fromEntries(
      Object.entries(all).map(([name, channel]) => [`send${name[0]!.toUpperCase()}${name.slice(1)}`, operation(name, channel)]),
    ),
    components: { messages, schemas },
  };
}

function named(messages: Messages): object {
  return Object.fromEntries(Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]));
}

function operation(channel: string, { title, messages }: ChannelObject): object {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${channel}` },
    summary: title,
    messages: Object.keys(messages).map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
    bindings: { http: { method: channel === 'webhook' ? 'POST' : 'GET', bindingVersion: '0.3.0' } },
  };
}

/** The schemas that something names, and those that these name in turn. */
function namedBy(something: object, schemas: Schemas): Schemas {
  const found: Schemas = {};
  const visit = (part: unknown): void => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found[name!] !== undefined) continue;
      found[name!] = withoutDiscriminators(schemas[name!]!);
      visit(found[name!]);
    }
  };
  visit(something);
  return found;
}

/** A discriminator is an object in OpenAPI and a name in AsyncAPI: it only speeds up what `oneOf` says. */
function withoutDiscriminators<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === 'discriminator' ? undefined : value))) as T;
}
