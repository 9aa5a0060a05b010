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
  return cellsIn(slots).flatMap((cell) => {
    const { party, issue } = partsOf(cell);
    if (!(filter.party?.includes(party) ?? true) || !(filter.issue?.includes(issue) ?? true)) return [];
    return positionAt(cell, slots, asOf, filter.history) ?? [];
  });
}

/** One cell of the matrix at `asOf` (ms), with its latest settings; undefined where nothing has been said by then. Pure. */
export function positionAt(cell: string, slots: CrisisSlots, asOf: number, history: number): Position | undefined {
  const own = latest(slots, 'position', cell, asOf, history + 1);
  const ascribed = latest(slots, 'attributed', cell, asOf, history + 1);
  const position = positionOf(cell, own[0], ascribed[0]);
  return position && { ...position, ...historyOf(position.party, own, ascribed, history) };
}

/** What one party states, and what others ascribe to it, at `asOf` (ms). Pure. */
export function positionsOf(party: string, slots: CrisisSlots, asOf: number): CrisisPosition[] {
  return cellsIn(slots)
    .filter((cell) => cell.startsWith(`${party}/`))
    .flatMap((cell) => positionOf(cell, slots.last('position', cell, asOf), slots.last('attributed', cell, asOf)) ?? []);
}

function cellsIn(slots: CrisisSlots): string[] {
  return [...new Set([...slots.keys('position'), ...slots.keys('attributed')])].sort();
}

function latest<S extends 'position' | 'attributed'>(
  slots: CrisisSlots,
  slot: S,
  cell: string,
  asOf: number,
  most: number,
): CrisisRow<S>[] {
  const rows: CrisisRow<S>[] = [];
  for (const row of slots.history(slot, cell, asOf, most)) {
    rows.push(row);
    if (rows.length === most) break;
  }
  return rows;
}

function positionOf(
  cell: string,
  own: CrisisRow<'position'> | undefined,
  ascribed: CrisisRow<'attributed'> | undefined,
): CrisisPosition | undefined {
  const state = positionState(cell, own, ascribed);
  if (state === undefined) return undefined;
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
