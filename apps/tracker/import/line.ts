// A line of an import, read as a command. Pure: what the log holds is not looked at.
import { contentDigest, isTooDeep } from '#crisis/canonical.js';
import type { Fault } from '#crisis/check.js';
import type { CrisisRegisterType, RegisterCommand } from '#crisis/crisis-decider.js';
import { idFromIdempotencyKey, isSlug } from '#crisis/identifiers.js';
import { invalidBody } from '#crisis/refusal.js';
import type { TrackCommand } from '#crisis/track-decider.js';
import { isDevelopmentType, isRecordType, isRegisterType, type EventType, type RegisterType } from '#crisis/vocabulary/types.js';
import { givenId, recordTime } from '../commands/sent.js';
import { asObject, MalformedJson, parseJsonText } from '../http/json-text.js';
import { Problem } from '../problem.js';
import type { TrackOpening } from '../recording/recorder.js';

/** A line that can be given to the recorder. */
export type ReadableLine = (
  | { readonly kind: 'register'; readonly command: RegisterCommand<CrisisRegisterType> }
  | { readonly kind: 'opening'; readonly command: TrackOpening }
  | { readonly kind: 'record'; readonly command: TrackCommand }
) & {
  readonly id: string;
  /** Of an archive, ms. */
  readonly recordedAt: number | undefined;
};

export interface InvalidLine {
  readonly kind: 'invalid';
  /** Where the line tells one. */
  readonly id: string | null;
  readonly problem: Problem;
}

const NOT_A_SLUG = 'is no slug: lower-case letters, digits and single hyphens, at most 64 characters';

/** Total: what is wrong with a line is told in its problem. */
export function readLine(bytes: Buffer): ReadableLine | InvalidLine {
  let value: unknown;
  try {
    value = parseJsonText(bytes);
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error;
    const problem = new Problem(400, 'malformed-json', `The line is no JSON: ${error.message}`, [{ pointer: '', detail: error.message }]);
    return { kind: 'invalid', id: null, problem };
  }
  const line = asObject(value);
  return line === undefined ? invalid(undefined, [{ pointer: '', detail: 'must be a JSON object' }]) : commandOf(line);
}

function commandOf(line: Readonly<Record<string, unknown>>): ReadableLine | InvalidLine {
  const { type, crisis, recordedAt: given } = line;
  if (!isEventType(type)) {
    const detail = type === undefined ? 'is missing' : `${JSON.stringify(type)} is no type of event; /docs lists the types`;
    return invalid(line['id'], [{ pointer: '/type', detail }]);
  }
  const inTrack = !isRegisterType(type) || type === 'TrackOpened';
  const named = isRegisterType(type) && !inTrack && type !== 'CrisisOpened' && type !== 'CrisisClosed';
  const faults: Fault[] = [];
  const expectSlug = (field: string, needed: boolean): void => {
    if (line[field] === undefined ? needed : !isSlug(line[field]))
      faults.push({ pointer: `/${field}`, detail: line[field] === undefined ? 'is missing' : NOT_A_SLUG });
  };
  expectSlug('crisis', true);
  if (inTrack) expectSlug('track', true);
  if (named || !isRegisterType(type)) expectSlug('id', named);
  const recordedAt = given === undefined ? undefined : recordTime(given);
  if (typeof recordedAt === 'string') faults.push({ pointer: '/recordedAt', detail: recordedAt });
  const { entry } = line;
  if (isRegisterType(type) && entry !== undefined && !(Number.isSafeInteger(entry) && (entry as number) > 0))
    faults.push({ pointer: '/entry', detail: 'must be a whole number from 1' });
  if (faults.length > 0) return invalid(line['id'], faults);
  const at = { crisis: crisis as string, recordedAt: recordedAt as number | undefined };
  return isRegisterType(type) ? registerLine(type, line, at) : trackLine(line, at);
}

interface Where {
  readonly crisis: string;
  readonly recordedAt: number | undefined;
}

function registerLine(type: RegisterType, line: Readonly<Record<string, unknown>>, { crisis, recordedAt }: Where): ReadableLine {
  const { type: _type, crisis: _crisis, recordedAt: _recordedAt, entry, ...rest } = line;
  const common = { crisis, entry: entry as number | undefined, imported: true } as const;
  if (type === 'TrackOpened') {
    const { track, ...content } = rest as { track: string };
    return { kind: 'opening', id: track, recordedAt, command: { ...common, type, track, content } };
  }
  // A crisis and its closure have no id of their own: one that is given stays in the content, and is refused there.
  if (type === 'CrisisOpened' || type === 'CrisisClosed')
    return { kind: 'register', id: crisis, recordedAt, command: { ...common, type, content: rest } };
  const { id, ...content } = rest as { id: string };
  return { kind: 'register', id, recordedAt, command: { ...common, type, id, content } };
}

/** A line without an id gets one from its content, so that an import can be repeated whatever is in it. */
function trackLine(line: Readonly<Record<string, unknown>>, { crisis, recordedAt }: Where): ReadableLine {
  const {
    crisis: _crisis,
    recordedAt: _recordedAt,
    track,
    id: given,
    ...content
  } = line as { crisis: string; recordedAt: unknown; track: string; id?: string };
  const id =
    givenId(given, content) ?? idFromIdempotencyKey(crisis, track, `line\n${isTooDeep(content) ? 'refused' : contentDigest(content)}`);
  return { kind: 'record', id, recordedAt, command: { crisis, track, id, content } };
}

function isEventType(type: unknown): type is EventType {
  return isDevelopmentType(type) || isRecordType(type) || isRegisterType(type);
}

function invalid(id: unknown, faults: readonly Fault[]): InvalidLine {
  return { kind: 'invalid', id: typeof id === 'string' ? id : null, problem: Problem.of(invalidBody(faults)) };
}
