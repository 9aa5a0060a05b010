// Schemas of developments, and of events about them, as they are answered: the bodies' own, with what they have once they are recorded.
import { VERIFICATIONS } from '#crisis/standing.js';
import { REPORT_STANCES } from '#crisis/vocabulary/record.js';
import { DEVELOPMENTS, RECORDS } from '#crisis/vocabulary/types.js';
import { reference, type Schemas } from './body-schemas.js';
import { extended, list, MOMENT, NUMBER, oneOf, orNull, POSITION, SLUG, TEXT, TRUE, without } from './schema.js';
import type { SchemaObject } from './types.js';

export const VERIFICATION = oneOf(VERIFICATIONS);

/** @param bodies the schema of each type's body */
export function developmentSchemas(bodies: Schemas): Schemas {
  const schemas: Schemas = { ToldReport: extended(bodies['Report'] as SchemaObject, { id: SLUG, stance: oneOf(REPORT_STANCES) }) };
  for (const type of Object.keys(DEVELOPMENTS)) {
    const body = contentOf(bodies[type] as SchemaObject);
    schemas[`Recorded${type}`] = body;
    schemas[`${type}View`] = viewOf(body);
  }
  for (const type of Object.keys(RECORDS))
    schemas[`${type}Event`] = extended(without(bodies[type] as SchemaObject, ['recordedAt']), {
      id: SLUG,
      type: oneOf([type]),
      crisis: SLUG,
      track: SLUG,
      development: SLUG,
      ...(type === 'ReportWithdrawn' ? { report: SLUG } : {}),
    });
  schemas['RecordedDevelopment'] = anyOfTypes(Object.keys(DEVELOPMENTS), (type) => `Recorded${type}`);
  schemas['AnyDevelopment'] = anyOfTypes(Object.keys(DEVELOPMENTS), (type) => `${type}View`);
  schemas['DevelopmentView'] = withView();
  schemas['RecordEvent'] = anyOfTypes(Object.keys(RECORDS), (type) => `${type}Event`);
  return schemas;
}

/** As it stands in the log. */
function contentOf(body: SchemaObject): SchemaObject {
  return extended(without(body, ['recordedAt']), { id: SLUG, crisis: SLUG, track: SLUG });
}

/** As readers see it. What else it has is for {@link withView} to say. */
function viewOf(content: SchemaObject): SchemaObject {
  const { additionalProperties: _, ...open } = content;
  return extended(
    open,
    {
      reports: list(reference('ToldReport')),
      verification: VERIFICATION,
      cameo: { type: 'string', pattern: '^\\d{2,4}$', description: "Its own CAMEO code, else its type's" },
      goldstein: { ...orNull(NUMBER), description: 'Null where it does not count in scores' },
      recordedAt: { ...MOMENT, description: 'When it was first recorded' },
      position: { ...POSITION, description: 'Where in the log it was first recorded' },
    },
    {
      onBehalfOf: { ...SLUG, description: 'For whom the speaker speaks: as given, else the affiliation when it was recorded' },
      corrected: TRUE,
      retracted: TRUE,
      unsupported: { ...TRUE, description: 'No report that supports it is left' },
      dangling: { ...list(TEXT), description: 'JSON pointers of what in it refers to a development that is retracted' },
    },
  );
}

function anyOfTypes(types: readonly string[], nameOf: (type: string) => string): SchemaObject {
  return {
    oneOf: types.map((type) => reference(nameOf(type))),
    discriminator: { propertyName: 'type', mapping: Object.fromEntries(types.map((type) => [type, reference(nameOf(type)).$ref])) },
  };
}

/** A development with further fields, and no others. */
export function withView(more: Schemas = {}, optional: Schemas = {}): SchemaObject {
  return {
    type: 'object',
    allOf: [reference('AnyDevelopment')],
    properties: { ...more, ...optional },
    required: Object.keys(more),
    // Of JSON Schema 2020-12, which OpenAPI 3.1 speaks. The types of the library know OpenAPI 3.0 only.
    ...({ unevaluatedProperties: false } as object),
  };
}
