// What the calling thread and the writer's thread send each other. Groups travel as flat arrays: cloning a hundred small
// objects takes as long as writing their events does.
import { FIELDS_OF_AN_EVENT } from './log-writer.js';
import type { AppendOutcome, AppendRequest } from './log-writer.js';

export interface WriterData {
  readonly folder: string;
}

export type ToWriter = { readonly kind: 'append'; readonly appends: PackedAppends } | { readonly kind: 'close' };

export type FromWriter =
  | { readonly kind: 'ready'; readonly id: string }
  | { readonly kind: 'refused'; readonly name: string; readonly message: string }
  /** In the order of the appends. */
  | { readonly kind: 'outcomes'; readonly outcomes: PackedOutcomes };

export interface PackedAppends {
  readonly streams: readonly string[];
  readonly expected: readonly number[];
  /** How many of `fields` each append has. */
  readonly lengths: readonly number[];
  readonly fields: readonly string[];
}

export interface PackedOutcomes {
  /** Revision and first position of each append; the position is 0 where the outcome is the next one of `others`. */
  readonly numbers: readonly number[];
  readonly others: readonly AppendOutcome[];
}

export function packAppends(appends: Iterable<AppendRequest>): PackedAppends {
  const streams: string[] = [];
  const expected: number[] = [];
  const lengths: number[] = [];
  const fields: string[] = [];
  for (const append of appends) {
    streams.push(append.stream);
    expected.push(append.expected);
    lengths.push(append.fields.length);
    for (const field of append.fields) fields.push(field);
  }
  return { streams, expected, lengths, fields };
}

export function unpackAppends({ streams, expected, lengths, fields }: PackedAppends): AppendRequest[] {
  let at = 0;
  return streams.map((stream, n) => ({ stream, expected: expected[n]!, fields: fields.slice(at, (at += lengths[n]!)) }));
}

export function packOutcomes(outcomes: readonly AppendOutcome[]): PackedOutcomes {
  const numbers: number[] = [];
  const others: AppendOutcome[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === 'appended' && hasNoGap(outcome.positions)) {
      numbers.push(outcome.revision, outcome.positions[0]!);
    } else {
      numbers.push(0, 0);
      others.push(outcome);
    }
  }
  return { numbers, others };
}

/** @param appends those that the outcomes are of, in their order */
export function unpackOutcomes({ numbers, others }: PackedOutcomes, appends: readonly AppendRequest[]): AppendOutcome[] {
  let other = 0;
  return appends.map(({ fields }, n) => {
    const first = numbers[2 * n + 1]!;
    if (first === 0) return others[other++]!;
    const positions: number[] = [];
    for (let k = 0; k < fields.length / FIELDS_OF_AN_EVENT; k++) positions.push(first + k);
    return { kind: 'appended', revision: numbers[2 * n]!, positions };
  });
}

// Only a repeat of what was once several appends has gaps.
function hasNoGap(positions: readonly number[]): boolean {
  const span = positions.at(-1)! - positions[0]!;
  return span === positions.length - 1;
}
