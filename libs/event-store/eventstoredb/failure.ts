// What an error of a call says about the server, and about what was sent.

interface ServiceError extends Error {
  readonly code?: unknown;
  readonly details?: unknown;
  readonly metadata?: { getMap(): Record<string, unknown> };
}

// Codes of gRPC.
const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const ABORTED = 10;
export const UNAVAILABLE = 14;

/** The call never had a connection. */
const NEVER_SENT = /^(No connection established|Name resolution failed|Channel closed before call started)/;

/** Whether another node, or this one after a while, may answer. What no attempt can mend (rights, a stream that was deleted for ever) is not passing. */
export function isPassing(error: unknown): boolean {
  const { code } = error as ServiceError;
  // Without a code it comes from the client itself: no node was found, or its channel was closed.
  return typeof code !== 'number' || [CANCELLED, DEADLINE_EXCEEDED, ABORTED, UNAVAILABLE].includes(code) || isNotLeader(error);
}

/** Whether the node is to be left: it is away, or it does not lead. */
export function isAboutTheNode(error: unknown): boolean {
  const { code, details } = error as ServiceError;
  if (code === CANCELLED) return details !== 'Cancelled on client';
  return code === UNAVAILABLE || isNotLeader(error);
}

/** Whether nothing of a call can have come to any server. */
export function wasNeverSent(error: unknown): boolean {
  const { code, details } = error as ServiceError;
  return code === UNAVAILABLE && typeof details === 'string' && NEVER_SENT.test(details);
}

/** In a few words. */
export function reasonOf(error: unknown): string {
  const { details, message } = error as ServiceError;
  return typeof details === 'string' && details !== '' ? details : message;
}

function isNotLeader(error: unknown): boolean {
  return (error as ServiceError).metadata?.getMap()['exception'] === 'not-leader';
}
