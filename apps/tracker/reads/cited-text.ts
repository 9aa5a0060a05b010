// What a permalink answers: the same bytes for ever, with a digest, for caches to keep.
import type { FastifyReply } from 'fastify';
import type { Cited } from '#projections/read-side.js';

/** The longest time that HTTP caches are told, a year (RFC 9111); `immutable`: not to be asked for again meanwhile (RFC 8246). */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Gives the answer's text its headers, and returns it. If the caller has it already, the status is 304, and HTTP keeps the text back. */
export function citedText(body: string, { digest, position }: Cited, reply: FastifyReply): string {
  const tag = `"${digest}"`;
  void reply.header('etag', tag).header('cache-control', FOR_EVER).header('parley-position', position);
  if (hasTag(reply.request.headers['if-none-match'], tag)) void reply.code(304);
  return body;
}

/** Whether `If-None-Match` names a tag, or any (RFC 9110, 13.1.2). */
export function hasTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}
