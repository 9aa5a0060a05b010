// Where the parties stand: party by issue, with the statement that moved each cell.
import { lastFirst, type CrisisRow, type CrisisSlots } from './crisis-slots.js';

import type { PositionValue, SlotRow } from './slots.js';

/** A cell of a track's matrix. */
export interface PositionState {
  party: string;
  issue: string;
  /** Null where the party itself has stated nothing and somebody else ascribes a position to it. */
  stance: PositionValue['stance'] | null;
  redLine?: boolean;
  since?: string;
  development?: string;
  attributed?: PositionValue & { since: string; development: string };
}

/** A cell of a crisis's matrix: what was stated last on any of its tracks. */
export interface CrisisPosition extends PositionState {
  /** Of `development`. */
  track?: string;
  /** Who stated it: the party, or who spoke for it. */
  statedBy?: string;
  attributed?: PositionState['attributed'] & { track: string };
}

export interface Position extends CrisisPosition {
  /** Every setting of the cell up to `asOf`, the party's own and what others ascribe, in order of occurrence. */
  history: PositionSetting[];
  /** There are settings before the first of `history`. */
  earlier?: true;
}

export interface PositionSetting extends PositionValue {
  /** EDTF, of `development`. */
  since: string;
  track: string;
  development: string;
  /** Who stated it. */
  statedBy: string;
  /** Somebody else ascribes it to the party. */
  attributed?: true;
}

export interface PositionFilter {
  readonly party?: readonly string[];
  readonly issue?: readonly string[];
  /** How many of each cell's latest settings are listed. */
  readonly history: number;
}

/** A cell from what stands in its two slots; undefined where neither holds anything. */
export function positionState(
  cell: string,
  own: SlotRow<'position'> | undefined,
  ascribed: SlotRow<'attributed'> | undefined,
): PositionState | undefined {
  if (own === undefined && ascribed === undefined) return undefined;
  return {
    ...partsOf(cell),
    stance: own?.value.stance ?? null,
    redLine: own?.value.redLine,
    since: own?.occurredAt,
    development: own?.development,
    attributed: ascribed && { ...ascribed.value, since: ascribed.occurredAt, development: ascribed.development },
  };
}

/** The matrix of a crisis at `asOf` (ms), by party and issue. Pure. */
export function positionsAt(slots: CrisisSlots, asOf: number, filter: PositionFilter): Position[] {
  return cellsIn(slots, filter).flatMap((cell) => {
    const position = positionAt(slots, cell, asOf);
    return position === undefined ? [] : [{ ...position, ...historyOf(slots, cell, asOf, filter.history) }];
  });
}

/** What one party states, and what others ascribe to it, at `asOf` (ms). Pure. */
export function positionsOf(party: string, slots: CrisisSlots, asOf: number): CrisisPosition[] {
  return cellsIn(slots, { party: [party] }).flatMap((cell) => positionAt(slots, cell, asOf) ?? []);
}

function cellsIn(slots: CrisisSlots, filter: Pick<PositionFilter, 'party' | 'issue'>): string[] {
  const cells = new Set([...slots.keys('position'), ...slots.keys('attributed')]);
  return [...cells].sort().filter((cell) => {
    const { party, issue } = partsOf(cell);
    return (filter.party?.includes(party) ?? true) && (filter.issue?.includes(issue) ?? true);
  });
}

function positionAt(slots: CrisisSlots, cell: string, asOf: number): CrisisPosition | undefined {
  const own = slots.last('position', cell, asOf);
  const ascribed = slots.last('attributed', cell, asOf);
  const state = positionState(cell, own, ascribed);
  if (state === undefined) return undefined;
  return {
    ...state,
    track: own?.track,
    statedBy: own && (own.value.statedBy ?? state.party),
    attributed: ascribed && { ...state.attributed!, track: ascribed.track },
  };
}

function historyOf(slots: CrisisSlots, cell: string, asOf: number, most: number): Pick<Position, 'history' | 'earlier'> {
  const { party } = partsOf(cell);
  const history: PositionSetting[] = [];
  for (const row of lastFirst<CrisisRow<'position'> & { attributed?: true }>([
    slots.history('position', cell, asOf),
    ascriptions(slots.history('attributed', cell, asOf)),
  ])) {
    if (history.length === most) return { history: history.reverse(), earlier: true };
    const { value, occurredAt, track, development, attributed } = row;
    history.push({ ...value, statedBy: value.statedBy ?? party, since: occurredAt, track, development, attributed });
  }
  return { history: history.reverse() };
}

function* ascriptions(rows: Iterable<CrisisRow<'attributed'>>): Generator<CrisisRow<'attributed'> & { attributed: true }> {
  for (const row of rows) yield { ...row, attributed: true };
}

function partsOf(cell: string): { party: string; issue: string } {
  const [party, issue] = cell.split('/') as [string, string];
  return { party, issue };
}
