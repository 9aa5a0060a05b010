import { describe, expect, it } from '@jest/globals';
import { invalidBody } from './refusal.js';

describe('the refusal of a body', () => {
  it('tells the first fault in its sentence and says how many more there are', () => {
    const faults = [
      { pointer: '/summary', detail: 'is missing' },
      { pointer: '/to', detail: 'must be a list' },
    ];
    expect(invalidBody(faults)).toEqual({ kind: 'invalid', code: 'invalid-body', detail: '/summary is missing (and 1 more)', faults });
    expect(invalidBody([{ pointer: '', detail: 'must be an object' }]).detail).toBe('The body must be an object');
  });
});
