// What is known of some events in a few arrays: 33 bytes for each and its id and digest, where objects take 450.
import { NO_RECORDS, type Known } from './known.js';
import { DEVELOPMENT_TYPES, RECORDS, type EventType, type RecordType } from './vocabulary/types.js';

const TYPES: readonly EventType[] = [...DEVELOPMENT_TYPES, ...(Object.keys(RECORDS) as RecordType[])];
const ASCII = /^[\0-\x7f]*$/;
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);
/** Of each event. */
const NUMBERS = 3;
const TEXTS = 2;

/** Whether nothing is lost by packing: it is written, no record event names it, and it is no promise about a proposal. */
export function isPackable(id: string, { type, digest, position, revision, retracted, records, proposal }: Known): boolean {
  if (retracted || records.length > 0 || proposal !== undefined || position > LARGEST || revision > LARGEST) return false;
  return TYPES.includes(type) && ASCII.test(id) && ASCII.test(digest);
}

export class PackedEvents {
  /** Revision, position and record time in turn. */
  readonly #numbers: Float64Array;
  /** Id and digest in turn. */
  readonly #texts: Buffer;
  readonly #ends: Uint32Array;
  readonly #types: Uint8Array;

  /** @param events packable ones */
  constructor(events: readonly (readonly [id: string, known: Known])[]) {
    this.#numbers = new Float64Array(events.length * NUMBERS);
    this.#ends = new Uint32Array(events.length * TEXTS);
    this.#types = Uint8Array.from(events, ([, { type }]) => TYPES.indexOf(type));
    let texts = '';
    events.forEach(([id, { digest, position, revision, recordedAt }], index) => {
      this.#numbers[index * NUMBERS] = Number(revision);
      this.#numbers[index * NUMBERS + 1] = Number(position);
      this.#numbers[index * NUMBERS + 2] = recordedAt;
      this.#ends[index * TEXTS] = texts.length + id.length;
      texts += id + digest;
      this.#ends[index * TEXTS + 1] = texts.length;
    });
    this.#texts = Buffer.from(texts, 'latin1');
  }

  /** Whether the event at an index has this id. */
  is(index: number, id: string): boolean {
    const start = index === 0 ? 0 : this.#ends[index * TEXTS - 1]!;
    if (this.#ends[index * TEXTS]! - start !== id.length) return false;
    for (let at = 0; at < id.length; at++) if (this.#texts[start + at] !== id.charCodeAt(at)) return false;
    return true;
  }

  at(index: number): Known {
    return {
      type: TYPES[this.#types[index]!]!,
      digest: this.#texts.toString('latin1', this.#ends[index * TEXTS], this.#ends[index * TEXTS + 1]),
      revision: BigInt(this.#numbers[index * NUMBERS]!),
      position: BigInt(this.#numbers[index * NUMBERS + 1]!),
      recordedAt: this.#numbers[index * NUMBERS + 2]!,
      retracted: false,
      records: NO_RECORDS,
      proposal: undefined,
    };
  }
}
