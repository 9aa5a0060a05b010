// Counts what becomes of commands, wherever they come from.
import { problemOf } from '../problem-filter.js';
import type { Recorded, Recorder } from '../recording/recorder.js';
import type { Metrics } from './metrics.js';

export function countedRecorder(recorder: Recorder, metrics: Metrics): Recorder {
  const counted = (recording: Promise<Recorded>): Promise<Recorded> => {
    recording.then(
      ({ status }) => metrics.command(status),
      (error: unknown) => metrics.command(problemOf(error)?.code ?? 'internal'),
    );
    return recording;
  };
  return {
    record: (command, provenance) => counted(recorder.record(command, provenance)),
    register: (command, provenance) => counted(recorder.register(command, provenance)),
    openTrack: (command, provenance) => counted(recorder.openTrack(command, provenance)),
  };
}
