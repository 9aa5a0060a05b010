// Live messages: every change once, in one order, whoever asks and whenever.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Position, RecordedEvent } from '#event-store/port.js';
import { LIVE_PROJECTIONS, type LiveCursor, type LiveFilter, type LiveProjection } from './read-side.js';
import { passes, type Subject } from './live-filter.js';
import { ACTORS, CRISES, histories, ISSUES, SOURCES, TRACKS, understood } from './testing/history.js';
import { MemoryReadSide } from './testing/memory-read-side.js';
import { NaiveFold } from './testing/naive-fold.js';
import { NOW } from './testing/points.js';

const CRISIS = 'alpha';
const START: LiveCursor = { position: 0n };
const ALL = LIVE_PROJECTIONS;

interface Message {
  readonly event: string;
  readonly position: string;
  readonly number?: number;
  readonly moment?: number;
  readonly among?: number;
  readonly projections?: readonly LiveProjection[];
  readonly parked?: string;
  readonly about: readonly Subject[];
  readonly data: any;
}

describe('live pages', () => {
  it('from any message on are what came after it, without gap or repeat, however long the pages are', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40 }), fc.integer({ min: 1, max: 5 }), fc.nat({ max: 1000 }), (events, limit, from) => {
        const readSide = new MemoryReadSide(events);
        const all = messagesAfter(readSide, START, 1000);
        expect(messagesAfter(readSide, START, limit)).toEqual(all);
        if (all.length === 0) return;
        const told = from % all.length;
        expect(messagesAfter(readSide, cursorAt(all, told), limit)).toEqual(all.slice(told + 1));
      }),
      { numRuns: 60 },
    );
  });

  it('are the same for who listens all the time as for who comes back at the end', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40 }), fc.array(fc.integer({ min: 0, max: 3 * 86_400_000 })), (events, waits) => {
        const times = new NaiveFold(events).trueTimes();
        const readSide = new MemoryReadSide();
        const heard: Message[] = [];
        let cursor = START;
        const listen = (now: number): void => {
          const page = readSide.ask('livePage', { crisis: CRISIS, projections: ALL, after: cursor, limit: 1000, now });
          heard.push(...page.messages);
          cursor = readCursor(page.cursor);
        };
        events.forEach((event, index) => {
          readSide.apply([event]);
          if (index === 0) return;
          const now = times.get(event.position) ?? 0;
          const next = events.slice(index + 1).flatMap(({ position }) => times.get(position) ?? [])[0] ?? Infinity;
          listen(Math.min(now + (waits[index] ?? 0), next - 1));
        });
        listen(NOW);
        expect(heard).toEqual(messagesAfter(readSide, START, 1000));
      }),
      { numRuns: 60 },
    );
  });

  it('tell of every event with the state that it made, and of what falls due with the state that it became', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40 }), (events) => {
        const readSide = new MemoryReadSide(events);
        const fold = new NaiveFold(events);
        const times = fold.trueTimes();
        const messages = messagesAfter(readSide, START, 1000);
        const developments = messages.filter(({ number }) => number === 0);
        expect(developments.map(({ position }) => position)).toEqual(fold.recorded(CRISIS, NOW).map(({ position }) => String(position)));
        const order = messages.map(({ position, moment }) => moment ?? times.get(BigInt(position))!);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        for (const { event, position, moment, data } of messages) {
          const then = { asOf: moment ?? times.get(BigInt(position))!, knownAt: Infinity, position: BigInt(position) };
          if (event === 'track') expect(data.track).toEqual(fold.track(CRISIS, data.track.id, then));
          if (event === 'due') for (const track of data.tracks) expect(track).toEqual(fold.track(CRISIS, track.id, then));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are the same in number and content whatever else is asked for', () => {
    fc.assert(
      fc.property(
        histories({ maxLength: 40 }),
        fc.subarray([...ALL]),
        fc.integer({ min: 1, max: 5 }),
        fc.nat({ max: 1000 }),
        fc.constantFrom(CRISIS, null),
        (events, projections, limit, from, crisis) => {
          const readSide = new MemoryReadSide(events);
          const all = messagesAfter(readSide, START, 1000, { crisis });
          const wanted = (message: Message) => isFor(message, projections);
          expect(messagesAfter(readSide, START, limit, { crisis, projections }).filter(wanted)).toEqual(all.filter(wanted));
          if (all.length === 0) return;
          const told = from % all.length;
          const after = messagesAfter(readSide, cursorAt(all, told), limit, { crisis, projections });
          expect(after.filter(wanted)).toEqual(all.slice(told + 1).filter(wanted));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of positions, promises, meetings and tension have what a read answers at that place, and no other place changes it', () => {
    const long = histories({ minLength: 60, maxLength: 120, parks: false });
    fc.assert(
      fc.property(fc.oneof(long, long.map(asItHappened)), (events) => {
        const readSide = new MemoryReadSide(events);
        const times = new NaiveFold(events).trueTimes();
        let tension: any;
        const kept = { positions: new Map<string, any>(), commitments: new Map<string, any>(), meetings: new Map<string, any>() };
        const read = (model: Model, asOf: number, position?: bigint): Map<string, any> => {
          const point = { asOf, now: NOW, ...(position === undefined ? {} : { position }) };
          const page = { crisis: CRISIS, ...point, limit: 500, history: 5 };
          return new Map(readSide.ask(model, page)[model].map((state: any) => [nameOf[model](state), state]));
        };
        for (const { event, position, moment, data } of messagesAfter(readSide, START, 1000)) {
          const at = { asOf: moment ?? times.get(BigInt(position))!, position: BigInt(position) };
          if (data.tension !== undefined)
            expect((tension = data.tension)).toEqual(readSide.ask('tension', { crisis: CRISIS, ...at, now: NOW, days: 28 }).tension);
          for (const model of MODELS) {
            const states: any[] = data[model] ?? [];
            const then = event === model ? read(model, at.asOf, at.position) : undefined;
            if (then !== undefined) {
              expect(states.length + data.removed.length).toBeGreaterThan(0);
              for (const state of states) expect(state).toEqual(then.get(nameOf[model](state)));
              for (const name of data.removed) expect([name, kept[model].delete(name), then.has(name)]).toEqual([name, true, false]);
            }
            for (const state of states) {
              expect(state).not.toEqual(kept[model].get(nameOf[model](state)));
              kept[model].set(nameOf[model](state), state);
            }
            if (event === 'due') expect([...kept[model]].sort(byName)).toEqual([...read(model, at.asOf, at.position)].sort(byName));
          }
        }
        if (tension !== undefined) expect(tension.score).toBeNull();
        for (const model of MODELS) expect([...kept[model]].sort(byName)).toEqual([...read(model, NOW)].sort(byName));
      }),
      { numRuns: 40 },
    );
  });

  it('over all crises are those of each crisis, and that it was opened or closed', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40 }), (events) => {
        const readSide = new MemoryReadSide(events);
        const all = messagesAfter(readSide, START, 1000, { crisis: null });
        for (const crisis of CRISES) {
          const own = all.filter((message) => message.data.crisis === crisis);
          const { crises } = readSide.ask('crises', { now: NOW });
          if (!crises.some(({ id }: any) => id === crisis)) {
            expect(own).toEqual([]);
            continue;
          }
          const told = messagesAfter(readSide, START, 1000, { crisis });
          expect(own.filter(({ event }) => event !== 'crisis').map(contentOf)).toEqual(told.map(contentOf));
          const opened = own.filter(({ event }) => event === 'crisis');
          const { id, title, closed } = crises.find((each: any) => each.id === crisis);
          expect(opened.at(-1)!.data.overview).toMatchObject({ id, title, closed });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('over all crises from any message on are what came after it, also of what falls due in several at one moment', () => {
    const drawn = [
      histories({ maxLength: 30 }).map(asItHappened).map(twinned),
      fc.integer({ min: 1, max: 5 }),
      fc.nat({ max: 1000 }),
    ] as const;
    fc.assert(
      fc.property(...drawn, (events, limit, from) => {
        const readSide = new MemoryReadSide(events);
        const all = messagesAfter(readSide, START, 1000, { crisis: null });
        expect(messagesAfter(readSide, START, limit, { crisis: null })).toEqual(all);
        if (all.length === 0) return;
        const together = all.findIndex(({ moment }, index) => moment !== undefined && moment === all[index + 1]?.moment);
        for (const told of [from % all.length, ...(together < 0 ? [] : [together])])
          expect(messagesAfter(readSide, cursorAt(all, told), limit, { crisis: null })).toEqual(all.slice(told + 1));
      }),
      { numRuns: 40 },
    );
  });

  it('over all crises tell also of what begins soon after it was recorded, while events go on', () => {
    const [opening] = fc.sample(histories({ minLength: 1, maxLength: 1 }), { numRuns: 1, seed: 1 });
    const events = opening!.slice(0, -1).map((event, index) => ({ ...event, position: BigInt(index + 1) as Position }));
    const at = (minute: number): string => `2022-02-01T09:${String(minute).padStart(2, '0')}:00.000Z`;
    const say = (id: string, recorded: number, occurred: number): void => {
      const template = opening!.findLast(({ stream }) => stream === `track-${CRISIS}.talks`)!;
      const [type, track] = ['StatementMade', 'talks'];
      const data = { type, crisis: CRISIS, track, id, occurredAt: at(occurred), summary: 'It tells', speaker: 'russia' };
      const metadata = { ...JSON.parse(template.metadata), recordedAt: at(recorded) };
      const [revision, position] = [BigInt(events.length), BigInt(events.length + 1)] as [never, never];
      const text = { data: JSON.stringify({ ...data, reports: [{ source: 'reuters' }] }), metadata: JSON.stringify(metadata) };
      events.push({ ...template, ...text, id, type, position, revision });
    };
    say('before', 10, 5);
    say('ahead', 20, 30);
    say('after', 40, 35);
    for (const projections of [ALL, ['tracks', 'timeline'] as const]) {
      const told = messagesAfter(new MemoryReadSide(asItHappened(events)), START, 1000, { crisis: null, projections });
      const soon = told.filter(({ moment = 0 }) => moment < Date.parse(at(59)));
      const names = soon.flatMap(({ event, data }) =>
        event === 'development' ? data.development.id : event === 'due' ? data.due.map(({ kind }: any) => kind) : [],
      );
      expect(names.filter((name) => name !== 'day-began').slice(-4)).toEqual(['before', 'ahead', 'development-began', 'after']);
    }
  });

  it('of developments pass a filter as a timeline does', () => {
    const some = (...names: readonly string[]) => fc.option(fc.subarray([...names], { minLength: 1 }), { nil: undefined });
    const filters = fc.record({
      track: some(...TRACKS),
      actor: some(...ACTORS),
      issue: some(...ISSUES),
      source: some(...SOURCES),
      type: some('StatementMade', 'ResponsePromised', 'MeetingHeld'),
    }) as fc.Arbitrary<LiveFilter>;
    fc.assert(
      fc.property(histories({ maxLength: 40 }), filters, (events, filter) => {
        const readSide = new MemoryReadSide(events);
        const told = messagesAfter(readSide, START, 1000).filter(({ event }) => event === 'development');
        for (const { position, about, data } of told) {
          const params = { crisis: CRISIS, filter, order: 'newest', limit: 500, position: BigInt(position), now: NOW } as const;
          const shown = readSide.ask('timeline', params).developments;
          const isShown = shown.some(({ position: first }: any) => first === data.development.position);
          expect(passes(about, filter)).toBe(isShown);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tell at its moment of every commitment that falls overdue, every span that ends and all that begins, and of no other', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40, parks: false }).map(asItHappened), (events) => {
        const fold = new NaiveFold(events);
        const told = messagesAfter(new MemoryReadSide(events), START, 1000).flatMap(({ data, moment }) =>
          (data.due ?? [])
            .filter(({ kind }: any) => kind !== 'meeting-lapsed' && kind !== 'day-began')
            .map(({ kind, track, promise, development }: any) => `${moment} ${kind} ${track}/${promise ?? development}`),
        );
        expect(new Set(told)).toEqual(new Set(fallsDue(fold, events)));
        expect(new Set(told).size).toBe(told.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('who was told while something was parked', () => {
  it('is told to begin afresh once it is released, and nobody else is', () => {
    fc.assert(
      fc.property(histories({ minLength: 20, maxLength: 40 }), (events) => {
        using then = new MemoryReadSide(events);
        using now = new MemoryReadSide(events.map(understood));
        const told = messagesAfter(then, START, 1000);
        const released = events.find(({ type, stream }) => type === 'OfALaterRelease' && stream.startsWith(`track-${CRISIS}.`));
        told.forEach((_, index) => {
          const after = cursorAt(told, index);
          const next = nextAfter(now, after);
          expect([after, next?.event === 'resync']).toEqual([after, released !== undefined && released.position <= after.position]);
          expect(nextAfter(then, after)?.event).not.toBe('resync');
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('what falls due next', () => {
  it('is the moment from which a page tells of it', () => {
    fc.assert(
      fc.property(histories({ maxLength: 40, parks: false }).map(asItHappened), (events) => {
        const readSide = new MemoryReadSide(events);
        const quietFrom = Math.max(...new NaiveFold(events).trueTimes().values());
        const position = lastOf(events);
        for (let after = quietFrom; ;) {
          const { nextDue } = readSide.ask('nextDue', { crisis: CRISIS, after });
          const page = (now: number) =>
            readSide.ask('livePage', { crisis: CRISIS, projections: ALL, after: { position, moment: after }, limit: 10, now }).messages;
          if (nextDue === null) return expect(page(NOW)).toEqual([]);
          expect(page(nextDue - 1)).toEqual([]);
          const [message] = page(nextDue);
          expect(message).toMatchObject({ event: 'due' });
          after = message.moment;
        }
      }),
      { numRuns: 60 },
    );
  });
});

function messagesAfter(
  readSide: MemoryReadSide,
  start: LiveCursor,
  limit: number,
  { crisis = CRISIS, projections = ALL }: { crisis?: string | null; projections?: readonly LiveProjection[] } = {},
): Message[] {
  const messages: Message[] = [];
  for (let after = start; ;) {
    const page = readSide.ask('livePage', { crisis, projections, after, limit, now: NOW });
    expect(page.messages.length).toBeLessThanOrEqual(limit);
    messages.push(...page.messages);
    if (!page.more) return messages;
    after = readCursor(page.cursor);
  }
}

function nextAfter(readSide: MemoryReadSide, start: LiveCursor): Message | undefined {
  for (let after = start; ;) {
    const { messages, cursor, more } = readSide.ask('livePage', { crisis: CRISIS, projections: ALL, after, limit: 1, now: NOW });
    if (messages.length > 0 || !more) return messages[0];
    after = readCursor(cursor);
  }
}

/** Where a connection stands by the id of a message: what fell due has the place of the event before it. */
function cursorAt(messages: readonly Message[], index: number): LiveCursor {
  const { moment, among } = messages[index]!;
  const event = messages.slice(0, index + 1).findLast(({ number }) => number !== undefined);
  return {
    position: BigInt(event?.position ?? 0),
    ...(event === undefined || moment !== undefined ? {} : { number: event.number! }),
    ...(moment === undefined ? {} : { moment }),
    ...(among === undefined ? {} : { among }),
    ...(event?.parked === undefined ? {} : { parked: event.parked }),
  };
}

const MODELS = ['positions', 'commitments', 'meetings'] as const;
type Model = (typeof MODELS)[number];

/** As messages name what is no more. */
const nameOf: Readonly<Record<Model, (state: any) => string>> = {
  positions: ({ party, issue }) => `${party}/${issue}`,
  commitments: ({ track, promise }) => `${track}/${promise}`,
  meetings: ({ track, announcement, held }) => `${track}/${announcement ?? held.development}`,
};

/** Without what was brought in from an archive: that was all recorded after what falls due in it. */
function asItHappened(events: readonly RecordedEvent[]): RecordedEvent[] {
  return events.map((event) => {
    const metadata = { ...(JSON.parse(event.metadata) as object), importedAt: undefined };
    return { ...event, metadata: JSON.stringify(metadata) };
  });
}

/** What happened in one crisis, and the same in another one. */
function twinned(events: readonly RecordedEvent[]): RecordedEvent[] {
  return events
    .filter(({ stream }) => new RegExp(`-${CRISIS}(\\.|$)`).test(stream))
    .flatMap((event) => {
      const other = { data: event.data.replaceAll(CRISIS, 'beta'), stream: event.stream.replace(CRISIS, 'beta') };
      return [event, { ...event, ...other }];
    })
    .map((event, index) => ({ ...event, position: BigInt(index + 1) as Position }));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function isFor({ event, projections }: Message, wanted: readonly LiveProjection[]): boolean {
  if (event === 'crisis') return true;
  const own = event === 'track' ? 'tracks' : (ALL.find((projection) => projection === event) ?? 'timeline');
  return (projections ?? [own]).some((projection) => wanted.includes(projection));
}

function contentOf({ event, data, number, moment }: Message): unknown {
  return { event, data, number, moment };
}

function readCursor({ position, ...rest }: any): LiveCursor {
  return { position: BigInt(position), ...rest };
}

/** What the states themselves say: what is another just before a moment and at it, between one event and the next. */
function fallsDue(fold: NaiveFold, events: readonly RecordedEvent[]): string[] {
  const own = events.filter(({ stream }) => new RegExp(`-${CRISIS}(\\.|$)`).test(stream));
  const times = fold.trueTimes();
  const moments = [...new Set(fold.moments().flatMap((moment) => [moment, moment + 1]))].sort((a, b) => a - b);
  return own.flatMap(({ position }, index) => {
    const next = own[index + 1];
    const until = next === undefined ? NOW - 250 : times.get(next.position)!;
    const between = moments.filter((moment) => moment > times.get(position)! && moment <= until);
    return between.flatMap((moment) => [
      ...begins(fold, moment, position),
      ...TRACKS.flatMap((track) => {
        const at = (asOf: number): any => fold.track(CRISIS, track, { asOf, knownAt: Infinity, position });
        const [before, after] = [at(moment - 1), at(moment)];
        const late = ({ openCommitments }: any): string[] =>
          openCommitments.flatMap(({ promise, overdue }: any) => (overdue ? [promise] : []));
        const uncertain = (state: any): string[] => state.uncertain.map(({ development }: any) => development);
        return [
          ...late(after)
            .filter((promise) => !late(before).includes(promise))
            .map((promise) => `${moment} commitment-overdue ${track}/${promise}`),
          ...uncertain(before)
            .filter((each) => !uncertain(after).includes(each))
            .map((each) => `${moment} span-ended ${track}/${each}`),
        ];
      }),
    ]);
  });
}

/** What is in the timeline at a moment, and was not just before it. */
function begins(fold: NaiveFold, moment: number, position: bigint): string[] {
  const shown = (asOf: number): string[] =>
    fold.timeline(CRISIS, { asOf, knownAt: Infinity, position }).map(({ track, id }) => `${moment} development-began ${track}/${id}`);
  const before = new Set(shown(moment - 1));
  return shown(moment).filter((each) => !before.has(each));
}

function lastOf(events: readonly RecordedEvent[]): bigint {
  return events.at(-1)!.position;
}
