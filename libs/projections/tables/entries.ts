// The registers' entries: nothing of a register is removed, so every entry that ever was is here.
import type { DatabaseSync } from 'node:sqlite';
import { kindOf } from '#crisis/crisis-decider.js';
import type { RegisterEvent } from '#crisis/event.js';

export const ENTRY_TABLES = `
  create table entry (
    crisis integer not null,
    kind text not null,
    name text not null,
    position integer not null,
    recorded integer not null,
    whole text not null,
    primary key (crisis, kind, name, position)
  ) strict, without rowid;`;

export type RegisterKind = ReturnType<typeof kindOf>;
export type Whole = Readonly<Record<string, unknown>>;

const ENTRIES_IN_MEMORY = 10_000;

export class EntryWriter {
  readonly #add;
  readonly #last;
  /** The last entries, as far as they were asked for. */
  readonly #known = new Map<string, Whole | undefined>();

  constructor(database: DatabaseSync) {
    this.#add = database.prepare('insert into entry values (?, ?, ?, ?, ?, ?)');
    this.#last = database.prepare('select whole from entry where crisis = ? and kind = ? and name = ? order by position desc limit 1');
  }

  /** @param recorded effective record time, ms */
  add(crisis: number, event: RegisterEvent, position: number, recorded: number): void {
    const kind = kindOf(event.type);
    const name = event.track ?? event.id ?? '';
    // A grade is kept as the whole entry that it makes.
    const whole = event.type === 'SourceRegraded' ? { ...this.last(crisis, kind, name), ...event.content } : event.content;
    this.#add.run(crisis, kind, name, position, recorded, JSON.stringify(whole));
    this.#known.delete(`${crisis}/${kind}/${name}`);
  }

  last(crisis: number, kind: RegisterKind, name: string): Whole | undefined {
    const key = `${crisis}/${kind}/${name}`;
    if (!this.#known.has(key)) {
      if (this.#known.size >= ENTRIES_IN_MEMORY) this.#known.clear();
      this.#known.set(key, parsed(this.#last.get(crisis, kind, name)));
    }
    return this.#known.get(key);
  }

  /** After a rollback: entries that were added are gone. */
  forget(): void {
    this.#known.clear();
  }
}

/** Up to where a register is read: entries recorded by `knownAt` (ms) that lie at or before `position`. */
export interface EntriesBy {
  readonly knownAt: number;
  readonly position: number;
}

export class EntryRows {
  readonly #standing;
  readonly #first;
  readonly #all;
  readonly #names;
  readonly #listed;
  readonly #renewals;
  readonly #recorded;

  constructor(database: DatabaseSync) {
    const which = 'crisis = ? and kind = ? and name = ?';
    this.#standing = database.prepare(
      `select whole from entry where ${which} and recorded <= ? and position <= ? order by position desc limit 1`,
    );
    this.#first = database.prepare(`select whole, position, recorded from entry where ${which} order by position limit 1`);
    this.#all = database.prepare(`select position, whole from entry where ${which} order by position`);
    this.#names = database.prepare('select name from entry where crisis = ? and kind = ? group by name order by min(position)');
    this.#listed = database.prepare(
      'select name from entry where crisis = ? and kind = ? and recorded <= ? and position <= ? group by name order by min(position)',
    );
    this.#recorded = database.prepare('select 1 from entry where crisis = ? and kind = ? and recorded > ? and recorded <= ? limit 1');
    this.#renewals = database.prepare(
      `select position, recorded from entry e where crisis = ? and exists
        (select 1 from entry f where f.crisis = e.crisis and f.kind = e.kind and f.name = e.name and f.position < e.position)`,
    );
  }

  /** Of every entry that is not the first of its name: where it lies, and when it was recorded (ms). In no order. */
  renewals(crisis: number): { position: number; recorded: number }[] {
    return this.#renewals.all(crisis) as unknown as { position: number; recorded: number }[];
  }

  /** A name always resolves: its last entry that was recorded by then, else its first one. */
  resolve(crisis: number, kind: RegisterKind, name: string, by: EntriesBy): Whole | undefined {
    return parsed(this.#standing.get(crisis, kind, name, by.knownAt, by.position)) ?? parsed(this.#first.get(crisis, kind, name));
  }

  /** The entry that stood by then, and nothing if there was none yet. */
  standing(crisis: number, kind: RegisterKind, name: string, by: EntriesBy): Whole | undefined {
    return parsed(this.#standing.get(crisis, kind, name, by.knownAt, by.position));
  }

  first(crisis: number, kind: RegisterKind, name: string): { readonly position: number; readonly recorded: number } | undefined {
    return this.#first.get(crisis, kind, name) as unknown as { position: number; recorded: number } | undefined;
  }

  /** Every entry of a name, first to last. */
  all(crisis: number, kind: RegisterKind, name: string): { readonly position: number; readonly whole: Whole }[] {
    const rows = this.#all.all(crisis, kind, name) as unknown as { position: number; whole: string }[];
    return rows.map(({ position, whole }) => ({ position, whole: JSON.parse(whole) as Whole }));
  }

  /** Whether any entry of a kind was recorded after one moment and up to another (ms), whichever is the earlier. */
  isAnyRecorded(crisis: number, kind: RegisterKind, one: number, other: number): boolean {
    return this.#recorded.get(crisis, kind, Math.min(one, other), Math.max(one, other)) !== undefined;
  }

  /** What was registered by then, in the order of registration. */
  listed(crisis: number, kind: RegisterKind, by: EntriesBy): string[] {
    return namesOf(this.#listed.all(crisis, kind, by.knownAt, by.position));
  }

  /** Every name that was ever registered. */
  names(crisis: number, kind: RegisterKind): string[] {
    return namesOf(this.#names.all(crisis, kind));
  }
}

function parsed(row: unknown): Whole | undefined {
  return row === undefined ? undefined : (JSON.parse((row as { whole: string }).whole) as Whole);
}

function namesOf(rows: readonly unknown[]): string[] {
  return (rows as { name: string }[]).map(({ name }) => name);
}
