// CAMEO, the field's vocabulary of political events, with Goldstein scores, quad classes and PLOVER types.
// Codes are text: `010` is a statement, `10` the root of all demands.
import { CAMEO_ROWS, type QuadClass } from './cameo-codes.js';

export type { QuadClass };

export interface CameoCode {
  readonly code: string;
  /** The root category's code, `01` to `20`; a root is its own. */
  readonly root: string;
  readonly name: string;
  /** From -10 (conflict) to 10 (cooperation). */
  readonly goldstein: number;
  readonly quadClass: QuadClass;
  /** Absent where PLOVER has no such event: statements (01), appeals (02) and the roots. */
  readonly ploverEvent?: string;
  readonly ploverMode?: string;
}

export const QUAD_CLASSES: Readonly<Record<QuadClass, string>> = {
  1: 'verbal cooperation',
  2: 'material cooperation',
  3: 'verbal conflict',
  4: 'material conflict',
};

const codes: ReadonlyMap<string, CameoCode> = new Map(
  CAMEO_ROWS.map(([code, name, goldstein, quadClass, ploverEvent, ploverMode]) => [
    code,
    { code, root: code.slice(0, 2), name, goldstein, quadClass, ploverEvent, ploverMode },
  ]),
);

export function cameoCode(code: string): CameoCode | undefined {
  return codes.get(code);
}

export function isCameoCode(code: unknown): code is string {
  return typeof code === 'string' && codes.has(code);
}

/** All of them, in the order of their codes. */
export function cameoCodes(): IterableIterator<CameoCode> {
  return codes.values();
}
