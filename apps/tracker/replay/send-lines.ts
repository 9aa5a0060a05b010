// Answers of any length: lines as fast as their reader takes them.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/**
 * Sends text in chunks of whole lines. Nothing is asked for before there is room for it; a reader that is gone ends the
 * source. What fails after the first byte cuts the connection, so that its reader sees that the answer is not whole.
 */
export function sendLines(reply: FastifyReply, chunks: AsyncIterable<Buffer>): void {
  void reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(chunks));
}

/** The same chunks, once there is a first one: until then an error can still be answered. @throws whatever keeps the first one from coming */
export async function begun(chunks: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const source = chunks[Symbol.asyncIterator]();
  const first = await source.next();
  let isFirst = true;
  const next = async (): Promise<IteratorResult<Buffer>> => {
    if (!isFirst) return source.next();
    isFirst = false;
    return first;
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: async () => (await source.return?.()) ?? { done: true, value: undefined } }) };
}
