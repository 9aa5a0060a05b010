// Cuts a stream of bytes into its lines. What is kept between two chunks is at most one line of the longest length.

export interface Line {
  /** From 1; blank lines count. */
  readonly number: number;
  /** Without its end; undefined if it is too long. */
  readonly bytes: Buffer | undefined;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

export class LineSplitter {
  #number = 1;
  /** The beginning of a line whose end has not come yet. */
  #parts: Buffer[] = [];
  #length = 0;

  /** @param longest most bytes of a line, without its end */
  constructor(private readonly longest: number) {}

  /** The lines that end in a chunk. Blank ones are left out. */
  *push(chunk: Buffer): Generator<Line> {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      const line = this.#finish(chunk.subarray(start, end));
      start = end + 1;
      if (line !== undefined) yield line;
    }
    this.#keep(chunk.subarray(start));
  }

  /** The last line, if it has no end. */
  *end(): Generator<Line> {
    const line = this.#finish(Buffer.alloc(0));
    if (line !== undefined) yield line;
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    // One byte more: it may be the CR of the line's end. Of a line that is too long, only its length is of interest.
    if (this.#length > this.longest + 1) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #finish(part: Buffer): Line | undefined {
    const number = this.#number++;
    this.#keep(part);
    const bytes =
      this.#length > this.longest + 1 ? undefined : withoutCr(this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts));
    this.#parts = [];
    this.#length = 0;
    if (bytes === undefined || bytes.length > this.longest) return { number, bytes: undefined };
    return isBlank(bytes) ? undefined : { number, bytes };
  }
}

function withoutCr(bytes: Buffer): Buffer {
  return bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
}

function isBlank(bytes: Buffer): boolean {
  // A line of text begins with a brace: this is over at the first byte.
  return bytes.every((byte) => byte <= SPACE);
}
