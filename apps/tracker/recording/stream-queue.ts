// The one queue of a stream in this process. Commands are decided one after another on the state in memory; what has
// gathered while an append was under way is appended as one batch at the expected revision.
//
// Guarantees: a command's outcome is told when it is durable. A lost race reloads the tail and decides again. A batch
// whose outcome is unknown is repeated unchanged at its expected revision before anything else is decided. Before a
// command is refused for what the log holds, the tail of the log is read.
// Not guaranteed: that a caller who was told `StoreAway` finds nothing recorded.
import { decodeEvent, UnreadableEvent, type CrisisEvent, type Decode, type Metadata } from '#crisis/event.js';
import { SCHEMA_VERSION } from '#crisis/upcast.js';
import { PENDING_POSITION, type Decision, type Draft, type Written } from '#crisis/draft.js';
import { isDevelopmentType, isRecordType } from '#crisis/vocabulary/types.js';
import type { Refusal } from '#crisis/refusal.js';
import {
  OutcomeUnknown,
  StoreUnavailable,
  WrongExpectedRevision,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type RecordedEvent,
  type Revision,
} from '#event-store/port.js';
import { unlessSilent } from './patience.js';
import { CommandRefused, StoreAway, type Provenance, type Recorded } from './recorder.js';

/** Pause before an append of unknown outcome is repeated, ms. */
const REPEAT_PAUSE_MS = 250;
/** Most bytes of one batch: well under what one append may hold, so that one more event always fits. */
const BATCH_BYTES = 768 * 1024;
const BATCH_EVENTS = 1000;

/** What a stream's state is made of. */
export interface Folding<State> {
  readonly initial: State;
  evolve(state: State, event: CrisisEvent, written: Written): State;
  revisionOf(state: State): bigint;
  /** The state moved on by an event that this release cannot read. */
  skip(state: State, revision: bigint): State;
}

/** One command on its way. */
export interface Submission<State> {
  readonly provenance: Provenance;
  /** Decides on a state. Called again after a lost race, and before a refusal is final. */
  decide(state: State): Decision<Written>;
  /** Reads what the decision needs from the log. Where it is given, the command is decided first in its batch. */
  prepare?(state: State): Promise<void>;
  /** Brings up to date what the decision looks at beside its own stream. */
  refresh(): Promise<void>;
  /** Told with the draft, at once before its append is called. */
  drafted?(draft: Draft): void;
  /** Told when the append is called, or the command is answered without one. */
  called?(): void;
}

interface Pending<State> {
  readonly submission: Submission<State>;
  /** Its caller has been told that the store is away. */
  left: boolean;
  /** The log has been read since it was submitted: a refusal is final. */
  fresh: boolean;
  settle: (outcome: Recorded | Error) => void;
}

interface Batch<State> {
  readonly members: readonly Pending<State>[];
  readonly drafts: readonly Draft[];
  readonly events: readonly NewEvent[];
  readonly expected: ExpectedRevision;
}

export class StreamQueue<State> {
  #state: State;
  #loaded = false;
  #loading: Promise<void> | undefined;
  #heard = -Infinity;
  #pending: Pending<State>[] = [];
  #working = false;

  constructor(
    private readonly store: EventStore,
    readonly stream: string,
    private readonly folding: Folding<State>,
    private readonly now: () => number,
    private readonly decode: Decode = decodeEvent,
  ) {
    this.#state = folding.initial;
  }

  /** The state of what is durable, as far as this process has read it. */
  get state(): State {
    return this.#state;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get idle(): boolean {
    return !this.#working && this.#pending.length === 0 && this.#loading === undefined;
  }

  /** When an event of the stream was read last (`performance.now()`); -Infinity if none was. */
  get heard(): number {
    return this.#heard;
  }

  /** Reads the stream if that was not done yet. @throws StoreUnavailable */
  async load(): Promise<void> {
    if (!this.#loaded) await this.refresh();
  }

  /** Reads the stream's tail. @throws StoreUnavailable */
  refresh(): Promise<void> {
    this.#loading ??= this.#readTail().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  /** @throws CommandRefused @throws StoreAway */
  async submit(submission: Submission<State>): Promise<Recorded> {
    const { promise, resolve, reject } = Promise.withResolvers<Recorded>();
    const settle = (outcome: Recorded | Error): void => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
    const pending = { submission, fresh: false, left: false, settle };
    this.#pending.push(pending);
    if (!this.#working) void this.#work();
    try {
      return await unlessSilent(promise, () => this.#heard);
    } finally {
      pending.left = true;
    }
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      while (this.#pending.length > 0) {
        const batch = await this.#nextBatch();
        if (batch !== undefined) await this.#append(batch);
      }
    } finally {
      this.#working = false;
    }
  }

  /** Decides what is pending, up to a batch. Nothing is awaited between its first draft and its append. */
  async #nextBatch(): Promise<Batch<State> | undefined> {
    try {
      await this.load();
    } catch (error) {
      this.#refuseAll(error);
      return undefined;
    }
    const members: Pending<State>[] = [];
    const drafts: Draft[] = [];
    const events: NewEvent[] = [];
    let bytes = 0;
    let state = this.#state;
    let last: Draft | undefined;
    const revision = this.folding.revisionOf(state);
    while (this.#pending.length > 0 && events.length < BATCH_EVENTS && bytes < BATCH_BYTES) {
      const member = this.#pending[0]!;
      const { submission } = member;
      if (last !== undefined) {
        // Only now: after the batch's last draft, what it leads to is for what is written to say.
        const written = { revision: revision + BigInt(events.length), position: PENDING_POSITION, recordedAt: last.recordedAt };
        state = this.folding.evolve(state, asCrisisEvent(last), written);
        last = undefined;
      }
      if (member.left) {
        this.#pending.shift();
        submission.called?.();
        continue;
      }
      if (submission.prepare !== undefined) {
        if (events.length > 0) break;
        const problem = await submission.prepare(state).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (problem !== undefined) {
          this.#answer(this.#pending.shift()!, asError(problem));
          continue;
        }
      }
      const decision = decide(submission, state);
      if (decision instanceof Error) {
        this.#answer(this.#pending.shift()!, decision);
      } else if (decision.kind === 'repeat' && decision.known.position !== PENDING_POSITION) {
        const { position, revision: first, recordedAt } = decision.known;
        this.#answer(this.#pending.shift()!, { status: 'unchanged', position, revision: first, recordedAt });
      } else if (decision.kind === 'repeat') {
        break; // of a command in this very batch: answered when that is durable
      } else if (decision.kind === 'refuse') {
        if (member.fresh || !dependsOnTheLog(decision.refusal)) {
          this.#answer(this.#pending.shift()!, new CommandRefused(decision.refusal));
          continue;
        }
        if (events.length > 0) break;
        const problem = await this.#readAgain(member).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (problem !== undefined) {
          this.#answer(this.#pending.shift()!, asError(problem));
          continue;
        }
        return undefined; // the state is another now: begin anew
      } else {
        const { draft } = decision;
        const event = newEvent(draft, submission.provenance, this.now());
        bytes += Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
        submission.drafted?.(draft);
        members.push(this.#pending.shift()!);
        drafts.push(draft);
        events.push(event);
        last = draft;
      }
    }
    if (events.length === 0) return undefined;
    return { members, drafts, events, expected: revision < 0n ? 'no-stream' : (revision as Revision) };
  }

  async #append(batch: Batch<State>): Promise<void> {
    for (;;) {
      try {
        const appending = this.store.append(this.stream, batch.expected, batch.events);
        for (const { submission } of batch.members) submission.called?.();
        this.#written(batch, await appending);
        return;
      } catch (error) {
        if (error instanceof OutcomeUnknown) {
          await new Promise((resolve) => setTimeout(resolve, REPEAT_PAUSE_MS));
          continue;
        }
        if (error instanceof WrongExpectedRevision) {
          this.#pending.unshift(...batch.members);
          await this.refresh().catch((problem: unknown) => this.#refuseAll(problem));
          return;
        }
        for (const member of batch.members) member.settle(asError(error));
        return;
      }
    }
  }

  #written(batch: Batch<State>, { revision, positions }: AppendResult): void {
    const first = revision - BigInt(batch.events.length - 1);
    batch.drafts.forEach((draft, index) => {
      const written = { revision: first + BigInt(index), position: positions[index]!, recordedAt: draft.recordedAt };
      // A refresh may have read them already.
      if (written.revision > this.folding.revisionOf(this.#state))
        this.#state = this.folding.evolve(this.#state, asCrisisEvent(draft), written);
      batch.members[index]!.settle({ status: 'recorded', ...written, entry: draft.data['entry'] as number | undefined });
    });
  }

  async #readAgain(member: Pending<State>): Promise<void> {
    await Promise.all([this.refresh(), member.submission.refresh()]);
    member.fresh = true;
  }

  async #readTail(): Promise<void> {
    const next = this.folding.revisionOf(this.#state) + 1n;
    for await (const event of this.store.readStream(this.stream, { from: next as Revision })) {
      this.#heard = performance.now();
      if (event.revision > this.folding.revisionOf(this.#state)) this.#state = this.#evolveRecorded(event);
    }
    this.#loaded = true;
  }

  #evolveRecorded(recorded: RecordedEvent): State {
    try {
      const event = this.decode(recorded);
      const recordedAt = Date.parse(event.metadata.recordedAt);
      return this.folding.evolve(this.#state, event, { revision: recorded.revision, position: recorded.position, recordedAt });
    } catch (error) {
      if (error instanceof UnreadableEvent) return this.folding.skip(this.#state, recorded.revision);
      throw error;
    }
  }

  #answer(member: Pending<State>, outcome: Recorded | Error): void {
    member.submission.called?.();
    member.settle(outcome);
  }

  #refuseAll(problem: unknown): void {
    const waiting = this.#pending;
    this.#pending = [];
    for (const member of waiting) this.#answer(member, asError(problem));
  }
}

/** A decider is total; should it throw all the same, only its own command fails. */
function decide<State>(submission: Submission<State>, state: State): Decision<Written> | Error {
  try {
    return submission.decide(state);
  } catch (error) {
    return error as Error;
  }
}

/** A fault of shape is one whatever the log holds. */
function dependsOnTheLog({ kind }: Refusal): boolean {
  return kind !== 'invalid';
}

function asError(problem: unknown): Error {
  if (problem instanceof StoreUnavailable) return new StoreAway(problem.message, { cause: problem });
  return problem instanceof Error ? problem : new Error(String(problem));
}

function newEvent(draft: Draft, { recordedBy, correlationId, recordedAt }: Provenance, now: number): NewEvent {
  const metadata: Metadata = {
    recordedAt: new Date(draft.recordedAt).toISOString(),
    recordedBy,
    schemaVersion: SCHEMA_VERSION,
    digest: draft.digest,
    resolved: draft.resolved,
    importedAt: recordedAt === undefined ? undefined : new Date(now).toISOString(),
    $correlationId: correlationId,
    $causationId: correlationId,
  };
  return { id: draft.eventId, type: draft.type, data: JSON.stringify(draft.data), metadata: JSON.stringify(metadata) };
}

function asCrisisEvent(draft: Draft): CrisisEvent {
  const kind = isDevelopmentType(draft.type) ? 'development' : isRecordType(draft.type) ? 'record' : 'register';
  return { kind, data: draft.data, metadata: { digest: draft.digest, resolved: draft.resolved } } as unknown as CrisisEvent;
}
