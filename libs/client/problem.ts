// What the service refuses, as an error: problem details (RFC 9457). docs/problems.md lists the codes.

export interface ProblemFault {
  /** JSON pointer into the body. */
  readonly pointer?: string;
  /** The name of a query parameter or header. */
  readonly parameter?: string;
  readonly detail: string;
}

export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly ProblemFault[];
  readonly today?: string;
}

export class ParleyProblem extends Error {
  override readonly name = 'ParleyProblem';

  constructor(
    readonly status: number,
    /** Stable; `no-problem-details` where something between here and the service has answered. */
    readonly code: string,
    detail: string,
    readonly errors: readonly ProblemFault[] = [],
    /** When to try again, seconds. */
    readonly retryAfter?: number,
    /** Of a permalink whose version is gone: the address that answers it today. */
    readonly today?: string,
  ) {
    super(detail);
  }

  /** Reads the answer's body. */
  static async of(response: Response): Promise<ParleyProblem> {
    const text = await response.text();
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
    const details = detailsIn(text);
    if (details === undefined)
      return new ParleyProblem(response.status, 'no-problem-details', text.slice(0, 200) || response.statusText, [], retryAfter);
    return new ParleyProblem(response.status, details.code, details.detail, details.errors, retryAfter, details.today);
  }

  /** The same may succeed a little later. */
  get isPassing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

function detailsIn(text: string): ProblemDetails | undefined {
  try {
    const value = JSON.parse(text) as Partial<ProblemDetails> | null;
    return typeof value?.code === 'string' && typeof value.detail === 'string' ? (value as ProblemDetails) : undefined;
  } catch {
    return undefined;
  }
}
