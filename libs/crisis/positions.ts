// Where the parties stand: party by issue, with the statement that moved each cell.
import { lastFirst, type CrisisRow, type CrisisSlots } from './crisis-slots.js';

import type { Order } from './order.js';
import type { PositionValue, SlotRow } from './slots.js';
import type { Verification } from './standing.js';

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
  verification?: Verification;
  attributed?: PositionState['attributed'] & { track: string; verification: Verification };
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
  verification: Verification;
  /** Somebody else ascribes it to the party. */
  attributed?: true;
}

export interface PositionFilter {
  readonly party?: readonly string[];
  readonly issue?: readonly string[];
  /** How many of each cell's latest settings are listed. */
  readonly history: number;
}

/** A cell from what stands in its two slots. */
export function positionState(
  cell: string,
  own: SlotRow<'position'> | undefined,
  ascribed: SlotRow<'attributed'> | undefined,
): PositionState {
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
export function positionsAt(slots: CrisisSlots, asOf: number, { party, issue, history }: PositionFilter): Position[] {
  if (party === undefined && issue === undefined) return positionsIn(undefined, slots, asOf, history);
  const isAskedFor = (cell: string): boolean => {
    const parts = partsOf(cell);
    return (party?.includes(parts.party) ?? true) && (issue?.includes(parts.issue) ?? true);
  };
  return positionsIn(cellsIn(slots).filter(isAskedFor), slots, asOf, history);
}

/** One cell of the matrix at `asOf` (ms), with its latest settings; undefined where nothing has been said by then. Pure. */
export function positionAt(cell: string, slots: CrisisSlots, asOf: number, history: number): Position | undefined {
  return positionsIn([cell], slots, asOf, history)[0];
}

/** What one party states, and what others ascribe to it, at `asOf` (ms). Pure. */
export function positionsOf(party: string, slots: CrisisSlots, asOf: number): CrisisPosition[] {
  const cells = cellsIn(slots).filter((cell) => cell.startsWith(`${party}/`));
  return latestIn(cells, slots, asOf, 1).map(({ cell, own, ascribed }) => positionOf(cell, own[0], ascribed[0]));
}

function cellsIn(slots: CrisisSlots): string[] {
  return [...new Set([...slots.keys('position'), ...slots.keys('attributed')])];
}

/** @param cells undefined: all @param history how many of each cell's latest settings are listed */
function positionsIn(cells: readonly string[] | undefined, slots: CrisisSlots, asOf: number, history: number): Position[] {
  return latestIn(cells, slots, asOf, history + 1).map(({ cell, own, ascribed }) => {
    const position = positionOf(cell, own[0], ascribed[0]);
    return { ...position, ...historyOf(position.party, own, ascribed, history) };
  });
}

interface LatestOfCell {
  readonly cell: string;
  /** The last first. */
  readonly own: readonly CrisisRow<'position'>[];
  readonly ascribed: readonly CrisisRow<'attributed'>[];
}

/** Of each cell in which anything has been said by then. In alphabetical order. */
function latestIn(cells: readonly string[] | undefined, slots: CrisisSlots, asOf: number, most: number): LatestOfCell[] {
  const [own, ascribed] = [slots.latest('position', asOf, most, cells), slots.latest('attributed', asOf, most, cells)];
  return [...new Set([...own.keys(), ...ascribed.keys()])]
    .sort()
    .map((cell) => ({ cell, own: own.get(cell) ?? [], ascribed: ascribed.get(cell) ?? [] }));
}

function positionOf(cell: string, own: CrisisRow<'position'> | undefined, ascribed: CrisisRow<'attributed'> | undefined): CrisisPosition {
  const state = positionState(cell, own, ascribed);
  return {
    ...state,
    track: own?.track,
    statedBy: own && (own.value.statedBy ?? state.party),
    verification: own?.verification,
    attributed: ascribed && { ...state.attributed!, track: ascribed.track, verification: ascribed.verification },
  };
}

/** @param own and `ascribed`: the last first, one more than are listed at most */
function historyOf(
  party: string,
  own: readonly CrisisRow<'position'>[],
  ascribed: readonly CrisisRow<'attributed'>[],
  most: number,
): Pick<Position, 'history' | 'earlier'> {
  const settings = [...lastFirst([own.map((row) => settingOf(party, row)), ascribed.map((row) => settingOf(party, row, true))])];
  return {
    history: settings
      .slice(0, most)
      .map(({ setting }) => setting)
      .reverse(),
    earlier: settings.length > most ? true : undefined,
  };
}

function settingOf(
  party: string,
  { order, value, occurredAt, track, development, verification }: CrisisRow<'position' | 'attributed'>,
  attributed?: true,
): { order: Order; setting: PositionSetting } {
  const statedBy = value.statedBy ?? party;
  return { order, setting: { ...value, statedBy, since: occurredAt, track, development, verification, attributed } };
}

function partsOf(cell: string): { party: string; issue: string } {
  const [party, issue] = cell.split('/') as [string, string];
  return { party, issue };
}
