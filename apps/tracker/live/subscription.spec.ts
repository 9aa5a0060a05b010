// Which messages a live connection asked for.
import { describe, expect, it } from '@jest/globals';
import type { Subject } from '#projections/live-filter.js';
import type { LiveFilter, LiveProjection } from '#projections/read-side.js';
import { keyedFilter, takesIn, type Addressed } from './subscription.js';

const TIMELINE: readonly LiveProjection[] = ['timeline'];

function isTold(about: readonly Subject[], filter: LiveFilter, projections: readonly LiveProjection[] | null = TIMELINE): boolean {
  return takesIn({ crisis: null, projections: TIMELINE, filter: keyedFilter(filter, TIMELINE) }, { projections, about });
}

describe('a subscription', () => {
  it('takes in what is for everyone, and of the rest what it asked for', () => {
    expect(isTold([{}], {}, null)).toBe(true);
    expect(isTold([{}], {}, ['tracks', 'timeline'])).toBe(true);
    expect(isTold([{}], {}, ['tracks'])).toBe(false);
  });

  it('takes in what matches every field of its filter that applies', () => {
    const about = [{ track: ['talks'], actor: ['russia', 'nato'] }];
    expect(isTold(about, { track: ['talks', 'council'] })).toBe(true);
    expect(isTold(about, { track: ['talks'], actor: ['united-states'] })).toBe(false);
    expect(isTold(about, { actor: ['nato'], source: ['tass'] })).toBe(true);
    expect(isTold([{ ...about[0], source: [] }], { actor: ['nato'], source: ['tass'] })).toBe(false);
  });

  it('takes in what is about several things if one of them matches in every field', () => {
    const about = [
      { track: ['talks'], actor: ['russia'] },
      { track: ['council'], actor: ['nato'] },
    ];
    expect(isTold(about, { track: ['council'], actor: ['nato'] })).toBe(true);
    expect(isTold(about, { track: ['talks'], actor: ['nato'] })).toBe(false);
  });

  it('takes in what is about several models if something in one that it asked for matches', () => {
    const about: Subject[] = [
      { track: ['talks'], projections: ['tracks', 'commitments'] },
      { track: ['council'], projections: ['timeline'] },
      { projections: ['tension'] },
    ];
    const all = ['tracks', 'commitments', 'timeline', 'tension'] as const;
    expect(isTold(about, { track: ['council'] }, all)).toBe(true);
    expect(isTold(about, { track: ['talks'] }, all)).toBe(false);
    expect(isTold(about, {}, all)).toBe(true);
  });

  it('holds a message once against all filters that are alike', () => {
    let looked = 0;
    const subject = Object.defineProperty({}, 'track', { get: () => (looked++, ['talks']) }) as Subject;
    const message: Addressed = { projections: null, about: [subject] };
    for (const track of [['a', 'talks'], ['talks', 'a'], ['a']])
      expect(takesIn({ crisis: 'c', projections: [], filter: keyedFilter({ track }, []) }, message)).toBe(track.includes('talks'));
    expect(looked).toBe(2);
  });

  it('has no filter where nothing is given', () => {
    expect(keyedFilter({ track: undefined }, [])).toBeUndefined();
  });
});
