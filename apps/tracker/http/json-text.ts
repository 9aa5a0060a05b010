// JSON as it comes from outside: bytes that may be anything.
import { isUtf8 } from 'node:buffer';

/** Most bytes of a body, and of a line of an import. */
export const MAX_JSON_BYTES = 64 * 1024;

export class MalformedJson extends Error {
  override readonly name = 'MalformedJson';
}

/** Reads UTF-8 bytes as one JSON value. @throws MalformedJson that says what is wrong, and where */
export function parseJsonText(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new MalformedJson('it is not UTF-8 text');
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    throw new MalformedJson((error as Error).message.replace(' in JSON', ''), { cause: error });
  }
}

/** A JSON value as an object, or undefined if it is anything else. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
