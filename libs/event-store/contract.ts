// What every event store must do. An adapter's spec is a few lines: describeEventStore('embedded', { open, ... }).
import { afterEach, describe } from '@jest/globals';
import { describeAppending } from './contract/appending.js';
import { describeClosing } from './contract/closing.js';
import { describeAgainstModel } from './contract/model.js';
import type { OpenedByTest } from './contract/opened-by-test.js';
import { describeReading } from './contract/reading.js';
import { describeSubscribing } from './contract/subscribing.js';
import type { EventStore } from './port.js';

export interface StoreUnderTest {
  /** A store that is ready. It may hold events of others, and others may write to it meanwhile. Called once a test. */
  open(): Promise<EventStore>;
  /** The log of the last `open` again, after that store was closed. Without it, what needs it is left out. */
  reopen?(): Promise<EventStore>;
  /** Clears up after a test; the stores are closed by then. */
  dispose?(): Promise<void>;
}

/** Declares the suite. Streams have random names, so that a log can be shared by many runs. */
export function describeEventStore(name: string, subject: StoreUnderTest): void {
  describe(`the event store contract: ${name}`, () => {
    const opened: EventStore[] = [];
    const noted = async (store: Promise<EventStore>) => {
      opened.push(await store);
      return store;
    };
    const stores: OpenedByTest = {
      open: () => noted(subject.open()),
      reopen: subject.reopen && (() => noted(subject.reopen!())),
    };

    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await subject.dispose?.();
    });

    describeAppending(stores);
    describeReading(stores);
    describeSubscribing(stores);
    describeClosing(stores);
    describeAgainstModel(stores);
  });
}
