// A service of the size that a crisis has after some weeks, and whom live connections of it ask.
import { CRISIS, developmentBody, registerLines, trackName } from './history.js';
import { importLines } from './import.js';
import { startService, untilCaughtUp, type Service } from './service.js';

export const TRACKS = 50;
export const LIVE_PATH = `/crises/${CRISIS}/live`;

/** Starts one with a crisis, and waits until it can be read. */
export async function startWithHistory(folder: string, developments = 1000): Promise<Service> {
  const service = await startService(folder);
  await importLines(service.url, registerLines(TRACKS));
  await importLines(service.url, developmentLines(developments));
  await untilCaughtUp(service.url);
  return service;
}

function* developmentLines(count: number): Generator<string> {
  for (let number = 0; number < count; number++)
    yield JSON.stringify({ crisis: CRISIS, track: trackName(number % TRACKS), ...developmentBody(number) });
}
