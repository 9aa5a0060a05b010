// A crisis of any size, written straight into an embedded log: the same one for the same numbers. 5 % is recorded up to two months
// late, 2 % is corrected, 1 % retracted; half of it is known to the minute, half to the day. The first track has a tenth of all,
// the others share the rest. What one track's state holds does not depend on how many developments it has.
import { crisisStream, trackStream } from '#crisis/event.js';
import { eventId, registerEventId } from '#crisis/identifiers.js';
import type { EventStore, ExpectedRevision, NewEvent } from '#event-store/port.js';
import { CRISIS, trackName } from './history.js';
import { seeded } from '../support/seeded.js';

export const DAY = 86_400_000;
export const BEGIN = Date.UTC(2021, 0, 1);
export const DAYS = 600;
/** Reports a quarter of all. */
export const PROLIFIC = 'source-0';

const ACTORS = 40;
const ISSUES = 12;
const SOURCES = 20;
const PARTIES_OF_A_TRACK = 4;
const ISSUES_OF_A_TRACK = 3;
const BATCH = 500;
const WORDS =
  'border treaty ceasefire forces inspectors answer draft envoy summit guarantee pipeline convoy statement ministry talks'.split(' ');

/** A track as often as it has developments. */
export function weightedTrack(random: () => number, tracks: number): string {
  return trackName(random() < 0.1 ? 0 : 1 + Math.floor(random() * (tracks - 1)));
}

/** Writes the log. @returns how many events it has */
export async function writeSyntheticLog(
  log: EventStore,
  { developments, tracks }: { developments: number; tracks: number },
): Promise<number> {
  const random = seeded(20_220_121);
  const revisions = new Map<string, bigint>();
  let events = 0;
  const append = async (stream: string, batch: readonly NewEvent[]): Promise<void> => {
    const last = revisions.get(stream) ?? -1n;
    await log.append(stream, (last < 0n ? 'no-stream' : last) as ExpectedRevision, batch);
    revisions.set(stream, last + BigInt(batch.length));
    events += batch.length;
  };
  for (const { type, track, id, content } of registers(tracks)) {
    const stream = track === undefined ? crisisStream(CRISIS) : trackStream(CRISIS, track);
    await append(stream, [
      newEvent(registerEventId(CRISIS, type, track ?? id ?? '', 1), { type, crisis: CRISIS, track, id, entry: 1, content }, BEGIN),
    ]);
  }
  const stories = new Map(Array.from({ length: tracks }, (_, number) => [trackName(number), new Story(trackName(number), number, random)]));
  // Streams take turns in runs of some events: one append is of one stream.
  const run = Math.max(5, Math.min(BATCH, developments / 2000));
  for (let number = 0; number < developments;) {
    const story = stories.get(weightedTrack(random, tracks))!;
    const batch: NewEvent[] = [];
    while (batch.length < run && number < developments) batch.push(...story.next(number, BEGIN + (number++ / developments) * DAYS * DAY));
    await append(trackStream(CRISIS, story.track), batch);
  }
  return events;
}

function registers(tracks: number): { type: string; track?: string; id?: string; content: object }[] {
  const numbered = <T>(count: number, make: (number: number) => T): T[] => Array.from({ length: count }, (_, number) => make(number));
  return [
    { type: 'CrisisOpened', content: { title: 'A crisis for benchmarks' } },
    ...numbered(ACTORS, (n) => ({ type: 'ActorRegistered', id: `actor-${n}`, content: { name: `Actor ${n}`, kind: 'state' } })),
    ...numbered(ISSUES, (n) => ({ type: 'IssueRaised', id: `issue-${n}`, content: { title: `Issue ${n}` } })),
    ...numbered(SOURCES, (n) => ({
      type: 'SourceRegistered',
      id: `source-${n}`,
      content: { name: `Source ${n}`, reliability: 'ABCDEF'[n % 6] },
    })),
    ...numbered(tracks, (n) => ({
      type: 'TrackOpened',
      track: trackName(n),
      content: { title: `Track ${n}`, parties: [`actor-${n % ACTORS}`] },
    })),
  ];
}

/** One track, development by development: what is promised is mostly answered, what is announced mostly held. */
class Story {
  #proposal: { id: string; by: string; to: string } | undefined;
  #promise: string | undefined;
  #meeting: { id: string; participants: string[] } | undefined;

  constructor(
    readonly track: string,
    private readonly number: number,
    private readonly random: () => number,
  ) {}

  /** A development, and perhaps what becomes of it. */
  next(number: number, recordedAt: number): NewEvent[] {
    const { random } = this;
    const id = `d-${number}`;
    const occurred = new Date(recordedAt - (random() < 0.05 ? random() * 60 : random() * 0.5) * DAY).toISOString();
    const source = random() < 0.25 ? PROLIFIC : `source-${1 + Math.floor(random() * (SOURCES - 1))}`;
    const second = random() < 0.1 ? [{ source: `source-${1 + Math.floor(random() * (SOURCES - 1))}` }] : [];
    const day = occurred.slice(0, 10);
    const data = {
      id,
      crisis: CRISIS,
      track: this.track,
      occurredAt: random() < 0.5 ? `${occurred.slice(0, 16)}Z` : day,
      summary: `Of ${this.#word()} and ${this.#word()}: what a desk tells in one sentence about ${this.#word()} ${number % 10_000}.`,
      about: [this.#issue()],
      reports: [{ source, publishedAt: day, quote: 'We take note of it, and we will come back to it in due course.' }, ...second],
      ...this.#fields(id, day),
    };
    const events = [newEvent(eventId(CRISIS, this.track, id), data, recordedAt)];
    const record = (type: string, fields: object): void => {
      const record_ = { type, crisis: CRISIS, track: this.track, id: `${id}-r`, development: id, ...fields };
      events.push(newEvent(eventId(CRISIS, this.track, `${id}-r`), record_, recordedAt));
    };
    const fate = random();
    if (fate < 0.02) record('DevelopmentCorrected', { changes: { summary: 'It was otherwise.' }, reason: 'factual-error' });
    else if (fate < 0.03) record('DevelopmentRetracted', { reason: 'factual-error' });
    return events;
  }

  #fields(id: string, day: string): object {
    const [by, to] = [this.#party(), this.#party()];
    const kind = this.random();
    if (kind < 0.02) {
      // One proposal lies on the table at a time, and one promise to answer it is open.
      if (this.#proposal !== undefined && this.#promise === undefined) {
        const { id: proposal } = this.#proposal;
        this.#proposal = undefined;
        return { type: 'ProposalWithdrawn', proposal };
      }
      if (this.#proposal === undefined) {
        this.#proposal = { id, by, to };
        return { type: 'ProposalTabled', by, to: [to], title: 'A draft' };
      }
    } else if (kind < 0.09 && this.#proposal !== undefined) {
      const { id: proposal, by: receiver, to: giver } = this.#proposal;
      if (this.#promise === undefined) {
        this.#promise = id;
        return { type: 'ResponsePromised', by: giver, to: receiver, proposal, undertaking: 'A written answer', dueBy: laterThan(day, 10) };
      }
      const promise = this.#promise;
      this.#promise = this.#proposal = undefined;
      return { type: 'ResponseDelivered', by: giver, to: receiver, promise, proposal, form: 'written' };
    }
    if (kind < 0.12) {
      this.#meeting = { id, participants: [by, to] };
      return { type: 'MeetingAnnounced', scheduledFor: laterThan(day, 7), participants: [by, to] };
    }
    if (kind < 0.2) {
      const announced = this.#meeting;
      this.#meeting = undefined;
      const announcement = announced?.id;
      const outcome = this.random() < 0.3 ? 'no-breakthrough' : 'inconclusive';
      return { type: 'MeetingHeld', participants: announced?.participants ?? [by, to], durationMinutes: 90, outcome, announcement };
    }
    if (kind < 0.32) return { type: 'PositionTaken', party: by, issue: this.#issue(), stance: this.random() < 0.5 ? 'demands' : 'opposes' };
    if (kind < 0.45) return { type: 'ActionReported', category: 'diplomatic', by, claim: this.random() < 0.2 ? 'alleged' : 'reported' };
    return { type: 'StatementMade', speaker: by, to: [to], assessment: this.random() < 0.2 ? 'progress' : 'neutral' };
  }

  #party(): string {
    return `actor-${(this.number + Math.floor(this.random() * PARTIES_OF_A_TRACK)) % ACTORS}`;
  }

  #issue(): string {
    return `issue-${(this.number + Math.floor(this.random() * ISSUES_OF_A_TRACK)) % ISSUES}`;
  }

  #word(): string {
    return WORDS[Math.floor(this.random() * WORDS.length)]!;
  }
}

function laterThan(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

function newEvent(id: string, data: object, recordedAt: number): NewEvent {
  const metadata = { recordedAt: new Date(recordedAt).toISOString(), recordedBy: 'bench', schemaVersion: 1, digest: 'x'.repeat(43) };
  return { id, type: (data as { type: string }).type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
}
