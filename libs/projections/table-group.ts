// The tables come in two groups that need nothing of each other, so that a long log can be applied to both at once: see long-build.ts.
import type { RecordedEvent } from '#event-store/port.js';
import type { Contribution } from './contribution.js';
import type { CrisisRow, TrackRow } from './tables/crises.js';

/** An event on its way into the rows. */
export interface Applied {
  readonly event: RecordedEvent;
  /** As this release calls it. */
  readonly type: string;
  /** Its data as JSON, in the shape that this release has for it. */
  readonly text: string;
  readonly position: number;
  readonly crisis: CrisisRow;
  /** Effective record time, ms. */
  readonly recorded: number;
  readonly trueTime: number;
}

/** What an event made of a development. */
export interface Change {
  readonly applied: Applied;
  /** As it was before the event. */
  readonly track: TrackRow;
  /** The position of the development's first event. */
  readonly development: number;
  readonly before: Contribution | undefined;
  readonly after: Contribution;
  /** The latest `earliest` (ms) that any version of a development of its track, or of its crisis, ever had. */
  readonly latestOccurrence: number;
  readonly latestInCrisis: number;
}

export interface TableGroup {
  register(applied: Applied, track: TrackRow | undefined): void;
  change(change: Change): void;
  /** Before each commit. @throws what some tables say only now against an event */
  flush(): void;
  /** After a rollback. */
  forget(): void;
}

export const GROUPS = ['lists', 'states'] as const;
export type Group = (typeof GROUPS)[number];
