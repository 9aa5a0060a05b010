// For specs: a real store that can be told to fail.
import {
  OutcomeUnknown,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
} from '#event-store/port.js';

export type Fault = 'lose-acknowledgement' | 'lose-request' | 'refuse';

/** Takes one fault for each of the next appends; `undefined` lets one through. */
export function faultyStore(store: EventStore): EventStore & { readonly faults: (Fault | undefined)[]; readonly appends: number[] } {
  const faults: (Fault | undefined)[] = [];
  const appends: number[] = [];
  const append = async (stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> => {
    appends.push(events.length);
    const fault = faults.shift();
    if (fault === 'refuse') throw new StoreUnavailable('The store is away');
    if (fault === 'lose-request') throw new OutcomeUnknown('The connection broke');
    const result = await store.append(stream, expected, events);
    if (fault === 'lose-acknowledgement') throw new OutcomeUnknown('The connection broke');
    return result;
  };
  return new Proxy(store, {
    get: (target, property) => {
      if (property === 'append') return append;
      if (property === 'faults') return faults;
      if (property === 'appends') return appends;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  }) as EventStore & { readonly faults: (Fault | undefined)[]; readonly appends: number[] };
}
