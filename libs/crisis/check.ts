// Checks a plain JSON value against a class of the vocabulary and names each fault by its JSON pointer (RFC 6901).
//
// The rules are class-validator's, read once for each class from its metadata. Its own `validate` is not called: it wants
// instances, and takes 50 us for a body where this takes a tenth of that, which an import of a hundred thousand lines feels.
import { getMetadataStorage, ValidationTypes, type ValidationArguments, type ValidatorConstraintInterface } from 'class-validator';
import { nestedType } from './fields.js';

export interface Fault {
  /** JSON pointer into the body, such as `/reports/0/source`; the empty text is the body itself. */
  readonly pointer: string;
  readonly detail: string;
}

export type Class<T extends object = object> = abstract new () => T;

/** Every fault of a value, in the order of the class's properties; none if it is a T. Never throws, changes nothing. */
export function faultsOf(type: Class, value: unknown, pointer = ''): Fault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ pointer, detail: 'must be an object' }];
  const faults: Fault[] = [];
  collect(planOf(type), value as Record<string, unknown>, pointer, faults);
  return faults;
}

/** One part of a JSON pointer. */
export function pointerPart(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The names of all properties that a class declares. */
export function propertiesOf(type: Class): readonly string[] {
  return [...planOf(type).keys()];
}

interface Rule {
  readonly constraint: ValidatorConstraintInterface;
  readonly constraints: unknown[];
  readonly message: string | undefined;
}

interface PropertyPlan {
  /** Its part of a JSON pointer. */
  readonly pointer: string;
  readonly optional: boolean;
  readonly rules: readonly Rule[];
  /** Of each entry of a list. */
  readonly entryRules: readonly Rule[];
  readonly nested: Class | undefined;
  readonly nestedEach: boolean;
}

type ValidationMetadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Plan = ReadonlyMap<string, PropertyPlan>;

const plans = new WeakMap<Class, Plan>();

function planOf(type: Class): Plan {
  const known = plans.get(type);
  if (known !== undefined) return known;
  const storage = getMetadataStorage();
  const metadata = storage.getTargetValidationMetadatas(type, '', true, false);
  const plan = new Map<string, PropertyPlan>();
  // The most derived class lists its own properties first; a body reads better with the envelope first.
  for (const property of new Set(metadata.map((entry) => entry.propertyName))) {
    const own = metadata.filter((entry) => entry.propertyName === property);
    plan.set(property, {
      pointer: pointerPart(property),
      optional: own.some((entry) => entry.type === ValidationTypes.CONDITIONAL_VALIDATION),
      nested: nestedType(type, property),
      nestedEach: own.some((entry) => entry.type === ValidationTypes.NESTED_VALIDATION && entry.each),
      rules: rulesIn(own.filter((entry) => !entry.each)),
      entryRules: rulesIn(own.filter((entry) => entry.each)),
    });
  }
  plans.set(type, plan);
  return plan;
}

function rulesIn(metadata: readonly ValidationMetadata[]): Rule[] {
  return metadata
    .filter((entry) => entry.type === ValidationTypes.CUSTOM_VALIDATION)
    .flatMap((entry) =>
      getMetadataStorage()
        .getTargetValidatorConstraints(entry.constraintCls)
        .map(({ instance }) => ({
          constraint: instance,
          constraints: (entry.constraints as unknown[] | undefined) ?? [],
          message: typeof entry.message === 'string' ? entry.message : undefined,
        })),
    );
}

function collect(plan: Plan, value: Record<string, unknown>, pointer: string, faults: Fault[]): void {
  for (const [property, { pointer: part, optional, rules, entryRules, nested, nestedEach }] of plan) {
    const member = Object.hasOwn(value, property) ? value[property] : undefined;
    if (member === undefined) {
      if (!optional) faults.push({ pointer: pointer + part, detail: 'is missing' });
      continue;
    }
    if (member === null) {
      faults.push({ pointer: pointer + part, detail: optional ? 'must not be null; leave it out' : 'must not be null' });
      continue;
    }
    const before = faults.length;
    const at = pointer + part;
    applyFirstBroken(rules, member, at, property, faults);
    if (faults.length > before) continue; // what is no list has no entries
    if (entryRules.length > 0) {
      (member as unknown[]).forEach((entry, index) => applyFirstBroken(entryRules, entry, `${at}/${index}`, property, faults));
    }
    if (nested === undefined) continue;
    if (nestedEach) {
      (member as unknown[]).forEach((entry, index) => collectNested(nested, entry, `${at}/${index}`, faults));
    } else {
      collectNested(nested, member, at, faults);
    }
  }
  for (const property of Object.keys(value)) {
    if (!plan.has(property))
      faults.push({
        pointer: pointer + pointerPart(property),
        detail: `is not a field here; the fields are ${[...plan.keys()].join(', ')}`,
      });
  }
}

function collectNested(type: Class, value: unknown, pointer: string, faults: Fault[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) faults.push({ pointer, detail: 'must be an object' });
  else collect(planOf(type), value as Record<string, unknown>, pointer, faults);
}

/** One fault of a value is enough: what is no text is no slug either. */
function applyFirstBroken(rules: readonly Rule[], value: unknown, pointer: string, property: string, faults: Fault[]): void {
  for (const rule of rules) {
    const args = { value, constraints: rule.constraints, targetName: '', object: {}, property } satisfies ValidationArguments;
    if (rule.constraint.validate(value, args) === true) continue;
    faults.push({ pointer, detail: message(rule, value, args) });
    return;
  }
}

function message(rule: Rule, value: unknown, args: ValidationArguments): string {
  const text = rule.message ?? rule.constraint.defaultMessage?.({ ...args, value }) ?? 'is not valid';
  return text.replaceAll('$value', () => String(value).slice(0, 100));
}
