// Who records while everything breaks. Each command is sent, anywhere and with the same id, until it is acknowledged; now and then
// the writer reads it back, anywhere, with the position that it was told.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.js';
import { askAny, type Run } from './run.js';

export interface Acknowledged {
  readonly id: string;
  readonly track: string;
  readonly position: bigint;
}

interface Command {
  readonly id: string;
  readonly track: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const PAUSE_MS = 120;

/** Writes until the run is over, and then until its last command is acknowledged. */
export async function write(run: Run, dice: Dice, acknowledged: Acknowledged[]): Promise<void> {
  const own: Acknowledged[] = [];
  while (!run.over.aborted) {
    const command = own.length > 0 && dice.chance(0.25) ? aboutDevelopment(run, dice, dice.one(own)) : newDevelopment(run, dice);
    const position = await send(run, dice, command);
    if (position === undefined) continue;
    const told = { id: command.id, track: command.track, position };
    acknowledged.push(told);
    if (command.path.endsWith('/developments')) own.push(told);
    if (command.path.endsWith('/retractions'))
      own.splice(
        own.findIndex(({ id }) => command.path.includes(id)),
        1,
      );
    if (dice.chance(0.3)) await readBack(run, dice, own.at(-1));
    await sleep(dice.between(0, PAUSE_MS));
  }
}

function newDevelopment(run: Run, dice: Dice): Command {
  const id = `d-${randomUUID()}`;
  const track = dice.one(run.tracks);
  const base = {
    id,
    occurredAt: `2022-01-${String(dice.between(1, 31)).padStart(2, '0')}`,
    summary: `Development ${id}.`,
    reports: [{ source: dice.one(['tass', 'reuters']) }],
  };
  const body = dice.one<Record<string, unknown>>([
    { ...base, type: 'StatementMade', speaker: 'russia', assessment: dice.one(['progress', 'deadlock', 'neutral']) },
    { ...base, type: 'MeetingHeld', participants: ['russia', 'united-states'], outcome: dice.one(['progress', 'no-breakthrough']) },
    { ...base, type: 'PositionTaken', party: 'russia', issue: 'enlargement', stance: dice.one(['opposes', 'open-to', 'silent']) },
  ]);
  return { id, track, path: `/crises/${run.crisis}/tracks/${track}/developments`, body };
}

function aboutDevelopment(run: Run, dice: Dice, { id: development, track }: Acknowledged): Command {
  const id = `r-${randomUUID()}`;
  const path = `/crises/${run.crisis}/tracks/${track}/developments/${development}`;
  if (dice.chance(0.2)) return { id, track, path: `${path}/retractions`, body: { id, reason: 'factual-error' } };
  const changes = { summary: `Corrected by ${id}.`, occurredAt: `2022-02-${String(dice.between(1, 28)).padStart(2, '0')}` };
  return { id, track, path: `${path}/corrections`, body: { id, changes, reason: 'late-information' } };
}

/** The position that it was acknowledged with; undefined if it was refused, which no guarantee allows. */
async function send(run: Run, dice: Dice, { path, body }: Command): Promise<bigint | undefined> {
  for (;;) {
    const told = await askAny(run, dice, path, body);
    if (told?.status === 200 || told?.status === 201) return BigInt((JSON.parse(told.text) as { position: string }).position);
    if (told !== undefined && !(told.status === 503 && told.headers.has('retry-after'))) {
      run.violations.push(`A command was answered ${told.status}: ${told.text}`);
      return undefined;
    }
    await sleep(dice.between(5, 60));
  }
}

/** Guarantee 6: one reads one's own writes, on any replica. It may be away, but not stale. */
async function readBack(run: Run, dice: Dice, written: Acknowledged | undefined): Promise<void> {
  if (written === undefined) return;
  const { id, track, position } = written;
  const told = await askAny(run, dice, `/crises/${run.crisis}/tracks/${track}/developments/${id}?minPosition=${position}`);
  if (told === undefined || told.status === 503) return;
  const read = told.status === 200 ? (JSON.parse(told.text) as { development: { id: string } }).development.id : undefined;
  if (read !== id)
    run.violations.push(`${id} was acknowledged at ${position}, and a read from there on answers ${told.status}: ${told.text}`);
}
