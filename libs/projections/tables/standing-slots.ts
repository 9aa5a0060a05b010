// What stands in many slots of a track, each found by one seek: a row comes back as one text, since a subquery gives one column.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Slot, SlotValues } from '#crisis/slots.js';
import { bounded, LAST_FIRST, PLACE, type Found } from './slots.js';

/** The slots whose keys are none, or parties and issues: however long the history, there are a few dozens. */
const FEW: readonly Slot[] = ['status', 'meeting', 'response', 'withdrawn', 'position', 'attributed', 'statement'];

/** What stands at one point, by slot and key. A slot of which nothing was read is not there. */
export type Standing = ReadonlyMap<Slot, ReadonlyMap<string, Found<Slot>>>;

/** A place of the record, and a moment (ms). */
export interface Place {
  readonly known: number;
  readonly asOf: number;
}

export class StandingRows {
  readonly #at;
  readonly #atBoth;
  readonly #of;

  constructor(database: DatabaseSync) {
    const standing = (cell: string, known: string, asOf: string): string => `(
      select concat_ws(char(10), ${PLACE}, support, value, development, occurred_at) from slot
      where cell = ${cell} and known_from <= ${known} and known_to > ${known} and earliest <= ${asOf} ${LAST_FIRST} limit 1)`;
    const few = (...columns: readonly string[]): StatementSync => {
      const slots = FEW.map((slot) => `'${slot}'`).join(', ');
      const statement = database.prepare(`select slot, key, ${columns.join(', ')} from cell c where track = ?1 and slot in (${slots})`);
      statement.setReturnArrays(true);
      return statement;
    };
    this.#at = few(standing('c.id', '?2', '?3'));
    this.#atBoth = few(standing('c.id', '?2', '?3'), standing('c.id', '?4', '?5'));
    const cell = '(select id from cell where track = ?1 and slot = ?2 and key = j.value)';
    this.#of = database.prepare(`select j.value, ${standing(cell, '?4', '?5')} from json_each(?3) j`);
    this.#of.setReturnArrays(true);
  }

  /** What stands in the slots of which a track has but few. */
  at(track: number, { known, asOf }: Place): Standing {
    const at = standingNowhere();
    for (const row of this.#at.all(track, known, bounded(asOf))) {
      const [slot, key, text] = row as unknown as [Slot, string, string | null];
      if (text !== null) at.get(slot)!.set(key, foundIn(text));
    }
    return at;
  }

  /** The same at each of two points. What stands at both is one object. */
  atBoth(track: number, from: Place, to: Place): [Standing, Standing] {
    const [before, after] = [standingNowhere(), standingNowhere()];
    const asked = [track, from.known, bounded(from.asOf), to.known, bounded(to.asOf)];
    for (const row of this.#atBoth.all(...asked)) {
      const [slot, key, was, is] = row as unknown as [Slot, string, string | null, string | null];
      const found = is === null ? undefined : foundIn(is);
      if (found !== undefined) after.get(slot)!.set(key, found);
      if (was !== null) before.get(slot)!.set(key, was === is ? found! : foundIn(was));
    }
    return [before, after];
  }

  /** What stands under some keys of a slot. */
  of<S extends Slot>(track: number, slot: S, keys: readonly string[], { known, asOf }: Place): Map<string, Found<S> | undefined> {
    const rows = this.#of.all(track, slot, JSON.stringify(keys), known, bounded(asOf)) as unknown as [string, string | null][];
    return new Map(rows.map(([key, text]) => [key, text === null ? undefined : foundIn(text)]));
  }
}

function standingNowhere(): Map<Slot, Map<string, Found<Slot>>> {
  return new Map(FEW.map((slot) => [slot, new Map()]));
}

/** Neither JSON as it is kept, nor an id, nor a date has a line break. */
function foundIn<S extends Slot>(text: string): Found<S> {
  const [earliest, latest, sequence, position, support, value, development, occurredAt] = text.split('\n') as [
    ...[string, string, string, string, string],
    ...[string, string, string],
  ];
  return {
    value: JSON.parse(value) as SlotValues[S],
    development,
    occurredAt,
    order: { earliest: Number(earliest), latest: Number(latest), sequence: Number(sequence), position: BigInt(position) },
    support: Number(support),
  };
}
