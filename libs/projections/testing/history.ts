// Random histories: legal events of several tracks and crises, in any order of occurrence, with everything that the record can do
// to them afterwards. What is drawn are small numbers; they are turned into events as the history goes, so that every reference
// finds something and a failing history shrinks.
import fc from 'fast-check';
import { crisisStream, trackStream, type Metadata } from '#crisis/event.js';
import { eventId } from '#crisis/identifiers.js';
import type { Position, RecordedEvent, Revision } from '#event-store/port.js';
import { formatMoment } from '#crisis/time.js';
import type { Development, DevelopmentType } from '#crisis/vocabulary/types.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** When recording begins. */
export const BEGIN = Date.parse('2022-01-10T09:00:00Z');

export const CRISES = ['alpha', 'beta'];
export const TRACKS = ['talks', 'council', 'context'];
export const ACTORS = ['russia', 'united-states', 'nato', 'sergey-lavrov'];
export const ISSUES = ['enlargement', 'forces'];
export const SOURCES = ['reuters', 'tass', 'telegram', 'dw'];
const GRADES = ['A', 'B', 'C', 'D', 'E', 'F'];
const TYPES: readonly DevelopmentType[] = [
  'StatementMade',
  'ResponsePromised',
  'ResponseDelivered',
  'ProposalTabled',
  'MeetingAnnounced',
  'MeetingRescheduled',
  'MeetingCancelled',
  'MeetingHeld',
  'PositionTaken',
  'ProposalWithdrawn',
  'PromiseWithdrawn',
  'TrackSuspended',
  'TrackResumed',
  'TrackConcluded',
  'AgreementReached',
  'ActionReported',
];

interface Common {
  readonly crisis: number;
  readonly track: number;
  /** How long after the event before it, ms; negative where another replica's clock is behind. */
  readonly later: number;
  readonly picks: readonly number[];
}
type Step = Common &
  (
    | { readonly do: 'record'; readonly type: number; readonly ago: number; readonly precision: number }
    | { readonly do: 'correct' | 'retract' | 'reinstate' | 'add-report' | 'withdraw-report' | 'grade' | 'rename-track' | 'park' }
  );

const common = {
  crisis: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
  track: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.constant(2) },
  ),
  later: fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 2 * DAY }) },
    { weight: 1, arbitrary: fc.integer({ min: -5 * DAY, max: -1 }) },
  ),
  picks: fc.array(fc.nat({ max: 11 }), { minLength: 8, maxLength: 8 }),
};

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      type: fc.nat({ max: TYPES.length - 1 }),
      ago: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: -14 * HOUR, max: 12 * DAY }) },
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 70 }).map((days) => days * DAY) },
        { weight: 1, arbitrary: fc.integer({ min: -14 * HOUR, max: -1 }) },
      ),
      precision: fc.nat({ max: 5 }),
      ...common,
    }),
  },
  ...(
    [
      ['correct', 3],
      ['retract', 2],
      ['reinstate', 1],
      ['add-report', 2],
      ['withdraw-report', 1],
      ['grade', 1],
      ['rename-track', 1],
    ] as const
  ).map(([name, weight]) => ({ weight, arbitrary: fc.record({ do: fc.constant(name), ...common }) })),
);

const parking: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('park' as const),
  ...common,
  track: fc.constant(1),
  crisis: fc.constant(0),
});

/** A log's events, in order. Positions have gaps. @param told the sources that developments are recorded with: later reports have them all */
export function histories({ minLength = 1, maxLength = 60, parks = true, told = SOURCES } = {}): fc.Arbitrary<RecordedEvent[]> {
  const steps = fc.array(parks ? fc.oneof({ weight: 60, arbitrary: step }, { weight: 1, arbitrary: parking }) : step, {
    minLength,
    maxLength,
    size: 'max',
  });
  return steps.map((drawn) => new Teller(told).tell(drawn));
}

/** The event as a release reads it that knows the type which parks it here. */
export function understood(event: RecordedEvent): RecordedEvent {
  if (event.type !== 'OfALaterRelease') return event;
  const { crisis, track, id } = JSON.parse(event.data);
  const told = { occurredAt: '2022-01-11', summary: 'It tells', reports: [{ source: 'reuters' }], speaker: 'russia' };
  return { ...event, type: 'StatementMade', data: JSON.stringify({ type: 'StatementMade', crisis, track, id, ...told }) };
}

/** What a development was when it was recorded: enough to refer to it. */
interface Told {
  readonly development: Development;
  readonly reports: string[];
  retracted: boolean;
  records: number;
}

class Teller {
  readonly #events: RecordedEvent[] = [];
  readonly #revisions = new Map<string, number>();
  readonly #told = new Map<string, Told[]>();
  readonly #entries = new Map<string, number>();
  #position = 0;
  #clock = BEGIN;

  constructor(private readonly sources: readonly string[]) {}

  tell(steps: readonly Step[]): RecordedEvent[] {
    for (const crisis of CRISES) this.#open(crisis);
    for (const each of steps) this.#step(each);
    return this.#events;
  }

  #open(crisis: string): void {
    this.#register(crisis, 'CrisisOpened', undefined, { title: `Crisis ${crisis}` });
    for (const id of ACTORS) this.#register(crisis, 'ActorRegistered', id, { name: `Name of ${id}`, kind: 'state' });
    for (const id of ISSUES) this.#register(crisis, 'IssueRaised', id, { title: `Issue ${id}` });
    SOURCES.forEach((id, index) =>
      this.#register(crisis, 'SourceRegistered', id, { name: `Source ${id}`, reliability: GRADES[index + 1] }),
    );
    for (const track of TRACKS) if (track !== 'context') this.#openTrack(crisis, track, `Track ${track}`);
  }

  #step(step: Step): void {
    const crisis = CRISES[step.crisis]!;
    const track = TRACKS[step.track]!;
    const pick = (index: number, from: readonly string[]): string => from[step.picks[index]! % from.length]!;
    this.#clock += step.later;
    switch (step.do) {
      case 'record':
        return this.#record(crisis, track, step, pick);
      case 'grade':
        return this.#register(crisis, 'SourceRegraded', pick(0, SOURCES), { reliability: pick(1, GRADES) });
      case 'rename-track':
        return track === 'context' ? undefined : this.#openTrack(crisis, track, `Track ${track} ${step.picks[0]}`);
      case 'park':
        return this.#append(trackStream(crisis, track), 'OfALaterRelease', { crisis, track, id: `later-${this.#position}` });
      default:
        return this.#stepAbout(crisis, track, step, pick);
    }
  }

  /** A record event about something that was told before on the track. */
  #stepAbout(crisis: string, track: string, step: Step, pick: (index: number, from: readonly string[]) => string): void {
    const told = this.#told.get(`${crisis}/${track}`) ?? [];
    const about = told[told.length - 1 - (step.picks[0]! % Math.max(told.length, 1))];
    if (about === undefined) return;
    const id = `${about.development.id}-r${++about.records}`;
    const append = (type: string, fields: object): void =>
      this.#append(trackStream(crisis, track), type, { type, crisis, track, id, development: about.development.id, ...fields });
    switch (step.do) {
      case 'correct':
        if (!about.retracted) append('DevelopmentCorrected', { changes: this.#changes(about, step, pick), reason: 'factual-error' });
        return;
      case 'retract':
        if (!about.retracted) append('DevelopmentRetracted', { reason: 'factual-error' });
        about.retracted = true;
        return;
      case 'reinstate':
        if (about.retracted) append('DevelopmentReinstated', {});
        about.retracted = false;
        return;
      case 'add-report': {
        const origin = step.picks[3]! % 3 === 0 ? { origin: pick(4, SOURCES) } : {};
        append('ReportAdded', {
          report: { source: pick(1, SOURCES), ...origin },
          stance: step.picks[2]! % 3 === 0 ? 'disputes' : 'corroborates',
        });
        about.reports.push(id);
        return;
      }
      case 'withdraw-report': {
        const report = about.reports.splice(step.picks[1]! % Math.max(about.reports.length, 1), 1)[0];
        if (report !== undefined) append('ReportWithdrawn', { report });
        return;
      }
      default:
    }
  }

  #record(crisis: string, track: string, step: Step & { do: 'record' }, pick: (index: number, from: readonly string[]) => string): void {
    const type = TYPES[step.type]!;
    const told = this.#told.get(`${crisis}/${track}`) ?? [];
    const oneOf = (index: number, wanted: DevelopmentType): string | undefined => {
      const ids = told.filter(({ development }) => development.type === wanted).map(({ development }) => development.id);
      return ids.length === 0 ? undefined : ids[ids.length - 1 - (step.picks[index]! % ids.length)];
    };
    const own = ownFields(type, step, pick, oneOf, this.#clock);
    if (own === undefined) return;
    const { resolved, ...fields } = own;
    const id = `${type.toLowerCase()}-${this.#position}`;
    const second = step.picks[6]! % 3 === 0 ? [{ source: pick(7, this.sources), quote: 'We take note.' }] : [];
    const data = {
      type,
      crisis,
      track,
      id,
      occurredAt: occurrence(this.#clock - step.ago, step.precision),
      ...(step.picks[5]! % 4 === 0 ? { sequence: step.picks[4]! - 5 } : {}),
      summary: `What ${id} tells`,
      reports: [{ source: pick(7, this.sources), ...(step.picks[6]! % 4 === 1 ? { origin: pick(5, this.sources) } : {}) }, ...second],
      ...(step.picks[5]! % 3 === 0 ? { about: [pick(4, ISSUES)] } : {}),
      ...(step.picks[4]! % 4 === 0 ? { alsoOn: [track === 'talks' ? 'council' : 'talks'] } : {}),
      ...(step.picks[3]! % 4 === 0 && told.length > 0
        ? { relatesTo: [{ development: told.at(-1)!.development.id, relation: 'follows' }] }
        : {}),
      ...(step.picks[2]! % 6 === 0 ? { cameo: '190' } : {}),
      ...fields,
    } as unknown as Development;
    this.#append(trackStream(crisis, track), type, data, resolved as Metadata['resolved']);
    const reports =
      second.length > 0 && second[0]!.source === data.reports[0]!.source
        ? [second[0]!.source, `${second[0]!.source}-2`]
        : data.reports.map(({ source }) => source);
    this.#told.set(`${crisis}/${track}`, [...told, { development: data, reports, retracted: false, records: 0 }]);
  }

  #changes({ development }: Told, step: Step, pick: (index: number, from: readonly string[]) => string): object {
    switch (step.picks[1]! % 6) {
      case 0:
        return { occurredAt: occurrence(this.#clock - step.picks[2]! * DAY - step.picks[3]! * HOUR, step.picks[4]! % 6) };
      case 1:
        return { reports: [{ source: pick(2, SOURCES) }] };
      case 2:
        return { sequence: step.picks[2]! - 5 };
      case 3:
        return { alsoOn: null, about: null, cameo: '057' };
      case 4:
        if (development.type === 'ResponsePromised') return { dueBy: day(this.#clock + (step.picks[2]! - 4) * DAY) };
        if (development.type === 'MeetingAnnounced') return { scheduledFor: day(this.#clock + (step.picks[2]! - 4) * DAY) };
        if (development.type === 'ProposalTabled') return { to: ['united-states', 'nato'] };
        if (development.type === 'MeetingHeld') return { outcome: 'breakdown' };
        return { summary: `Told otherwise ${step.picks[2]}` };
      default:
        return { occurredAt: day(Date.parse('2021-12-20') + step.picks[2]! * DAY), summary: 'It was earlier' };
    }
  }

  #openTrack(crisis: string, track: string, title: string): void {
    this.#register(crisis, 'TrackOpened', undefined, { title, parties: ['russia', 'united-states'] }, track);
  }

  #register(crisis: string, type: string, id: string | undefined, content: object, track?: string): void {
    const name = `${crisis}\n${type.replace('Regraded', 'Registered')}\n${track ?? id ?? ''}`;
    const entry = (this.#entries.get(name) ?? 0) + 1;
    this.#entries.set(name, entry);
    this.#append(track === undefined ? crisisStream(crisis) : trackStream(crisis, track), type, {
      type,
      crisis,
      track,
      id,
      entry,
      content,
    });
  }

  #append(stream: string, type: string, data: object, resolved?: Metadata['resolved']): void {
    this.#position += 1 + (this.#events.length % 3);
    const revision = (this.#revisions.get(stream) ?? -1) + 1;
    this.#revisions.set(stream, revision);
    const metadata: Metadata = {
      recordedAt: formatMoment(this.#clock),
      recordedBy: 'desk',
      schemaVersion: 1,
      digest: 'digest',
      resolved,
      $correlationId: 'c',
      $causationId: 'c',
      // One in four is of an archive: brought in long after its record time.
      ...(this.#events.length % 4 === 0 ? { importedAt: formatMoment(this.#clock + 30 * DAY) } : {}),
    };
    this.#events.push({
      id: eventId('crisis', stream, String(revision)),
      type,
      data: JSON.stringify(data),
      metadata: JSON.stringify(metadata),
      stream,
      revision: BigInt(revision) as Revision,
      position: BigInt(this.#position) as Position,
    });
  }
}

/** Undefined where the type needs something that is not there. */
function ownFields(
  type: DevelopmentType,
  step: Step,
  pick: (index: number, from: readonly string[]) => string,
  oneOf: (index: number, wanted: DevelopmentType) => string | undefined,
  clock: number,
): Record<string, unknown> | undefined {
  const by = pick(0, ['russia', 'united-states']);
  const to = by === 'russia' ? 'united-states' : 'russia';
  const given = (name: string, value: unknown, when: boolean): object => (when && value !== undefined ? { [name]: value } : {});
  const flag = (index: number, of = 2): boolean => step.picks[index]! % of === 0;
  const soon = day(clock + (step.picks[1]! - 3) * DAY);
  switch (type) {
    case 'TrackSuspended':
    case 'TrackResumed':
    case 'TrackConcluded':
      return {};
    case 'StatementMade':
      return {
        speaker: pick(0, ACTORS),
        ...given('to', [pick(5, ACTORS), 'nato'].slice(0, flag(6) ? 1 : 2), flag(7, 3) && pick(5, ACTORS) !== 'nato'),
        ...given('assessment', pick(1, ['progress', 'deadlock', 'neutral']), flag(2)),
        ...given('onBehalfOf', 'nato', flag(3, 5)),
        ...(flag(1) ? { resolved: { onBehalfOf: 'russia' } } : {}),
        ...given(
          'positions',
          [
            { party: pick(2, ACTORS), issue: pick(3, ISSUES), stance: 'demands', redLine: true },
            { party: pick(4, ACTORS), issue: pick(3, ISSUES), stance: 'opposes' },
          ],
          flag(4),
        ),
      };
    case 'PositionTaken':
      return {
        party: pick(0, ACTORS),
        issue: pick(1, ISSUES),
        stance: pick(2, ['supports', 'opposes', 'open-to']),
        ...given('statedBy', pick(3, ACTORS), flag(4)),
        ...(flag(5) ? { resolved: { onBehalfOf: 'russia' } } : {}),
      };
    case 'ProposalTabled':
      return { by, to: flag(1) ? [to] : [to, 'nato'], title: 'A draft' };
    case 'ProposalWithdrawn':
      return required('proposal', oneOf(1, 'ProposalTabled'));
    case 'PromiseWithdrawn':
      return required('promise', oneOf(1, 'ResponsePromised'));
    case 'ResponsePromised':
      return {
        by,
        to,
        undertaking: 'To answer',
        ...given('proposal', oneOf(1, 'ProposalTabled'), flag(2)),
        ...given('renews', oneOf(3, 'ResponsePromised'), flag(3, 3)),
        ...given('dueBy', flag(5) ? `${soon}/..` : soon, flag(4, 3) || flag(5)),
      };
    case 'ResponseDelivered': {
      const promise = oneOf(1, 'ResponsePromised');
      const proposal = oneOf(2, 'ProposalTabled');
      return {
        by,
        to,
        form: 'written',
        ...given('promise', promise, flag(3)),
        ...given('proposal', proposal, flag(4)),
        ...(flag(5) && proposal !== undefined ? { resolved: { proposal } } : {}),
        ...given('answer', 'rejects', flag(0)),
      };
    }
    case 'MeetingAnnounced':
      return { scheduledFor: soon, participants: ['russia', 'united-states'], ...given('format', 'call', flag(2)) };
    case 'MeetingRescheduled': {
      const announced = required('announcement', oneOf(2, 'MeetingAnnounced'));
      return announced && { ...announced, scheduledFor: soon };
    }
    case 'MeetingCancelled':
      return required('announcement', oneOf(2, 'MeetingAnnounced'));
    case 'MeetingHeld':
      return {
        participants: ['russia', 'united-states'],
        ...given('announcement', oneOf(1, 'MeetingAnnounced'), flag(2)),
        ...given('outcome', pick(3, ['agreement', 'progress', 'inconclusive', 'no-breakthrough', 'breakdown']), flag(4)),
      };
    case 'AgreementReached':
      return { parties: ['russia', 'united-states'], title: 'A treaty' };
    case 'ActionReported':
      return { category: 'military', claim: pick(1, ['reported', 'alleged', 'denied', 'confirmed']), by, ...given('target', to, flag(2)) };
  }
}

function required(name: string, value: string | undefined): Record<string, unknown> | undefined {
  return value === undefined ? undefined : { [name]: value };
}

function occurrence(moment: number, precision: number): string {
  switch (precision) {
    case 0:
      return formatMoment(moment);
    case 1:
      return `${day(moment - DAY)}~`;
    case 2:
      return day(moment - DAY).slice(0, 7);
    case 3:
      return `${day(moment - 3 * DAY)}/${day(moment - DAY)}`;
    case 4:
      return `${formatMoment(moment).slice(0, 17)}00Z`;
    default:
      return day(moment);
  }
}

function day(moment: number): string {
  return formatMoment(moment).slice(0, 10);
}
