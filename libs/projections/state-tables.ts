// The group of tables that hold what developments set, opened and said.
import type { DatabaseSync } from 'node:sqlite';
import type { Verification } from '#crisis/standing.js';
import { parseOccurrence } from '#crisis/time.js';
import type { Contribution } from './contribution.js';
import type { Change, TableGroup } from './table-group.js';
import type { CrisisRow, TrackRow } from './tables/crises.js';
import type { EntryWriter } from './tables/entries.js';
import { MatterWriter } from './tables/matters.js';
import { RectangleWriter, type Rectangle } from './tables/rectangles.js';
import { SlotRows, SlotWriter, TrackSlots, type OpenMatters } from './tables/slots.js';
import { namedIn, TextWriter } from './tables/text.js';
import { FOREVER } from './tables/validity.js';

export class StateTables implements TableGroup {
  readonly #slots;
  readonly #slotRows;
  readonly #rectangles;
  readonly #matters;
  readonly #text;

  constructor(
    database: DatabaseSync,
    private readonly entries: EntryWriter,
  ) {
    this.#slots = new SlotWriter(database);
    this.#slotRows = new SlotRows(database);
    this.#rectangles = new RectangleWriter(database);
    this.#matters = new MatterWriter(database, this.#rectangles);
    this.#text = new TextWriter(database);
  }

  register(): void {
    // A register sets nothing.
  }

  change({ applied: { position, crisis }, track, before, after }: Change): void {
    const touched = this.#slots.change(crisis.id, track.id, position, before, after);
    if (touched.length > 0) this.#matters.reconsider(track.id, touched, this.#slotsAtHead(track), position);
    this.#changeRectangle(track, 'span', position, before && spanOf(before), spanOf(after));
    this.#changeRectangle(track, 'schedule', position, before && scheduleOf(before), scheduleOf(after));
    this.#text.add(
      position,
      after.standing,
      namedIn(after.standing).map((actor) => this.#nameOf(crisis, actor)),
    );
  }

  flush(): void {
    this.#slots.flush();
    this.#rectangles.flush();
    this.#text.flush();
  }

  forget(): void {
    this.#slots.forget();
    this.#rectangles.forget();
    this.#text.forget();
  }

  #changeRectangle(
    track: TrackRow,
    kind: 'span' | 'schedule',
    position: number,
    old: Rectangle | undefined,
    now: Rectangle | undefined,
  ): void {
    if (old === undefined && now === undefined) return;
    if (JSON.stringify(old) === JSON.stringify(now)) return;
    if (old !== undefined) this.#rectangles.close(track.id, kind, old, position);
    if (now !== undefined) this.#rectangles.open(track.id, kind, now, position);
  }

  #slotsAtHead(track: TrackRow): TrackSlots {
    return new TrackSlots(this.#slotRows, NO_MATTERS, track.id, FOREVER - 1, FOREVER, NOT_ASKED);
  }

  #nameOf(crisis: CrisisRow, actor: string): string {
    const name = this.entries.last(crisis.id, 'actor', actor)?.['name'];
    return typeof name === 'string' ? name : actor;
  }
}

/** Whoever asks whether a matter is open does not ask which are, nor how anything is verified. */
const NO_MATTERS: OpenMatters = { open: () => [], reopened: () => [] };
const NOT_ASKED = (): Verification => 'single-source';

/** The time in which it is not certain that a visible development is over. */
function spanOf({ standing: { order, content }, visible, counted }: Contribution): Rectangle | undefined {
  if (order.latest === order.earliest || !visible) return undefined;
  return {
    key: content.id,
    from: order.earliest,
    to: order.latest,
    detail: JSON.stringify([order.sequence, Number(order.position), content.occurredAt, counted!.support]),
  };
}

/** The time in which a meeting lies ahead, as a development schedules it. */
function scheduleOf({ standing: { order, content }, visible }: Contribution): Rectangle | undefined {
  if ((content.type !== 'MeetingAnnounced' && content.type !== 'MeetingRescheduled') || !visible) return undefined;
  const to = parseOccurrence(content.scheduledFor).latest + 1;
  if (to <= order.earliest) return undefined;
  return { key: content.id, from: order.earliest, to, detail: content.type === 'MeetingAnnounced' ? content.id : content.announcement };
}
