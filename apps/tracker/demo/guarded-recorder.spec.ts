import { describe, expect, test } from '@jest/globals';
import type { Recorded, Recorder } from '../recording/recorder.js';
import type { DemoState } from './demo.js';
import { guardedRecorder } from './guarded-recorder.js';

const recorded: Recorded = { status: 'recorded', position: 1n, revision: 0n, recordedAt: 0 };
const open: Recorder = { record: async () => recorded, register: async () => recorded, openTrack: async () => recorded };
const provenance = { recordedBy: 'desk', correlationId: 'c' };

function record(crisis: string, state: DemoState): Promise<Recorded> {
  return guardedRecorder(open, { state }).record({ crisis, track: 't', id: 'd', content: {} }, provenance);
}

describe('while the first crisis is being filled in', () => {
  test('it takes nothing from callers', async () => {
    await expect(record('nato-russia-2022', 'filling')).rejects.toMatchObject({ status: 503, code: 'crisis-being-filled', retryAfter: 1 });
    await expect(record('nato-russia-2022', 'filled')).resolves.toBe(recorded);
  });

  test('other crises do', async () => {
    await expect(record('gulf', 'filling')).resolves.toBe(recorded);
  });
});
