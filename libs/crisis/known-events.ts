// The events that a track's decider knows, by id: a map that never changes, of which the next one shares almost all.
// The latest are held as objects, and packed once there are enough of them.
import { Map as ImmutableMap } from 'immutable';
import type { Known } from './known.js';
import { isPackable, PackedEvents } from './packed-events.js';

/** How many are packed at once: an eighth of all, within these. */
const RUN = { min: 16, max: 512 };
/** A key is a hash of 26 bits and, below it, a place: the number of a run and, in it, that of the event. */
const PLACES = 2 ** 27;
const NOTHING: ImmutableMap<string, Known> = ImmutableMap();

/**
 * Guarantees: what was set last for an id is what is got for it; setting leaves the map that it is called on as it was.
 * Getting takes a few binary searches, and setting copies a few of the keys.
 */
export class KnownEvents {
  constructor(
    private readonly latest = NOTHING,
    /** Older ones that cannot be packed. */
    private readonly loose = NOTHING,
    private readonly runs: readonly PackedEvents[] = [],
    /** Of what is in the runs, those of the oldest first. Each array is sorted, and larger than what follows it. */
    private readonly keys: readonly Float64Array[] = [],
    private readonly packed = 0,
  ) {}

  /** How many it holds. An id that was set again long after the first time counts twice. */
  get size(): number {
    return this.latest.size + this.loose.size + this.packed;
  }

  get(id: string): Known | undefined {
    return this.latest.get(id) ?? this.loose.get(id) ?? this.#unpacked(id);
  }

  set(id: string, known: Known): KnownEvents {
    const next = new KnownEvents(this.latest.set(id, known), this.loose, this.runs, this.keys, this.packed);
    return next.latest.size < Math.min(Math.max(RUN.min, this.packed / 8), RUN.max) ? next : next.#pack();
  }

  #pack(): KnownEvents {
    const packable: [id: string, known: Known][] = [];
    const loose = this.loose.withMutations((all) => {
      for (const [id, known] of this.latest) {
        if (isPackable(id, known)) {
          packable.push([id, known]);
          all.delete(id);
        } else all.set(id, known);
      }
    });
    if (packable.length === 0) return new KnownEvents(NOTHING, loose, this.runs, this.keys, this.packed);
    const place = this.runs.length * RUN.max;
    const keys = Float64Array.from(packable, ([id], index) => hashOf(id) * PLACES + place + index).sort();
    const runs = [...this.runs, new PackedEvents(packable)];
    return new KnownEvents(NOTHING, loose, runs, withKeys(this.keys, keys), this.packed + packable.length);
  }

  /** From where it was packed last. */
  #unpacked(id: string): Known | undefined {
    const lowest = hashOf(id) * PLACES;
    for (let array = this.keys.length - 1; array >= 0; array--) {
      const keys = this.keys[array]!;
      for (let at = countBelow(keys, lowest + PLACES) - 1; at >= 0 && keys[at]! >= lowest; at--) {
        const place = keys[at]! - lowest;
        const run = this.runs[Math.floor(place / RUN.max)]!;
        if (run.is(place % RUN.max, id)) return run.at(place % RUN.max);
      }
    }
    return undefined;
  }
}

/** FNV-1a, of which 26 bits. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return hash >>> 6;
}

function withKeys(arrays: readonly Float64Array[], latest: Float64Array): readonly Float64Array[] {
  const before = arrays.at(-1);
  if (before === undefined || before.length > 2 * latest.length) return [...arrays, latest];
  return withKeys(arrays.slice(0, -1), merged(before, latest));
}

function merged(one: Float64Array, other: Float64Array): Float64Array {
  const both = new Float64Array(one.length + other.length);
  let [first, second] = [0, 0];
  for (let at = 0; at < both.length; at++)
    both[at] = second >= other.length || one[first]! < other[second]! ? one[first++]! : other[second++]!;
  return both;
}

function countBelow(keys: Float64Array, limit: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
