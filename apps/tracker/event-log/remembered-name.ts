// Which log a data folder last followed at a place, so that a start without the store knows what its read side is of.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartRefused } from '../start-refused.js';

const FILE = 'eventstoredb.json';

/** Undefined if nothing is remembered of that place, or nothing that can be read: then the store has to be asked. */
export function rememberedName(folder: string, place: string): string | undefined {
  try {
    const { id, at } = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as { id?: unknown; at?: unknown };
    return at === place && typeof id === 'string' && /^[a-z0-9]+$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** @throws StartRefused the folder cannot be written to */
export function rememberName(folder: string, place: string, id: string): void {
  if (rememberedName(folder, place) === id) return;
  const file = join(folder, FILE);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify({ at: place, id })}\n`);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new StartRefused(`${(error as Error).message}. Set PARLEY_DATA_DIR to a folder that can be written to.`, { cause: error });
  }
}
