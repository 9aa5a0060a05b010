// The client as anyone would use it, for benchmarks to set the adapter beside it.
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, NO_STREAM, START, streamNameFilter, type AppendExpectedRevision } from '@eventstore/db-client';

export class PlainClient {
  readonly #client: EventStoreDBClient;

  constructor(url: string) {
    this.#client = EventStoreDBClient.connectionString(url);
  }

  /** Appends groups of events to a stream, one group after another, while there are any. */
  async appendEach(stream: string, groups: Iterable<readonly { readonly data: object; readonly metadata: object }[]>): Promise<void> {
    let expectedRevision: AppendExpectedRevision = NO_STREAM;
    for (const group of groups) {
      const events = group.map(({ data, metadata }) =>
        jsonEvent({ id: randomUUID(), type: 'MeetingHeld', data: { ...data }, metadata: { ...metadata } }),
      );
      ({ nextExpectedRevision: expectedRevision } = await this.#client.appendToStream(stream, events, { expectedRevision }));
    }
  }

  /** @returns how many events there were */
  async readStream(stream: string): Promise<number> {
    let count = 0;
    for await (const { event } of this.#client.readStream(stream)) if (event?.data !== undefined) count++;
    return count;
  }

  /** Follows streams of a prefix from the log's beginning until so many events have come. */
  async catchUp(prefix: string, wanted: number): Promise<void> {
    let count = 0;
    const filter = streamNameFilter({ prefixes: [prefix] });
    for await (const { event } of this.#client.subscribeToAll({ fromPosition: START, filter })) {
      if (event?.data !== undefined && ++count === wanted) return;
    }
  }

  close(): Promise<void> {
    return this.#client.dispose();
  }
}
