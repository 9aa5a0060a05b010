// Query parameters, read strictly: what is unknown, repeated or malformed is refused, with all its faults at once. One table
// of parameters says what a call takes, to whoever reads the query and to OpenAPI.
import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { InvalidTime, parseMoment, parseOccurrence } from '#crisis/time.js';
import { isSlug } from '#crisis/identifiers.js';
import { parsePosition, type Position } from '#event-store/port.js';
import { Problem, type ProblemFault } from '../problem.js';

export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Parameter<T> {
  readonly description: string;
  readonly example: string;
  /** Given more than once, or with commas between its values. */
  readonly repeatable: boolean;
  /** All that it can be, where these are few. */
  readonly values?: readonly string[] | undefined;
  /** @throws InvalidParameter @throws InvalidTime */
  readonly read: (values: readonly string[]) => T;
}
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;
export type ValuesOf<P extends Parameters> = { readonly [N in keyof P]?: P[N] extends Parameter<infer T> ? T : never };

/** What is wrong with a value: a sentence's end, such as `is no integer`. */
export class InvalidParameter extends Error {
  override readonly name = 'InvalidParameter';
}

/** @throws Problem 400 `unknown-parameter`, or 400 `invalid-parameter` with an error for each fault */
export function readQuery<P extends Parameters>(raw: RawQuery, parameters: P): ValuesOf<P> {
  refuseUnknown(raw, parameters);
  const values: Record<string, unknown> = {};
  const faults: ProblemFault[] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    const given = raw[name];
    if (given === undefined) continue;
    try {
      values[name] = parameter.read(typeof given === 'string' ? [given] : given);
    } catch (error) {
      if (!(error instanceof InvalidParameter || error instanceof InvalidTime)) throw error;
      faults.push({ parameter: name, detail: error.message });
    }
  }
  refuseInvalid(faults);
  return values as ValuesOf<P>;
}

/** @throws Problem 400 `invalid-parameter` if there is a fault */
export function refuseInvalid(faults: readonly [ProblemFault]): never;
export function refuseInvalid(faults: readonly ProblemFault[]): void;
export function refuseInvalid(faults: readonly ProblemFault[]): void {
  if (faults.length === 0) return;
  const named = faults.map(({ parameter, detail }) => `${parameter}: ${detail}`).join('; ');
  throw new Problem(400, 'invalid-parameter', named, faults);
}

/** Describes the parameters of a call in OpenAPI. */
export function ApiParameters(parameters: Parameters): MethodDecorator {
  return applyDecorators(
    ...Object.entries(parameters).map(([name, { description, example, repeatable, values }]) => {
      const schema = { type: 'string', ...(values !== undefined && { enum: [...values] }) } as const;
      return ApiQuery({
        name,
        description,
        example,
        required: false,
        schema: repeatable ? { type: 'array', items: schema } : schema,
      });
    }),
  );
}

/** Reads one value. What is one of a few names says of which. */
type Parse<T> = ((text: string) => T) & { readonly values?: readonly string[] };

export function one<T>(description: string, example: string, parse: Parse<T>): Parameter<T> {
  return {
    description,
    example,
    repeatable: false,
    values: parse.values,
    read: (values) => {
      if (values.length > 1) throw new InvalidParameter('is given more than once');
      return parse(values[0]!);
    },
  };
}

export function many<T>(description: string, example: string, parse: Parse<T>): Parameter<readonly T[]> {
  return {
    description: `${description} Repeatable, or with commas between.`,
    example,
    repeatable: true,
    values: parse.values,
    read: (values) => [...new Set(values.flatMap((value) => value.split(',')))].map((value) => parse(value)),
  };
}

/** A bare date or month means its last millisecond, in UTC. */
export function moment(text: string): number {
  return parseMoment(withPlus(text));
}

/** A bare date or month means its first millisecond, in UTC. */
export function start(text: string): number {
  const written = withPlus(text);
  return Math.min(parseMoment(written), parseOccurrence(written).earliest);
}

export function slug(text: string): string {
  const valid: boolean = isSlug(text);
  if (!valid) throw new InvalidParameter(`"${text}" is no name: lower case letters and digits, with single hyphens between`);
  return text;
}

/** Compared on the read side, whatever its size. */
export function position(text: string): Position {
  if (!/^\d{1,20}$/.test(text)) throw new InvalidParameter(`"${text}" is no position: a decimal number without sign`);
  return parsePosition(text);
}

/** The id of a log. */
export function storeId(text: string): string {
  if (!/^[a-z0-9]{1,64}$/.test(text)) throw new InvalidParameter(`"${text}" is no log's id: lower case letters and digits`);
  return text;
}

export function oneOf<const T extends string>(names: readonly T[]): Parse<T> {
  const parse = (text: string): T => {
    const name = names.find((candidate) => candidate === text);
    if (name === undefined) throw new InvalidParameter(`"${text}" is none of ${names.join(', ')}`);
    return name;
  };
  return Object.assign(parse, { values: names });
}

export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidParameter(`"${text}" is no whole number from ${least} to ${most}`);
    return value;
  };
}

export function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidParameter(`"${text}" is no number from ${least} to ${most}`);
    return value;
  };
}

export function textUpTo(maxLength: number): (text: string) => string {
  return (given) => {
    if (given.trim() === '') throw new InvalidParameter('is empty');
    if (given.length > maxLength) throw new InvalidParameter(`is longer than ${maxLength} characters`);
    return given;
  };
}

function refuseUnknown(raw: RawQuery, parameters: Parameters): void {
  const unknown = Object.keys(raw).filter((name) => !Object.hasOwn(parameters, name));
  if (unknown.length === 0) return;
  const known = Object.keys(parameters).join(', ');
  const detail = `${unknown.join(', ')}: this call takes ${known}`;
  const errors = unknown.map((name) => ({ parameter: name, detail: 'is not known here' }));
  throw new Problem(400, 'unknown-parameter', detail, errors);
}

/** In a query, an unescaped `+` is a space: before a zone's offset nothing else can have been meant. */
function withPlus(text: string): string {
  return text.replace(/ (?=\d{2}:\d{2}$)/, '+');
}
