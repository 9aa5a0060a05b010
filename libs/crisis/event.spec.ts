import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crisisStream, decodeEvent, parseStream, trackStream, UnreadableEvent } from './event.js';
import { SCHEMA_VERSION } from './upcast.js';

const metadata = { recordedAt: '2022-01-12T10:00:00.000Z', recordedBy: 'desk', schemaVersion: SCHEMA_VERSION, digest: 'd' };
const decode = (type: string, data: unknown = {}, more: object = {}) =>
  decodeEvent({ type, data: JSON.stringify(data), metadata: JSON.stringify({ ...metadata, ...more }) });

describe('a stream', () => {
  it('names its crisis, and its track', () => {
    expect(parseStream(crisisStream('nato-russia-2022'))).toEqual({ crisis: 'nato-russia-2022' });
    expect(parseStream(trackStream('nato-russia-2022', 'us-russia'))).toEqual({ crisis: 'nato-russia-2022', track: 'us-russia' });
  });

  it.each([
    '',
    '$all',
    '$ce-track',
    'crisis',
    'crisis-',
    'crisis-Management',
    'crisis-a.b',
    'track-a',
    'track-a.',
    'track-.b',
    'track-a.b.c',
    'order-1',
    'xtrack-a.b',
  ])('that is not Parley’s is told apart: %j', (stream) => {
    expect(parseStream(stream)).toBeUndefined();
  });

  it('is told from every other', () => {
    const slug = fc.stringMatching(/^[a-z0-9]{1,5}(-[a-z0-9]{1,3})?$/);
    fc.assert(fc.property(slug, slug, (crisis, track) => expect(parseStream(trackStream(crisis, track))).toEqual({ crisis, track })));
  });
});

describe('an event in the log', () => {
  it.each([
    ['MeetingHeld', 'development'],
    ['DevelopmentCorrected', 'record'],
    ['TrackOpened', 'register'],
    ['SourceRegraded', 'register'],
  ])('of type %s is a %s', (type, kind) => {
    expect(decode(type, { id: 'd' })).toEqual({ kind, type, data: { id: 'd' }, metadata, text: '{"id":"d"}' });
  });

  it.each<[string, () => unknown]>([
    ['its type "MeetingDreamt" is not known to this release', () => decode('MeetingDreamt')],
    ['its type "toString" is not known', () => decode('toString')],
    ['its schema version is 2; this release reads 1 to 1', () => decode('MeetingHeld', {}, { schemaVersion: 2 })],
    ['its schema version is undefined', () => decode('MeetingHeld', {}, { schemaVersion: undefined })],
    ['its metadata has no record time', () => decode('MeetingHeld', {}, { recordedAt: 'yesterday' })],
    ['its metadata has no record time', () => decodeEvent({ type: 'MeetingHeld', data: '{}', metadata: 'null' })],
    ['its data is no object', () => decode('MeetingHeld', null)],
    ['its data is no object', () => decode('MeetingHeld', 'text')],
    ['its data or metadata is no JSON', () => decodeEvent({ type: 'MeetingHeld', data: '{', metadata: '{}' })],
  ])('that cannot be read says why: %s', (reason, reading) => {
    expect(reading).toThrow(UnreadableEvent);
    expect(reading).toThrow(reason);
  });

  it('is read or is unreadable, whatever bytes lie there', () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.constant(JSON.stringify(metadata)));
    fc.assert(
      fc.property(fc.constantFrom('MeetingHeld', 'ReportAdded', 'x'), text, text, (type, data, drawn) => {
        try {
          decodeEvent({ type, data, metadata: drawn });
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableEvent);
        }
      }),
    );
  });
});
