import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventId, freshId, idFromIdempotencyKey, isSlug, parseReference, registerEventId } from './identifiers.js';

describe('a slug', () => {
  it.each(['a', '7', 'us-russia', 'a'.repeat(64), '0190a-b-c', freshId(0)])('may be %s', (text) => {
    expect(isSlug(text)).toBe(true);
  });

  it.each(['', '-a', 'a-', 'a--b', 'A', 'a_b', 'a.b', 'a/b', 'é', 'a\n', ' a', 'a'.repeat(65), 7, null, undefined, {}, ['a']])(
    'is not %j',
    (value) => {
      expect(isSlug(value)).toBe(false);
    },
  );
});

describe('a reference', () => {
  it('names a development of its own track, or of another', () => {
    expect(parseReference('meeting', 'osce')).toEqual({ track: 'osce', id: 'meeting' });
    expect(parseReference('us-russia/meeting', 'osce')).toEqual({ track: 'us-russia', id: 'meeting' });
  });

  it.each(['', '/', 'a/', '/a', 'a/b/c', 'A/b', `${'a'.repeat(65)}/b`, 'a'.repeat(65), 7, null, undefined])('is not %j', (value) => {
    expect(parseReference(value, 'osce')).toBeUndefined();
  });
});

describe('ids', () => {
  it('of events are version 5, and of (crisis, track, id) alone', () => {
    expect(eventId('c', 't', 'd')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(eventId('c', 't', 'd')).toBe(eventId('c', 't', 'd'));
  });

  it('do not change from release to release: the log is full of them', () => {
    expect(eventId('nato-russia-2022', 'us-russia', 'geneva-talks')).toBe('c1b25479-46cb-5095-bc40-ac5f7b5765fa');
    expect(registerEventId('nato-russia-2022', 'actor', 'russia', 1)).toBe('98e3f771-7638-5ce4-9ba4-52ff8e27afb1');
    expect(idFromIdempotencyKey('nato-russia-2022', 'us-russia', 'key')).toBe('0a4839c5-4cd5-57ed-a55a-febb57538c4f');
  });

  it('differ wherever crisis, track or id differ', () => {
    const slug = fc.stringMatching(/^[a-z0-9]{1,3}(-[a-z0-9]{1,2})?$/);
    const name = fc.tuple(slug, slug, slug);
    fc.assert(fc.property(name, name, (a, b) => expect(eventId(...a) === eventId(...b)).toBe(a.join(' ') === b.join(' '))));
  });

  it('of registers, of developments and from keys never meet', () => {
    expect(
      new Set([
        eventId('c', 't', 'd'),
        idFromIdempotencyKey('c', 't', 'd'),
        registerEventId('c', 't', 'd', 1),
        registerEventId('c', 't', 'd', 2),
      ]).size,
    ).toBe(4);
  });

  it('made fresh are version 7, differ, and sort by time', () => {
    const [early, late] = [freshId(1_642_000_000_000), freshId(1_642_000_000_001)];
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
    expect(Number.parseInt(early.replaceAll('-', '').slice(0, 12), 16)).toBe(1_642_000_000_000);
    expect(freshId(0)).not.toBe(freshId(0));
  });
});
