// JSON as it comes from outside: bytes that may be anything.
import { isUtf8 } from 'node:buffer';

/** Most bytes of a body, and of a line of an import. */
export const MAX_JSON_BYTES = 64 * 1024;
/** Deeper than any body of the vocabulary, and far from the stack's end for whoever walks over it. */
const MAX_DEPTH = 32;

export class MalformedJson extends Error {
  override readonly name = 'MalformedJson';
}

/** Reads UTF-8 bytes as one JSON value. @throws MalformedJson that says what is wrong, and where */
export function parseJsonText(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new MalformedJson('it is not UTF-8 text');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    throw new MalformedJson((error as Error).message.replace(' in JSON', ''), { cause: error });
  }
  if (isDeeperThan(value, MAX_DEPTH)) throw new MalformedJson(`it is nested more than ${MAX_DEPTH} levels deep`);
  return value;
}

/** A JSON value as an object, or undefined if it is anything else. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && isDeeperThan(member, levels - 1)) return true;
  }
  return false;
}
