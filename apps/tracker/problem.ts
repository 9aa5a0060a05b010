// Errors as problem details (RFC 9457): the one place where what went wrong becomes an HTTP status.
import type { Refusal, RefusalKind } from '#crisis/refusal.js';

export interface ProblemFault {
  /** JSON pointer into the body (RFC 6901). */
  readonly pointer?: string;
  /** The name of a query parameter or header. */
  readonly parameter?: string;
  readonly detail: string;
}

export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable, for machines. */
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly ProblemFault[];
  /** Of a permalink whose version is gone: the address that answers it today. */
  readonly today?: string;
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Refused',
  500: 'Internal error',
  503: 'Unavailable for now',
};

const STATUS_OF: Record<RefusalKind, number> = {
  invalid: 400,
  rule: 422,
  'not-found': 404,
  conflict: 409,
  precondition: 412,
  unavailable: 503,
};

/** An error that a caller is told as it is. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: readonly ProblemFault[] = [],
    /** Seconds. */
    readonly retryAfter?: number,
    /** Where what is gone can be read as it is today. */
    readonly today?: string,
  ) {
    super(detail);
  }

  static of(refusal: Refusal): Problem {
    const status = STATUS_OF[refusal.kind];
    return new Problem(status, refusal.code, refusal.detail, refusal.faults, status === 503 ? 1 : undefined);
  }

  toJSON(): ProblemDetails {
    const { status, code, message, errors, today } = this;
    return {
      type: `urn:parley:problem:${code}`,
      title: TITLES[status] ?? 'Error',
      status,
      code,
      detail: message,
      errors: errors.length > 0 ? errors : undefined,
      today,
    };
  }
}
