// Old shapes of events, read as today's. The log keeps every event as it was written; whoever reads it sees today's shape alone.
//
// How to change a type's shape: raise SCHEMA_VERSION, add under the type the step from the version before, keep a log of
// the version before (`npm run keep-log`), and raise PROJECTION_VERSION. docs/decisions/old-events.md tells why.

/** The version of the event types that this release writes, and the latest that it reads. */
export const SCHEMA_VERSION = 1;

/** An event as some version has it. */
export interface Shape {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** From a version's shape to the next one's. Pure; it may give the type another name. */
export type Step = (shape: Shape) => Shape;

/** What is not in it did not change from one version to the next. */
export interface Upcasting {
  /** To which version is read. */
  readonly version: number;
  /** By type, as it was called then, and version. */
  readonly steps: Readonly<Record<string, Readonly<Record<number, Step>>>>;
}

export const UPCASTING: Upcasting = { version: SCHEMA_VERSION, steps: {} };

/** The latest shape of an event. @param from the version that wrote it, not above the latest @throws whatever a step throws */
export function upcast(shape: Shape, from: number, { version, steps }: Upcasting): Shape {
  let read = shape;
  for (let at = from; at < version; at++) {
    const step = Object.hasOwn(steps, read.type) ? steps[read.type]![at] : undefined;
    if (step !== undefined) read = step(read);
  }
  return read;
}
