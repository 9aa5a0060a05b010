// The real client, as the endpoint's specs use it, and what a subscription has told it.
import { randomUUID } from 'node:crypto';
import {
  EventStoreDBClient,
  jsonEvent,
  type AllStreamSubscription,
  type AppendExpectedRevision,
  type EventData,
} from '@eventstore/db-client';

/** For tests that are not beside the endpoint: only here the client is known to them. */
export { END, NO_STREAM } from '@eventstore/db-client';

/** @param keepAlive after so long without an answer, twice, a connection counts as dead, ms. The client warns of short ones. */
export function connect(url: string, keepAlive = 10_000): EventStoreDBClient {
  const warn = console.warn;
  console.warn = () => undefined;
  try {
    return EventStoreDBClient.connectionString`${url}&keepAliveInterval=${keepAlive}&keepAliveTimeout=${keepAlive}`;
  } finally {
    console.warn = warn;
  }
}

export const someEvent = (more: { readonly id?: string; readonly type?: string; readonly data?: unknown } = {}): EventData =>
  jsonEvent({ id: randomUUID(), type: 'MeetingHeld', data: { summary: 'They met' }, metadata: { by: 'spec' }, ...more } as never);

export const someEvents = (count: number): EventData[] => Array.from({ length: count }, () => someEvent());

/** A stream that no other test uses. */
export const freshStream = (): string => `endpoint-${randomUUID()}`;

/** The client's two ways to append: it takes the second one when the call has credentials. */
export const PATHS = ['in a stream of batches', 'in a call of its own'] as const;
export type Path = (typeof PATHS)[number];

export async function append(
  client: EventStoreDBClient,
  path: Path,
  stream: string,
  expectedRevision: AppendExpectedRevision,
  events: EventData[],
): Promise<{ revision: bigint; commit: bigint; prepare: bigint }> {
  const credentials = path === 'in a call of its own' ? { credentials: { username: 'admin', password: 'changeit' } } : {};
  const { nextExpectedRevision, position } = await client.appendToStream(stream, events, { expectedRevision, ...credentials });
  return { revision: nextExpectedRevision, ...position! };
}

/** What a subscription has told, in its order, and a way to wait for it. */
export class Heard {
  readonly told: string[] = [];
  readonly checkpoints: bigint[] = [];
  error: Error | undefined;
  #change = Promise.withResolvers<void>();

  constructor(readonly subscription: AllStreamSubscription) {
    subscription.on('confirmation', () => this.#tell('confirmation'));
    subscription.on('caughtUp' as never, () => this.#tell('caughtUp'));
    subscription.on('data', ({ event }) => this.#tell(`event ${event!.id}`));
    subscription.on('end', () => this.#tell('end'));
    subscription.on('error', (error) => {
      this.error = error;
      this.#tell('error');
    });
  }

  readonly checkpointReached = (_: unknown, { commit }: { readonly commit: bigint }): void => {
    this.checkpoints.push(commit);
    this.#tell('checkpoint');
  };

  /** The ids of the events, in their order. */
  get ids(): string[] {
    return this.told.filter((what) => what.startsWith('event ')).map((what) => what.slice('event '.length));
  }

  async until(condition: (heard: this) => boolean): Promise<this> {
    while (!condition(this)) await this.#change.promise;
    return this;
  }

  #tell(what: string): void {
    this.told.push(what);
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
