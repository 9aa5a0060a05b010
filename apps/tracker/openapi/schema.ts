// The pieces of which schemas of answers and messages are written. An object has the fields that are listed, and no others.
import type { Schemas } from './body-schemas.js';
import type { Schema, SchemaObject } from './types.js';

export const SLUG: SchemaObject = { type: 'string', pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$', maxLength: 64 };
export const TEXT: SchemaObject = { type: 'string' };
export const FLAG: SchemaObject = { type: 'boolean' };
export const COUNT: SchemaObject = { type: 'integer', minimum: 0 };
export const NUMBER: SchemaObject = { type: 'number' };
/** RFC 3339, in UTC. */
export const MOMENT: SchemaObject = { type: 'string', format: 'date-time' };
export const DAY: SchemaObject = { type: 'string', format: 'date' };
export const EDTF: SchemaObject = { type: 'string', format: 'edtf' };
/** A place in the log, or in a stream of it. */
export const POSITION: SchemaObject = { type: 'string', pattern: '^\\d+$' };
export const TRUE: SchemaObject = { type: 'boolean', enum: [true] };
export const SLUGS = list(SLUG);
/** Whatever JSON. */
export const ANY: SchemaObject = {};

export function oneOf(values: readonly (string | number)[]): SchemaObject {
  return { type: typeof values[0] === 'number' ? 'integer' : 'string', enum: [...values] };
}

export function list(items: Schema): SchemaObject {
  return { type: 'array', items };
}

/** An object as a map from names to values. */
export function map(values: Schema): SchemaObject {
  return { type: 'object', additionalProperties: values };
}

/** JSON Schema has no `nullable`; the types of the library know OpenAPI 3.0 only. */
export function orNull(schema: Schema): SchemaObject {
  return { anyOf: [schema, { type: 'null' as unknown as string }] };
}

/** @param optional fields that may be left out */
export function object(required: Schemas, optional: Schemas = {}): SchemaObject {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  };
}

/** The fields of an object and further ones. */
export function extended({ properties, required = [], ...rest }: SchemaObject, more: Schemas, optional: Schemas = {}): SchemaObject {
  return {
    ...rest,
    properties: { ...properties, ...more, ...optional },
    required: [...new Set([...required, ...Object.keys(more)])],
  };
}

/** The fields of an object without some. */
export function without({ properties = {}, required = [], ...rest }: SchemaObject, names: readonly string[]): SchemaObject {
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name))),
    required: required.filter((name) => !names.includes(name)),
  };
}
