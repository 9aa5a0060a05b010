// What the parts of a chaos run share.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrackerProcess } from './tracker-process.js';
import type { Dice } from './dice.js';

const PATIENCE_MS = 60_000;

export interface Run {
  readonly crisis: string;
  readonly tracks: readonly string[];
  readonly trackers: readonly TrackerProcess[];
  /** Aborted when the faults are over: writers finish what they have begun. */
  readonly over: AbortSignal;
  /** What was seen that no guarantee allows. */
  readonly violations: string[];
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks any tracker that answers. Undefined: none did, or it was ended meanwhile. */
export async function askAny(run: Run, dice: Dice, path: string, body?: unknown): Promise<Told | undefined> {
  const up = run.trackers.filter(({ url }) => url !== undefined);
  return up.length === 0 ? undefined : ask(dice.one(up).url!, path, body);
}

export async function ask(url: string, path: string, body?: unknown): Promise<Told | undefined> {
  const sent = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  try {
    const response = await fetch(url + path, sent);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch {
    return undefined;
  }
}

/** Asks one tracker until it answers 200. @throws Error it does not, for a minute */
export async function askUntilOk(tracker: Pick<TrackerProcess, 'url'>, path: string): Promise<string> {
  const until = performance.now() + PATIENCE_MS;
  let told: Told | undefined;
  do {
    told = tracker.url === undefined ? undefined : await ask(tracker.url, path);
    if (told?.status === 200) return told.text;
    await sleep(50);
  } while (performance.now() < until);
  throw new Error(`${path} is not answered 200: ${told === undefined ? 'no answer' : `${told.status} ${told.text}`}`);
}
