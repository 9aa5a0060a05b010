// Whether what a service sends is what its documents say: a validator for the schemas of a served document.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { InvalidTime, parseDue, parseOccurrence } from '#crisis/time.js';

export class Described {
  readonly #ajv = new Ajv2020({ strict: false, formats: { edtf: isEdtf } });
  /** By the text of their schemas. */
  readonly #validators = new Map<string, ValidateFunction>();

  /** @param document an OpenAPI or AsyncAPI document */
  constructor(document: { readonly components: object }) {
    formats.default(this.#ajv, ['date-time', 'date', 'uri', 'uuid', 'uri-reference']);
    this.#ajv.addSchema({ components: document.components }, 'document');
  }

  /** What is wrong with a value, with the place of each fault; nothing if it is as its schema says. */
  faultsOf(schema: object, value: unknown): string[] {
    const validate = this.#validator(JSON.stringify(schema));
    return validate(value)
      ? []
      : validate.errors!.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  }

  #validator(schema: string): ValidateFunction {
    let validate = this.#validators.get(schema);
    if (validate === undefined) {
      validate = this.#ajv.compile(JSON.parse(schema.replaceAll('"$ref":"#/', '"$ref":"document#/')) as object);
      this.#validators.set(schema, validate);
    }
    return validate;
  }
}

function isEdtf(text: string): boolean {
  return [parseOccurrence, parseDue].some((parse) => {
    try {
      parse(text);
      return true;
    } catch (error) {
      if (error instanceof InvalidTime) return false;
      throw error;
    }
  });
}
