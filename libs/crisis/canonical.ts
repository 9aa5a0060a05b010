// One text for one JSON value: what makes "the same content" a matter of comparing digests, and answers citable.
import { hash } from 'node:crypto';

/** The canonical JSON of a value (RFC 8785): members sorted by UTF-16 code units, no white space, undefined members left out. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry === undefined ? null : entry)).join(',')}]`;
  const object = value as Record<string, unknown>;
  let text = '';
  for (const name of Object.keys(object).sort()) {
    if (object[name] === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(object[name])}`;
  }
  return `{${text}}`;
}

/** More levels than any content has. What walks over content calls itself, and the stack is not endless. */
const LEVELS_MAX = 32;

export function isTooDeep(value: unknown, levels = LEVELS_MAX): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value); // `for in` takes ten times as long
  return members.some((member) => isTooDeep(member, levels - 1));
}

/** SHA-256 of the canonical JSON, base64url without padding. */
export function contentDigest(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'base64url');
}
