// The appends of the crash tests: each follows from its writer and its number.
import { createHash } from 'node:crypto';
import type { ExpectedRevision, NewEvent } from '#event-store/port.js';

export interface WriterAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

export function appendOf(writer: number, batch: number): WriterAppend {
  let before = 0;
  for (let n = 0; n < batch; n++) before += eventsIn(writer, n);
  return {
    stream: `writer-${writer}`,
    expected: before === 0 ? 'no-stream' : (BigInt(before - 1) as ExpectedRevision),
    events: Array.from({ length: eventsIn(writer, batch) }, (_, n) => ({
      id: uuid(`${writer}/${batch}/${n}`),
      type: 'MeetingHeld',
      data: JSON.stringify({ writer, batch, n, summary: 'x'.repeat((writer * 97 + batch * 31) % 2_000) }),
      metadata: '{}',
    })),
  };
}

function eventsIn(writer: number, batch: number): number {
  return 1 + ((writer * 7 + batch * 3) % 5);
}

function uuid(name: string): string {
  return createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
