// Events and streams as the suite makes them, and what it collects.
import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent, Position, RecordedEvent, Subscription } from '../port.js';

export const someEvent = (changes: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'MeetingHeld',
  data: '{"summary":"They met"}',
  metadata: '{"recordedBy":"contract"}',
  ...changes,
});

export const someEvents = (count: number, changes: Partial<NewEvent> = {}): NewEvent[] =>
  Array.from({ length: count }, () => someEvent(changes));

/** Names of streams that no other test uses. */
export function freshStreams(): { readonly prefix: string; readonly stream: (name?: string | number) => string } {
  const prefix = `contract-${randomUUID()}.`;
  return { prefix, stream: (name = 'a') => `${prefix}${name}` };
}

export const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

export async function collect(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const collected: RecordedEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

/** Everything after a position whose stream begins with a prefix. */
export async function collectAll(store: EventStore, after: Position, prefix: string): Promise<RecordedEvent[]> {
  return (await collect(store.readAll({ after }))).filter(({ stream }) => stream.startsWith(prefix));
}

/** Takes from a subscription until so many events of the prefix have come; then closes it. */
export async function take(subscription: Subscription, prefix: string, count: number): Promise<RecordedEvent[]> {
  const taken: RecordedEvent[] = [];
  for await (const message of subscription) {
    if (message.kind === 'events') taken.push(...message.events.filter(({ stream }) => stream.startsWith(prefix)));
    if (taken.length >= count) await subscription.close();
  }
  return taken;
}
