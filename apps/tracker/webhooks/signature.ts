// Signatures after the Standard Webhooks specification (https://www.standardwebhooks.com), symmetric: HMAC-SHA256.
import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
/** Bytes of a key, as the specification has it. */
const KEY_MIN = 24;
const KEY_MAX = 64;

export function freshSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/** Whether it is `whsec_` and the base64 of 24 to 64 bytes. */
export function isSecret(text: unknown): text is string {
  if (typeof text !== 'string' || !text.startsWith(PREFIX)) return false;
  const key = keyOf(text);
  return key.length >= KEY_MIN && key.length <= KEY_MAX && PREFIX + key.toString('base64') === text;
}

/** The headers that say what is sent, when, and by whom. @param now ms */
export function signedHeaders(secret: string, id: string, now: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}
