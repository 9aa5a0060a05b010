// What a caller sends with a command, read from the request: names in its address, headers, and the body apart from its content.
import type { FastifyRequest } from 'fastify';
import { faultsOf, type Fault } from '#crisis/check.js';
import { isSlug } from '#crisis/identifiers.js';
import { invalidBody } from '#crisis/refusal.js';
import { InvalidTime, parseInstant } from '#crisis/time.js';
import { DEVELOPMENTS, isDevelopmentType } from '#crisis/vocabulary/types.js';
import { asObject } from '../http/json-text.js';
import { Problem, type ProblemFault } from '../problem.js';
import type { Provenance } from '../recording/recorder.js';

const RECORDER_MAX = 128;
const IDEMPOTENCY_KEY_MAX = 256;

/** The names in a call's address. @throws Problem `invalid-slug` */
export function addressOf<Name extends string>(request: FastifyRequest): Readonly<Record<Name, string>> {
  const names = request.params as Record<Name, string>;
  for (const name in names) if (!isSlug(names[name])) throw invalidSlug(names);
  return names;
}

function invalidSlug(names: Readonly<Record<string, string>>): Problem {
  const faults = Object.entries(names)
    .filter(([, value]) => !isSlug(value))
    .map(([parameter]): ProblemFault => ({
      parameter,
      detail: 'is no slug: lower-case letters, digits and single hyphens, at most 64 characters',
    }));
  return new Problem(
    400,
    'invalid-slug',
    `${faults.map(({ parameter }) => parameter).join(', ')} in the address ${faults[0]!.detail}`,
    faults,
  );
}

/** A body, apart from what its address says already. */
export interface SentBody {
  readonly id: string | undefined;
  /** ms */
  readonly recordedAt: number | undefined;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * Takes a body apart. Whether its content is of the right shape is the deciders' question. A body may say again what its
 * address says, as lines of an import do, but nothing else.
 * @throws Problem `invalid-body`
 */
export function readBody(body: unknown, address: Readonly<Record<string, string>>): SentBody {
  const members = asObject(body);
  if (members === undefined)
    throw invalid([{ pointer: '', detail: body === undefined ? 'is missing; send a JSON object' : 'must be a JSON object' }]);
  const faults: Fault[] = [];
  const { id, recordedAt, ...content } = members as Record<string, unknown>;
  for (const name in address) {
    if (!Object.hasOwn(members, name)) continue;
    if (members[name] !== address[name])
      faults.push({ pointer: `/${name}`, detail: `must be "${address[name]}", as the address of the call says, or be left out` });
    delete content[name];
  }
  if (id !== undefined && !Object.hasOwn(address, 'id') && !isSlug(id)) {
    faults.push({ pointer: '/id', detail: 'is no slug: lower-case letters, digits and single hyphens, at most 64 characters' });
  }
  const recorded = recordedAt === undefined ? undefined : recordTime(recordedAt);
  if (typeof recorded === 'string') faults.push({ pointer: '/recordedAt', detail: recorded });
  if (faults.length > 0) {
    // Whoever mends these is to see the others too.
    if (isDevelopmentType(content['type'])) faults.push(...faultsOf(DEVELOPMENTS[content['type']], content));
    throw invalid(faults);
  }
  return { id: id as string | undefined, recordedAt: recorded as number | undefined, content };
}

/** The id that the recorder gave: an added report's may stand in the report itself. */
export function givenId(id: string | undefined, content: Readonly<Record<string, unknown>>): string | undefined {
  if (id !== undefined || content['type'] !== 'ReportAdded') return id;
  const reportId = asObject(content['report'])?.['id'];
  return isSlug(reportId) ? reportId : undefined;
}

/** @returns ms, or what is wrong with it */
export function recordTime(value: unknown): number | string {
  if (typeof value !== 'string') return 'must be text';
  try {
    return parseInstant(value);
  } catch (error) {
    if (error instanceof InvalidTime) return error.message;
    throw error;
  }
}

/** @throws Problem `invalid-header` */
export function provenanceOf(request: FastifyRequest, recordedAt?: number): Provenance {
  return { recordedBy: recorderOf(request), correlationId: request.id, recordedAt };
}

/** The revision that a command depends on. @throws Problem `invalid-header` */
export function ifMatchOf(request: FastifyRequest): string | undefined {
  const header = request.headers['if-match']?.trim();
  if (header === undefined || header === '*') return undefined;
  const revision = /^(?:W\/)?"(\d{1,20})"$/.exec(header)?.[1] ?? /^\d{1,20}$/.exec(header)?.[0];
  if (revision === undefined)
    throw invalidHeader('If-Match', 'must be one revision of the track, such as "19", as its ETag and its state tell it');
  return revision;
}

/** Registers take no condition: who asks for one is not left to believe that it was looked at. @throws Problem `invalid-header` */
export function withoutCondition(request: FastifyRequest): void {
  const header = request.headers['if-match']?.trim();
  if (header !== undefined && header !== '*')
    throw invalidHeader('If-Match', 'is for developments of a track; an entry of a register takes no condition');
}

/** @throws Problem `invalid-header` */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || key === '' || key.length > IDEMPOTENCY_KEY_MAX)
    throw invalidHeader('Idempotency-Key', `must have 1 to ${IDEMPOTENCY_KEY_MAX} characters`);
  return key;
}

/** @throws Problem `invalid-header` */
export function recorderOf(request: FastifyRequest): string {
  const header = request.headers['parley-recorder'];
  if (header === undefined || header === '') return 'anonymous';
  // Node reads headers as Latin-1, people type UTF-8.
  const name = Buffer.from(String(header), 'latin1').toString('utf8');
  if (name.length > RECORDER_MAX) throw invalidHeader('Parley-Recorder', `must have at most ${RECORDER_MAX} characters`);
  return name;
}

function invalidHeader(parameter: string, detail: string): Problem {
  return new Problem(400, 'invalid-header', `The header ${parameter} ${detail}`, [{ parameter, detail }]);
}

function invalid(faults: readonly Fault[]): Problem {
  return Problem.of(invalidBody(faults));
}
