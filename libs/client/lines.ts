// The lines of a body, as they come.

/** A body ended in the middle of a line: the answer was cut. */
export class CutShort extends Error {
  override readonly name = 'CutShort';
}

/**
 * Lines end with LF, CR or CRLF, as Server-Sent Events may have it; in NDJSON no other line break can stand. Not to go on ends the body.
 * @throws CutShort after the last whole line @throws whatever reading the body throws
 */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const ends = /\r\n|\n|\r/g;
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      text += done ? decoder.decode() : decoder.decode(value, { stream: true });
      let start = 0;
      for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
        // The LF that belongs to a CR may still be on its way.
        if (end[0] === '\r' && ends.lastIndex === text.length && !done) break;
        yield text.slice(start, end.index);
        start = ends.lastIndex;
      }
      text = text.slice(start);
      ends.lastIndex = 0;
      if (!done) continue;
      if (text !== '') throw new CutShort('The answer ended in the middle of a line: it was cut');
      return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
