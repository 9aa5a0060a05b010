// Stands in for the read side until libs/projections has one.
import { decodeEvent, parseStream } from '#crisis/event.js';
import { START, type EventStore, type Position } from '#event-store/port.js';
import type { ReadSide } from '#projections/read-side.js';

export function openStandInReadSide(store: EventStore): ReadSide {
  let position: Position = START;
  const latest = new Map<string, number>();
  const read = async (): Promise<void> => {
    for await (const event of store.readAll({ after: position })) {
      position = event.position;
      const { crisis, track } = parseStream(event.stream) ?? {};
      if (crisis === undefined || track === undefined || event.type === 'TrackOpened') continue;
      latest.set(crisis, Math.max(latest.get(crisis) ?? 0, Date.parse(decodeEvent(event).metadata.recordedAt)));
    }
  };
  const polling = setInterval(() => void read().catch(() => undefined), 50).unref();
  return {
    get progress() {
      return { position, caughtUp: true, parked: 0 };
    },
    reached: async (wanted) => {
      await read();
      return position >= wanted;
    },
    ask: async (_question, params) => {
      await read();
      return { body: JSON.stringify({ recordTime: latest.get((params as { crisis: string }).crisis) ?? null }) };
    },
    stream: () => {
      throw new Error('not here');
    },
    onAdvance: () => () => undefined,
    onProgress: () => () => undefined,
    close: async () => clearInterval(polling),
  };
}
