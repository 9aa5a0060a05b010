// The recorder of a service: one queue for each stream, one clock for each crisis.
import {
  decideRegister,
  evolveRegisters,
  NO_REGISTERS,
  type CrisisRegisterType,
  type RegisterCommand,
  type Registers,
} from '#crisis/crisis-decider.js';
import { crisisStream, decodeEvent, trackStream, type Decode } from '#crisis/event.js';
import { evolveStanding, firstStanding, type Standing } from '#crisis/standing.js';
import {
  decideTrack,
  decideTrackEntry,
  evolveTrack,
  newTrack,
  otherTracksIn,
  type Track,
  type TrackCommand,
} from '#crisis/track-decider.js';
import { isDevelopmentType, isRecordType, type RecordEvent } from '#crisis/vocabulary/types.js';
import type { EventStore, RecordedEvent, Revision } from '#event-store/port.js';
import { ReadRefused, type Answer, type ReadSide } from '#projections/read-side.js';
import { CrisisClock } from './crisis-clock.js';
import { unlessSilent } from './patience.js';
import { StoreAway, type Provenance, type Recorded, type Recorder, type TrackOpening } from './recorder.js';
import { StreamQueue } from './stream-queue.js';

/** How long an archive waits for the read side to tell the latest record time, ms. */
const READ_SIDE_PATIENCE_MS = 4000;
/** How many developments the states in memory may know together before idle tracks are forgotten (about 145 bytes each). */
const KNOWN_MAX = 300_000;

export interface RecorderParts {
  readonly store: EventStore;
  readonly readSide: Pick<ReadSide, 'reached' | 'ask' | 'onAdvance'>;
  /** ms since 1970. Default: the system's. */
  readonly clock?: () => number;
  /** How events are read. Default: as this release reads them. */
  readonly decode?: Decode;
}

export function createRecorder({ store, readSide, clock = Date.now, decode = decodeEvent }: RecorderParts): Recorder {
  return new QueueRecorder(store, readSide, clock, decode);
}

type TrackQueue = StreamQueue<Track>;

class QueueRecorder implements Recorder {
  readonly #crises = new Map<string, { readonly queue: StreamQueue<Registers>; readonly clock: CrisisClock }>();
  /** In order of last use. */
  readonly #tracks = new Map<string, TrackQueue>();

  constructor(
    private readonly store: EventStore,
    private readonly readSide: RecorderParts['readSide'],
    private readonly now: () => number,
    private readonly decode: Decode,
  ) {
    readSide.onAdvance(({ crises }) => crises.forEach((crisis) => this.#crises.get(crisis)?.clock.heard()));
  }

  async record(command: TrackCommand, provenance: Provenance): Promise<Recorded> {
    const { crisis, track } = command;
    const { queue: registers, clock } = this.#crisis(crisis);
    const queue = this.#track(crisis, track);
    const others = new Map<string, Track>();
    const named = otherTracksIn(command);
    const hasToLearn = !registers.loaded || !clock.hasLearnt;
    if (hasToLearn || named.length > 0) {
      const read = async (): Promise<void> => {
        if (hasToLearn) await Promise.all([orAway(registers.load()), clock.learn()]);
        await this.#readOthers(crisis, named, others);
      };
      await this.#unlessSilent(read(), [registers, ...named.map((name) => this.#track(crisis, name))]);
    }
    const leave = provenance.recordedAt === undefined ? undefined : await clock.enter(queue.stream, provenance.recordedAt);
    let standing: Standing | undefined;
    return queue
      .submit({
        provenance,
        decide: (state) =>
          decideTrack(command, state, {
            registers: registers.state,
            otherTrack: (name) => others.get(name),
            standing,
            recordedAt: clock.recordTime(provenance.recordedAt),
          }),
        prepare: isRecordType(command.content.type)
          ? async (state) => {
              standing = await this.#standing(queue.stream, state, command.content['development']);
            }
          : undefined,
        refresh: async () => {
          await Promise.all([registers.refresh(), this.#readOthers(crisis, named, others)]);
        },
        drafted: ({ recordedAt }) => clock.given(recordedAt),
        called: this.store.keepsCallOrder ? leave : undefined,
      })
      .finally(leave);
  }

  async register(command: RegisterCommand<CrisisRegisterType>, provenance: Provenance): Promise<Recorded> {
    const { queue, clock } = this.#crisis(command.crisis);
    return queue.submit({
      provenance,
      decide: (registers) => decideRegister(command, registers, clock.registerTime(provenance.recordedAt)),
      refresh: async () => {},
    });
  }

  async openTrack(command: TrackOpening, provenance: Provenance): Promise<Recorded> {
    const { queue: registers, clock } = this.#crisis(command.crisis);
    if (!registers.loaded) await this.#unlessSilent(orAway(registers.load()), [registers]);
    return this.#track(command.crisis, command.track).submit({
      provenance,
      decide: (track) =>
        decideTrackEntry(command, track, { registers: registers.state, recordedAt: clock.registerTime(provenance.recordedAt) }),
      refresh: () => registers.refresh(),
    });
  }

  #crisis(crisis: string): { readonly queue: StreamQueue<Registers>; readonly clock: CrisisClock } {
    const known = this.#crises.get(crisis);
    if (known !== undefined) return known;
    const folding = {
      initial: NO_REGISTERS,
      revisionOf: (registers: Registers) => registers.revision,
      skip: (registers: Registers, revision: bigint) => ({ ...registers, revision }),
      evolve: ((registers, event, written) =>
        event.kind === 'register'
          ? evolveRegisters(registers, event.data, written)
          : { ...registers, revision: written.revision }) satisfies ConstructorParameters<typeof StreamQueue<Registers>>[2]['evolve'],
    };
    const made = {
      queue: new StreamQueue(this.store, crisisStream(crisis), folding, this.now, this.decode),
      clock: new CrisisClock({
        now: this.now,
        latestRecorded: () => this.#latestRecorded(crisis),
        latestApplied: () => this.#latestApplied(crisis),
      }),
    };
    this.#crises.set(crisis, made);
    return made;
  }

  #track(crisis: string, track: string): TrackQueue {
    const stream = trackStream(crisis, track);
    let queue = this.#tracks.get(stream);
    if (queue === undefined) {
      this.#forgetIdleTracks();
      const { clock } = this.#crisis(crisis);
      const folding = {
        initial: newTrack(crisis, track),
        evolve: ((state, event, written) => {
          if (event.kind !== 'register') clock.given(written.recordedAt); // by another process, perhaps
          return evolveTrack(state, event, written);
        }) satisfies typeof evolveTrack,
        revisionOf: (state: Track) => state.revision,
        skip: (state: Track, revision: bigint) => ({ ...state, revision }),
      };
      queue = new StreamQueue(this.store, stream, folding, this.now, this.decode);
    } else {
      this.#tracks.delete(stream);
    }
    this.#tracks.set(stream, queue);
    return queue;
  }

  #forgetIdleTracks(): void {
    let known = 0;
    for (const queue of this.#tracks.values()) known += queue.state.known.size;
    for (const [stream, queue] of this.#tracks) {
      if (known <= KNOWN_MAX) return;
      if (!queue.idle) continue;
      known -= queue.state.known.size;
      this.#tracks.delete(stream);
    }
  }

  /** @param streams that are read for it @throws StoreAway */
  #unlessSilent<T>(work: Promise<T>, streams: readonly Pick<TrackQueue, 'heard'>[]): Promise<T> {
    return unlessSilent(work, () => Math.max(...streams.map(({ heard }) => heard)));
  }

  /** Reads other tracks that a command names. What they know only grows, so an older state never claims what is not so. */
  async #readOthers(crisis: string, named: readonly string[], into: Map<string, Track>): Promise<void> {
    await Promise.all(
      named.map(async (name) => {
        const queue = this.#track(crisis, name);
        await orAway(queue.refresh());
        into.set(name, queue.state);
      }),
    );
  }

  /** How a development of a track stands: its own event and those that name it, read from the log. */
  async #standing(stream: string, track: Track, id: unknown): Promise<Standing | undefined> {
    const known = typeof id === 'string' ? track.known.get(id) : undefined;
    if (known === undefined || !isDevelopmentType(known.type)) return undefined;
    const first = await this.#eventAt(stream, known.revision);
    const event = this.decode(first);
    if (event.kind !== 'development') return undefined;
    let standing = firstStanding(event.data, event.metadata.resolved ?? {}, first.position);
    for (const revision of known.records) {
      const record = this.decode(await this.#eventAt(stream, revision));
      standing = evolveStanding(standing, record.data as RecordEvent, record.metadata.resolved);
    }
    return standing;
  }

  async #eventAt(stream: string, revision: bigint): Promise<RecordedEvent> {
    for await (const event of this.store.readStream(stream, { from: revision as Revision, limit: 1 })) return event;
    throw new Error(`Stream ${stream} has no revision ${revision}`);
  }

  async #latestRecorded(crisis: string): Promise<number | null> {
    const head = await orAway(this.store.head());
    if (!(await this.readSide.reached(head, READ_SIDE_PATIENCE_MS)))
      throw new StoreAway('The read side is still catching up with the log; try again');
    return recordTimeIn(await this.readSide.ask('recordTime', { crisis }));
  }

  async #latestApplied(crisis: string): Promise<number | null | undefined> {
    try {
      return recordTimeIn(await this.readSide.ask('recordTime', { crisis }));
    } catch (error) {
      // A crisis that the read side does not know has no events in it.
      return error instanceof ReadRefused && error.refusal.kind === 'not-found' ? null : undefined;
    }
  }
}

function recordTimeIn({ body }: Answer): number | null {
  return (JSON.parse(body) as { recordTime: number | null }).recordTime;
}

async function orAway<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new StoreAway((error as Error).message, { cause: error });
  }
}
