// The kinds of field that the vocabulary is made of, as class-validator decorators. One definition serves the
// HTTP bodies, the import lines, corrections and the OpenAPI document.
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { isCameoCode } from './cameo.js';
import { isTooDeep } from './canonical.js';
import { SLUG, SLUG_MAX_LENGTH } from './identifiers.js';
import { InvalidTime, parseDue, parseInstant, parseOccurrence } from './time.js';

type Class = abstract new () => object;

/** Most entries of any list in a body. */
export const LIST_MAX = 200;

const slugMessage = '"$value" is no slug: lower-case letters, digits and single hyphens, at most 64 characters';

export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

export function Slug(): PropertyDecorator {
  return both(
    IsString({ message: 'must be text' }),
    MaxLength(SLUG_MAX_LENGTH, { message: slugMessage }),
    Matches(SLUG, { message: slugMessage }),
  );
}

/** A list of distinct slugs. @param min fewest entries */
export function Slugs(min = 0): PropertyDecorator {
  return both(
    ...list(min),
    IsString({ each: true, message: 'must be text' }),
    MaxLength(SLUG_MAX_LENGTH, { each: true, message: slugMessage }),
    Matches(SLUG, { each: true, message: slugMessage }),
    ArrayUnique({ message: 'names the same one twice' }),
  );
}

/** Both parts are slugs, each with its own length. */
const reference = /^(?:(?=[^/]{1,64}\/)[a-z0-9]+(?:-[a-z0-9]+)*\/)?(?=[^/]{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** A development of this track, or `track/id`. */
export function Reference(): PropertyDecorator {
  const message = '"$value" is no reference to a development: its id, or track/id';
  return both(IsString({ message: 'must be text' }), Matches(reference, { message }));
}

/** Text that says something. @param max characters */
export function Text(max: number): PropertyDecorator {
  return both(
    IsString({ message: 'must be text' }),
    MinLength(1, { message: 'must not be empty' }),
    MaxLength(max, { message: `must be at most ${max} characters` }),
    Matches(/\S/, { message: 'must not be blank' }),
  );
}

export function Texts(maxEntries: number, max: number): PropertyDecorator {
  return both(
    IsArray({ message: 'must be a list' }),
    ArrayMaxSize(maxEntries, { message: `must have at most ${maxEntries} entries` }),
    IsString({ each: true, message: 'must be text' }),
    MinLength(1, { each: true, message: 'must not be empty' }),
    MaxLength(max, { each: true, message: `must be at most ${max} characters` }),
  );
}

export function WebAddress(): PropertyDecorator {
  const message = '"$value" is no web address: it starts with http:// or https://';
  return both(
    IsString({ message: 'must be text' }),
    MaxLength(2048, { message: 'must be at most 2048 characters' }),
    Matches(/^https?:\/\/[^\s/?#]+\S*$/i, { message }),
  );
}

/** BCP 47, such as `en` or `ru-RU`. */
export function Language(): PropertyDecorator {
  return both(
    IsString({ message: 'must be text' }),
    Matches(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, { message: '"$value" is no BCP 47 language tag, such as en or ru-RU' }),
    MaxLength(35, { message: 'must be at most 35 characters' }),
  );
}

export function OneOf(values: readonly (string | number)[]): PropertyDecorator {
  return IsIn(values, { message: `must be one of ${values.join(', ')}` });
}

export function Whole(min: number, max: number): PropertyDecorator {
  const message = `must be a whole number from ${min} to ${max}`;
  return both(IsInt({ message }), Min(min, { message }), Max(max, { message }));
}

/** An EDTF occurrence, see {@link parseOccurrence}. */
export function Occurrence(): PropertyDecorator {
  return timeField('edtfOccurrence', parseOccurrence);
}

/** An EDTF date whose end may be open, see {@link parseDue}. */
export function Due(): PropertyDecorator {
  return timeField('edtfDue', parseDue);
}

/** A date-time with its zone. */
export function Instant(): PropertyDecorator {
  return timeField('instant', parseInstant);
}

export function Cameo(): PropertyDecorator {
  const message = '"$value" is no CAMEO event code, such as "040"';
  return both(
    IsString({ message: 'must be text, such as "040"' }),
    ValidateBy({ name: 'cameo', validator: { validate: isCameoCode, defaultMessage: () => message } }),
  );
}

/** A GeoJSON Point (RFC 7946): longitude, latitude, and maybe altitude. */
export function GeoPoint(): PropertyDecorator {
  return ValidateBy({
    name: 'geoPoint',
    validator: {
      validate: isGeoPoint,
      defaultMessage: () => 'must be a GeoJSON point: {"type": "Point", "coordinates": [longitude, latitude]}',
    },
  });
}

const nested = new Map<object, Map<string, () => Class>>();

/** An object of another class, or with `each` a list of them. */
export function Nested(type: () => Class, options: { each?: true; min?: number } = {}): PropertyDecorator {
  const remember: PropertyDecorator = (target, property) => {
    const types = nested.get(target) ?? new Map<string, () => Class>();
    nested.set(target, types.set(String(property), type));
  };
  return options.each ? both(remember, ...list(options.min ?? 0), ValidateNested({ each: true })) : both(remember, ValidateNested());
}

/** The class that {@link Nested} named for a property. */
export function nestedType(owner: Class, property: string): Class | undefined {
  for (let prototype: object | null = owner.prototype; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const type = nested.get(prototype)?.get(property);
    if (type !== undefined) return type();
  }
  return undefined;
}

/** An object whose members are checked elsewhere. */
export function AnyObject(): PropertyDecorator {
  return both(
    ValidateBy({ name: 'anyObject', validator: { validate: isObject, defaultMessage: () => 'must be an object' } }),
    ValidateBy({ name: 'shallow', validator: { validate: (value) => !isTooDeep(value), defaultMessage: () => 'is nested too deeply' } }),
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(min: number): PropertyDecorator[] {
  const most = ArrayMaxSize(LIST_MAX, { message: `must have at most ${LIST_MAX} entries` });
  const isList = IsArray({ message: 'must be a list' });
  return min > 0
    ? [isList, ArrayMinSize(min, { message: `must have at least ${min} ${min === 1 ? 'entry' : 'entries'}` }), most]
    : [isList, most];
}

function timeField(name: string, read: (text: string) => unknown): PropertyDecorator {
  const fault = (value: unknown): string | undefined => {
    if (typeof value !== 'string') return 'must be text';
    if (value.length > 80) return 'must be at most 80 characters';
    try {
      read(value);
      return undefined;
    } catch (error) {
      if (error instanceof InvalidTime) return error.message;
      throw error;
    }
  };
  return ValidateBy({
    name,
    validator: { validate: (value) => fault(value) === undefined, defaultMessage: (args) => fault(args?.value) ?? '' },
  });
}

function isGeoPoint(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, coordinates, ...rest } = value as { type?: unknown; coordinates?: unknown };
  if (type !== 'Point' || !Array.isArray(coordinates) || Object.keys(rest).length > 0) return false;
  const [longitude, latitude] = coordinates;
  return (
    (coordinates.length === 2 || coordinates.length === 3) &&
    coordinates.every((number) => typeof number === 'number' && Number.isFinite(number)) &&
    Math.abs(longitude) <= 180 &&
    Math.abs(latitude) <= 90
  );
}

function both(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}
