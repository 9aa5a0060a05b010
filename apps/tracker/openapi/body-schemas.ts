// JSON schemas of the bodies, read from the same class-validator rules that bodies are checked against.
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { nestedType } from '#crisis/fields.js';
import type { Class } from '#crisis/check.js';
import { DEVELOPMENTS, RECORDS, REGISTERS } from '#crisis/vocabulary/types.js';
import { ReplayEntry, WebhookEntry } from '../webhooks/webhook-entry.js';
import { FIELD_DESCRIPTIONS } from './field-descriptions.js';
import type { ReferenceObject, Schema, SchemaObject } from './types.js';

export type Schemas = Record<string, Schema>;

/** What the address of a call about a development says, and its body need not. */
const IN_ADDRESS = new Set(['type', 'development', 'report']);

/** The schema of every body, by its name: a type's own for developments and records, the entry's class for registers. */
export function bodySchemas(): Schemas {
  const schemas: Schemas = {};
  for (const [type, of] of Object.entries(DEVELOPMENTS)) schemas[type] = withRecordTime(schemaOf(of, schemas, { type }));
  for (const [type, of] of Object.entries(RECORDS)) {
    const schema = schemaOf(of, schemas, { type }, IN_ADDRESS);
    // A further report is what the call is about; a report to withdraw is in the address.
    if (type === 'ReportAdded') schema.required = [...(schema.required ?? []), 'report'];
    schemas[type] = withRecordTime(schema);
  }
  for (const of of Object.values(REGISTERS)) schemas[of.name] = withRecordTime(schemaOf(of, schemas));
  for (const of of [WebhookEntry, ReplayEntry]) schemas[of.name] = schemaOf(of, schemas);
  schemas['Development'] = {
    oneOf: Object.keys(DEVELOPMENTS).map(reference),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(Object.keys(DEVELOPMENTS).map((type) => [type, reference(type).$ref])),
    },
  };
  return schemas;
}

export function reference(name: string): ReferenceObject {
  return { $ref: `#/components/schemas/${name}` };
}

function withRecordTime(schema: SchemaObject): SchemaObject {
  const recordedAt = { type: 'string', format: 'date-time', description: FIELD_DESCRIPTIONS['recordedAt'] };
  return { ...schema, properties: { ...schema.properties, recordedAt } };
}

/** @param schemas takes up the schemas of the objects within */
function schemaOf(
  of: Class,
  schemas: Schemas,
  constants: Readonly<Record<string, string>> = {},
  optional: ReadonlySet<string> = new Set(),
): SchemaObject {
  const rules = getMetadataStorage().getTargetValidationMetadatas(of, '', true, false);
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const property of new Set(rules.map(({ propertyName }) => propertyName))) {
    const own = rules.filter(({ propertyName }) => propertyName === property);
    if (!own.some(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION) && !optional.has(property)) required.push(property);
    const constant = constants[property];
    properties[property] = constant === undefined ? propertySchema(of, property, own, schemas) : { type: 'string', enum: [constant] };
  }
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}

interface Rule {
  readonly type: string;
  readonly name?: string | undefined;
  readonly each?: boolean;
  readonly constraints: readonly unknown[] | undefined;
}

function propertySchema(of: Class, property: string, rules: readonly Rule[], schemas: Schemas): Schema {
  const description = FIELD_DESCRIPTIONS[property];
  const within = nestedType(of, property);
  const isList = rules.some(({ name }) => name === 'isArray');
  if (within !== undefined) schemas[within.name] ??= schemaOf(within, schemas);
  const entry = within === undefined ? keywordsOf(rules.filter(({ each = false }) => each === isList)) : reference(within.name);
  if (isList)
    return {
      type: 'array',
      items: entry,
      ...keywordsOf(rules.filter(({ each = false }) => !each)),
      ...(description !== undefined && { description }),
    };
  return description === undefined || '$ref' in entry ? entry : { ...entry, description };
}

function keywordsOf(rules: readonly Rule[]): SchemaObject {
  return Object.assign({}, ...rules.map(keywordOf)) as SchemaObject;
}

function keywordOf({ name, constraints }: Rule): SchemaObject {
  const [first] = constraints ?? [];
  switch (name) {
    case 'isString':
      return { type: 'string' };
    case 'minLength':
      return { minLength: first as number };
    case 'maxLength':
      return { maxLength: first as number };
    case 'matches':
      return { pattern: (first as RegExp).source };
    case 'isIn':
      return { type: typeof (first as unknown[])[0] === 'number' ? 'integer' : 'string', enum: [...(first as (string | number)[])] };
    case 'isInt':
      return { type: 'integer' };
    case 'min':
      return { minimum: first as number };
    case 'max':
      return { maximum: first as number };
    case 'isBoolean':
      return { type: 'boolean' };
    case 'arrayMinSize':
      return { minItems: first as number };
    case 'arrayMaxSize':
      return { maxItems: first as number };
    case 'arrayUnique':
      return { uniqueItems: true };
    case 'edtfOccurrence':
    case 'edtfDue':
      return {
        type: 'string',
        maxLength: 80,
        format: 'edtf',
        examples: ['2022-01-12', '2022-01-12T15:30:00+03:00', '2022-01', '2022-01-10/2022-01-12'],
      };
    case 'instant':
      return { type: 'string', format: 'date-time' };
    case 'cameo':
      return { type: 'string', pattern: '^\\d{2,4}$' };
    case 'geoPoint':
      return {
        type: 'object',
        properties: {
          type: { type: 'string', enum: ['Point'] },
          coordinates: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 3 },
        },
        required: ['type', 'coordinates'],
        additionalProperties: false,
      };
    case 'anyObject':
      return { type: 'object', additionalProperties: true };
    default:
      return {};
  }
}
