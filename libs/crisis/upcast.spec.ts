import { describe, expect, it } from '@jest/globals';
import { decodeEvent, UnreadableEvent } from './event.js';
import { SCHEMA_VERSION, upcast, UPCASTING, type Upcasting } from './upcast.js';

/** Three versions: a field was renamed in the second, the type itself in the third. */
const UPCASTS: Upcasting = {
  version: 3,
  steps: {
    MeetingHeld: {
      1: ({ data: { minutes, ...data }, ...rest }) => ({ ...rest, data: { ...data, durationMinutes: minutes } }),
      2: (shape) => ({ ...shape, data: { ...shape.data, read: 'from 2' } }),
    },
    MeetingTakenPlace: { 1: (shape) => ({ ...shape, type: 'MeetingHeld' }) },
    ReportAdded: {
      2: () => {
        throw new Error('it has no report');
      },
    },
  },
};

const metadata = { recordedAt: '2022-01-12T10:00:00.000Z', recordedBy: 'desk', digest: 'd' };
const decode = (type: string, data: object, schemaVersion: unknown, upcasting = UPCASTS) =>
  decodeEvent({ type, data: JSON.stringify(data), metadata: JSON.stringify({ ...metadata, schemaVersion }) }, upcasting);

describe('an event of an earlier version', () => {
  it('is read as today has it, step by step from the version that wrote it', () => {
    expect(decode('MeetingHeld', { minutes: 90 }, 1).data).toEqual({ durationMinutes: 90, read: 'from 2' });
    expect(decode('MeetingHeld', { durationMinutes: 90 }, 2).data).toEqual({ durationMinutes: 90, read: 'from 2' });
    expect(decode('MeetingHeld', { durationMinutes: 90 }, 3).data).toEqual({ durationMinutes: 90 });
  });

  it('has the type that its own is called today, and what that became since', () => {
    expect(decode('MeetingTakenPlace', {}, 1)).toMatchObject({ type: 'MeetingHeld', kind: 'development', data: { read: 'from 2' } });
    expect(() => decode('MeetingTakenPlace', {}, 2)).toThrow(UnreadableEvent);
  });

  it('has the text of what it is read as; what did not change, the text that was written', () => {
    expect(JSON.parse(decode('MeetingHeld', { minutes: 90 }, 1).text)).toEqual({ durationMinutes: 90, read: 'from 2' });
    const written = {
      type: 'MeetingHeld',
      data: '{ "durationMinutes" : 90 }',
      metadata: JSON.stringify({ ...metadata, schemaVersion: 3 }),
    };
    expect(decodeEvent(written, UPCASTS).text).toBe(written.data);
    expect(decode('StatementMade', { quote: 'q' }, 1).text).toBe('{"quote":"q"}');
  });

  it('that cannot be brought up to today is unreadable, and so is one of no version or a later one', () => {
    expect(() => decode('ReportAdded', {}, 1)).toThrow('its shape of version 1 cannot be read: it has no report');
    for (const version of [0, 4, 1.5, '1', null, undefined]) expect(() => decode('MeetingHeld', {}, version)).toThrow(UnreadableEvent);
  });

  it('of a type with a name that objects have of themselves is none', () => {
    expect(upcast({ type: 'constructor', data: {}, metadata: {} }, 1, UPCASTS)).toEqual({ type: 'constructor', data: {}, metadata: {} });
  });
});

it('this release reads what it writes as it is', () => {
  expect(UPCASTING.version).toBe(SCHEMA_VERSION);
  for (const steps of Object.values(UPCASTING.steps))
    expect(Object.keys(steps).every((version) => Number(version) >= 1 && Number(version) < SCHEMA_VERSION)).toBe(true);
});
