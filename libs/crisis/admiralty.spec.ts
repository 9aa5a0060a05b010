import { describe, expect, it } from '@jest/globals';
import { isAtLeast, RELIABILITIES } from './admiralty.js';

describe('a source', () => {
  it('is at least as reliable as its own grade and those below', () => {
    expect(RELIABILITIES.filter((grade) => isAtLeast(grade, 'C'))).toEqual(['A', 'B', 'C']);
    expect(RELIABILITIES.filter((grade) => isAtLeast(grade, 'A'))).toEqual(['A']);
  });

  it('that cannot be judged is never reliable enough, which does not make it the worst', () => {
    expect(RELIABILITIES.filter((grade) => isAtLeast(grade, 'E'))).toEqual(['A', 'B', 'C', 'D', 'E']);
  });
});
