import type { EventStore } from '../port.js';

/** How a test opens the store that it tests; what it opened is closed after it. */
export interface OpenedByTest {
  readonly open: () => Promise<EventStore>;
  readonly reopen: (() => Promise<EventStore>) | undefined;
}
