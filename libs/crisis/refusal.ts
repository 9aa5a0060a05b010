// Why a command was refused: a value, with a stable code and the place of each fault.
import type { Fault } from './check.js';

/** What kind of answer a refusal is; an API maps it to a status of its own. */
export type RefusalKind = 'invalid' | 'rule' | 'not-found' | 'conflict' | 'precondition' | 'unavailable';

export interface Refusal {
  readonly kind: RefusalKind;
  /** Stable, for machines. */
  readonly code: string;
  /** One or two sentences, for people. */
  readonly detail: string;
  readonly faults: readonly Fault[];
}

export function refusal(kind: RefusalKind, code: string, detail: string, faults: readonly Fault[] = []): Refusal {
  return { kind, code, detail, faults };
}

/** A body that is not of its type's shape. */
export function invalidBody(faults: readonly Fault[]): Refusal {
  const first = faults[0]!;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return refusal('invalid', 'invalid-body', `${first.pointer === '' ? 'The body' : first.pointer} ${first.detail}${more}`, faults);
}
