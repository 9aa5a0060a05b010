// Answers of any length: lines as fast as their reader takes them.
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** How often it is looked whether so little is sent that nobody tells when it is, ms. */
const LOOK_MS = 5;

/**
 * Sends text in chunks of whole lines. Nothing is asked for before all that was given is with the system: till then its memory is in
 * use. A reader that is gone ends the source. What fails after the first byte cuts the connection, so that its reader sees that the
 * answer is not whole.
 */
export function sendLines(reply: FastifyReply, chunks: AsyncIterable<Buffer>): void {
  const source = chunks[Symbol.asyncIterator]();
  const next = async (lines: Readable): Promise<void> => {
    await sent(reply.raw);
    const { done, value } = await source.next();
    lines.push(done === true ? null : value);
  };
  const lines = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      next(this).catch((error: Error) => this.destroy(error));
    },
  });
  lines.once('close', () => void source.return?.());
  void reply.type('application/x-ndjson; charset=utf-8').send(lines);
}

/** Resolves when nothing waits in this process to be sent, or the response is closed. */
async function sent(response: ServerResponse): Promise<void> {
  while (response.writableLength > 0 && !response.destroyed) {
    await new Promise<void>((resolve) => {
      const tellsOfDrain = response.writableNeedDrain;
      const timeout = tellsOfDrain ? undefined : setTimeout(() => settle(), LOOK_MS);
      const settle = (): void => {
        clearTimeout(timeout);
        response.off('drain', settle).off('close', settle);
        resolve();
      };
      response.on('drain', settle).on('close', settle);
    });
  }
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
