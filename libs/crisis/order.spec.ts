import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareOrder, type Order } from './order.js';

const at = (earliest: number, latest: number, sequence = 0, position = 0n): Order => ({ earliest, latest, sequence, position });
const order = fc.record({ earliest: fc.nat(2), latest: fc.nat(2), sequence: fc.integer({ min: -1, max: 1 }), position: fc.bigInt(0n, 2n) });

describe('the order of occurrence', () => {
  it('is by earliest, then latest, then sequence, then position', () => {
    const sorted = [at(1, 9, 9, 9n), at(2, 3, 9, 9n), at(2, 4, -1, 9n), at(2, 4, 0, 1n), at(2, 4, 0, 2n ** 63n), at(2, 4, 1, 0n)];
    expect(sorted.toReversed().sort(compareOrder)).toEqual(sorted);
  });

  it('is total: one comes first unless both stand at the same place', () => {
    fc.assert(
      fc.property(order, order, order, (a, b, c) => {
        expect(Math.sign(compareOrder(a, b))).toBe(-Math.sign(compareOrder(b, a)) || 0);
        if (compareOrder(a, b) <= 0 && compareOrder(b, c) <= 0) expect(compareOrder(a, c)).toBeLessThanOrEqual(0);
        if (compareOrder(a, b) === 0) expect(a).toEqual(b);
      }),
    );
  });
});
