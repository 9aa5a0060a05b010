// What is known of some events, in one run of bytes: 33 for each and its id and digest, where objects take 600.
import { PENDING_POSITION } from './draft.js';
import { NO_RECORDS, type Known } from './known.js';
import { DEVELOPMENT_TYPES, RECORDS, type EventType, type RecordType } from './vocabulary/types.js';

const TYPES: readonly EventType[] = [...DEVELOPMENT_TYPES, ...(Object.keys(RECORDS) as RecordType[])];
const ASCII = /^[\0-\x7f]*$/;

/** Where each field of an event begins. The texts, id and digest in turn, follow one another after the last event. */
const REVISION = 0;
const POSITION = 8;
const RECORDED_AT = 16;
const DIGEST = 24;
const END = 28;
const TYPE = 32;
const BYTES = 33;

/** Whether nothing is lost by packing: it is written, no record event names it, and it is no promise about a proposal. */
export function isPackable(id: string, { type, digest, position, retracted, records, proposal }: Known): boolean {
  if (retracted || records.length > 0 || proposal !== undefined || position >= PENDING_POSITION) return false;
  return TYPES.includes(type) && ASCII.test(id) && ASCII.test(digest);
}

export class PackedEvents {
  readonly #count: number;
  readonly #bytes: Buffer;

  /** @param events packable ones */
  constructor(events: readonly (readonly [id: string, known: Known])[]) {
    let end = events.length * BYTES;
    this.#count = events.length;
    this.#bytes = Buffer.allocUnsafeSlow(events.reduce((sum, [id, { digest }]) => sum + id.length + digest.length, end));
    events.forEach(([id, { type, digest, position, revision, recordedAt }], index) => {
      const at = index * BYTES;
      this.#bytes.writeBigInt64LE(revision, at + REVISION);
      this.#bytes.writeBigUInt64LE(position, at + POSITION);
      this.#bytes.writeDoubleLE(recordedAt, at + RECORDED_AT);
      end += this.#bytes.write(id, end, 'latin1');
      this.#bytes.writeUInt32LE(end, at + DIGEST);
      end += this.#bytes.write(digest, end, 'latin1');
      this.#bytes.writeUInt32LE(end, at + END);
      this.#bytes.writeUInt8(TYPES.indexOf(type), at + TYPE);
    });
  }

  /** Whether the event at an index has this id. */
  is(index: number, id: string): boolean {
    const start = this.#start(index);
    if (this.#digestStart(index) - start !== id.length) return false;
    for (let at = 0; at < id.length; at++) if (this.#bytes[start + at] !== id.charCodeAt(at)) return false;
    return true;
  }

  at(index: number): Known {
    const at = index * BYTES;
    return {
      type: TYPES[this.#bytes.readUInt8(at + TYPE)]!,
      digest: this.#bytes.toString('latin1', this.#digestStart(index), this.#bytes.readUInt32LE(at + END)),
      revision: this.#bytes.readBigInt64LE(at + REVISION),
      position: this.#bytes.readBigUInt64LE(at + POSITION),
      recordedAt: this.#bytes.readDoubleLE(at + RECORDED_AT),
      retracted: false,
      records: NO_RECORDS,
      proposal: undefined,
    };
  }

  #start(index: number): number {
    return index === 0 ? this.#count * BYTES : this.#bytes.readUInt32LE((index - 1) * BYTES + END);
  }

  #digestStart(index: number): number {
    return this.#bytes.readUInt32LE(index * BYTES + DIGEST);
  }
}
