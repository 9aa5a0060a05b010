import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

describe('turns', () => {
  it('are taken by so many at once, in order, whatever becomes of those before', async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const works = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
    const taken = works.map(({ promise }, index) =>
      turns.take(() => {
        begun.push(index);
        return promise;
      }),
    );
    expect(begun).toEqual([0, 1]);
    works[1]!.reject(new Error('It failed'));
    await expect(taken[1]).rejects.toThrow('It failed');
    expect(begun).toEqual([0, 1, 2]);
    works[0]!.resolve(7);
    expect(await taken[0]).toBe(7);
    works[2]!.resolve(8);
    await taken[2];
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    works[3]!.resolve(9);
    works[4]!.resolve(9);
    expect(await Promise.all([taken[3], taken[4]])).toEqual([9, 9]);
    expect(await turns.take(async () => 10)).toBe(10);
  });
});
