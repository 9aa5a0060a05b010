// The client has types of its own; here the compiler holds them against those of the domain. Nothing of it runs.
import type * as answers from '#client/answers.js';
import type * as vocabulary from '#client/vocabulary.js';
import type { ActorState } from '#crisis/actors.js';
import type { CrisisCommitment } from '#crisis/commitments.js';
import type { Meeting } from '#crisis/meetings.js';
import type { Position } from '#crisis/positions.js';
import type { TensionReport } from '#crisis/tension.js';
import type { TrackState } from '#crisis/track-state.js';
import type { DevelopmentType, DEVELOPMENTS, REGISTERS } from '#crisis/vocabulary/types.js';

type Keys<T> = T extends unknown ? keyof T : never;
/** `true` where what the service has fits into what the client reads, field by field. */
type Reads<Service, Client> = [Service] extends [Client] ? Same<Keys<Service>, Keys<Client>> : false;
/** `true` where what the client sends fits into what the service takes, field by field. */
type Sends<Client, Service> = [Client] extends [Service] ? Same<Exclude<Keys<Client>, Given>, Exclude<Keys<Service>, Given>> : false;
type Same<A, B> = [A, B] extends [B, A] ? true : false;
/** What each call takes besides its content. */
type Given = 'recordedAt' | 'id';
type Body<T extends DevelopmentType> = InstanceType<(typeof DEVELOPMENTS)[T]>;
type Entry<R extends keyof typeof REGISTERS> = InstanceType<(typeof REGISTERS)[R]>;

/** Each of these is `true`, or this file does not compile. */
export const SAME: readonly [
  Reads<TrackState, answers.TrackState>,
  Reads<CrisisCommitment, answers.CrisisCommitment>,
  Reads<Meeting, answers.Meeting>,
  Reads<Position, answers.PositionWithHistory>,
  Reads<TensionReport, Omit<answers.TensionReport, 'track' | 'actors'>>,
  Reads<ActorState, Pick<answers.Actor, keyof ActorState>>,
  Same<DevelopmentType, vocabulary.DevelopmentType>,
  { [T in DevelopmentType]: Sends<vocabulary.NewDevelopment<T>, Body<T>> } extends Record<DevelopmentType, true> ? true : false,
  Sends<vocabulary.ActorEntry, Entry<'ActorRegistered'>>,
  Sends<vocabulary.SourceEntry, Entry<'SourceRegistered'>>,
  Sends<vocabulary.TrackEntry, Entry<'TrackOpened'>>,
  Sends<vocabulary.IssueEntry, Entry<'IssueRaised'>>,
] = [true, true, true, true, true, true, true, true, true, true, true, true];
