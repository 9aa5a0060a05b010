// Keeps callers out of the crisis that is being filled in: what they record now would stand in the way of its own record times.
import { Problem } from '../problem.js';
import type { Recorder } from '../recording/recorder.js';
import { DEMO_CRISIS, type Demo } from './demo.js';

export function guardedRecorder(recorder: Recorder, demo: Pick<Demo, 'state'>): Recorder {
  const guarded = async <T>(crisis: string, record: () => Promise<T>): Promise<T> => {
    if (crisis === DEMO_CRISIS && demo.state === 'filling') throw beingFilled();
    return record();
  };
  return {
    record: (command, provenance) => guarded(command.crisis, () => recorder.record(command, provenance)),
    register: (command, provenance) => guarded(command.crisis, () => recorder.register(command, provenance)),
    openTrack: (command, provenance) => guarded(command.crisis, () => recorder.openTrack(command, provenance)),
  };
}

function beingFilled(): Problem {
  return new Problem(503, 'crisis-being-filled', `The crisis ${DEMO_CRISIS} is being filled in; try again in a moment`, [], 1);
}
