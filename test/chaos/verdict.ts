// When everything is well again: whether the guarantees of design.md, section 9, have held.
import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '#event-store/port.js';
import { NaiveFold } from '#projections/testing/naive-fold.js';
import type { Listener } from './listener.js';
import { askUntilOk, type Run } from './run.js';
import type { TrackerProcess } from './tracker-process.js';
import type { Acknowledged } from './writer.js';

/** Guarantees 1 and 2: what was acknowledged is there, and nothing is there twice. */
export function judgeTheLog(log: readonly RecordedEvent[], acknowledged: readonly Acknowledged[]): string[] {
  const places = new Map<string, bigint[]>();
  for (const event of log) {
    const { id } = JSON.parse(event.data) as { id?: string };
    if (id !== undefined && /^[dr]-/.test(id)) places.set(id, [...(places.get(id) ?? []), event.position]);
  }
  const lost = acknowledged.filter(({ id }) => !places.has(id)).map(({ id }) => `${id} was acknowledged and is lost`);
  const moved = acknowledged
    .filter(({ id, position }) => places.has(id) && !places.get(id)!.includes(position))
    .map(({ id, position }) => `${id} was acknowledged at ${position} and stands at ${places.get(id)!.join(', ')}`);
  const doubled = [...places].filter(([, at]) => at.length > 1).map(([id, at]) => `${id} is in the log ${at.length} times`);
  return [...lost, ...moved, ...doubled];
}

/** Guarantee 3: what stood in the log once stands in it as it was. */
export function judgeThatNothingChanged(before: readonly RecordedEvent[], after: readonly RecordedEvent[]): string[] {
  return before.flatMap((event, n) =>
    isDeepStrictEqual(event, after[n]) ? [] : [`The event at ${event.position} was ${JSON.stringify(event.data)} once`],
  );
}

/** Guarantee 5, at one point: every tracker's read side equals the fold of the log. */
export async function judgeReads(run: Run, tracker: TrackerProcess, log: readonly RecordedEvent[], name: string): Promise<string[]> {
  const fold = new NaiveFold(log);
  const last = log.at(-1)!.position;
  const recorded = log.map(({ metadata }) => Date.parse((JSON.parse(metadata) as { recordedAt: string }).recordedAt)).sort((a, b) => a - b);
  const points = [
    { asOf: Date.parse('2022-03-01T00:00:00.000Z'), knownAt: recorded.at(-1)! },
    { asOf: Date.parse('2022-01-15T00:00:00.000Z'), knownAt: recorded.at(-1)! },
    { asOf: Date.parse('2022-03-01T00:00:00.000Z'), knownAt: recorded[Math.floor(recorded.length / 2)]! },
  ];
  const wrong: string[] = [];
  for (const point of points) {
    const query = `asOf=${new Date(point.asOf).toISOString()}&knownAt=${new Date(point.knownAt).toISOString()}&minPosition=${last}`;
    const { tracks } = JSON.parse(await askUntilOk(tracker, `/crises/${run.crisis}/tracks?${query}`)) as { tracks: unknown };
    if (!isDeepStrictEqual(tracks, plain(fold.tracks(run.crisis, point))))
      wrong.push(`The tracks of ${name} are not the fold of the log at ${query}`);
    const timeline = await wholeTimeline(run, tracker, query);
    if (!isDeepStrictEqual(timeline, plain(fold.timeline(run.crisis, point))))
      wrong.push(`The timeline of ${name} is not the fold of the log at ${query}`);
  }
  return wrong;
}

async function wholeTimeline(run: Run, tracker: TrackerProcess, query: string): Promise<unknown[]> {
  const developments: unknown[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const path = `/crises/${run.crisis}/timeline?${query}&order=oldest&limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = JSON.parse(await askUntilOk(tracker, path)) as { developments: unknown[]; next: string | null };
    developments.push(...page.developments);
    cursor = page.next;
  }
  return developments;
}

/** Guarantee 7: each event after the snapshot once, in the order of the log. */
export function judgeListener({ crisis }: Run, log: readonly RecordedEvent[], listener: Listener, name: string): string[] {
  const from = listener.from;
  const expected = log
    .filter(({ stream, type, position }) => stream.startsWith(`track-${crisis}.`) && type !== 'TrackOpened' && position > from)
    .map(({ position }) => position);
  const told = listener.positions;
  if (isDeepStrictEqual(told, expected)) return [];
  const missed = expected.filter((position) => !told.includes(position));
  const twice = told.filter((position, n) => told.indexOf(position) !== n);
  return [`Of ${expected.length} events ${name} was told ${told.length}: missed ${missed.join(', ')}; twice ${twice.join(', ')}`];
}

/** Guarantee 9: what cannot be applied is shown. The rest of this verdict says that it stopped nothing else. */
export async function judgeParked(tracker: TrackerProcess, stream: string, name: string): Promise<string[]> {
  const text = await askUntilOk(tracker, '/projections/parked');
  return text.includes(stream) ? [] : [`${name} does not show the parked event of ${stream}: ${text}`];
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
