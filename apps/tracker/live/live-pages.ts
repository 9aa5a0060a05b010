// What live connections are told, asked from the read side in pages. Each message is serialised once, whoever it goes to.
import type { EventStore } from '#event-store/port.js';
import type { Subject } from '#projections/live-filter.js';
import type { LiveCursor, LiveProjection, ReadSide } from '#projections/read-side.js';
import { markOf } from '#projections/parked-mark.js';
import type { ParkedStream } from '#projections/tables/parked.js';
import { formatId, type FixedCursor } from './live-cursor.js';
import type { Addressed, Subscription } from './subscription.js';

export interface LiveMessage extends Addressed {
  readonly event: string;
  readonly at: LiveCursor;
  /** It fell due: it has a moment, not a place in the log. */
  readonly isDue: boolean;
  /** It is a state, and of those with the same text only the latest matters to whoever has fallen behind. */
  readonly conflates?: string;
  /** As it goes out. */
  readonly bytes: Buffer;
}

export interface LivePage {
  readonly messages: readonly LiveMessage[];
  /** Where whoever has the page's messages stands. */
  readonly cursor: FixedCursor;
  /** There was more than a page holds. */
  readonly more: boolean;
  /** What was told before is no beginning of what comes next: a fresh snapshot is to follow the page. */
  readonly restart: boolean;
}

const PAGE_LIMIT = 100;

export class LivePages {
  constructor(
    private readonly readSide: ReadSide,
    /** Its id is asked when there is something to tell: then the read side is open, and the id known. */
    private readonly store: Pick<EventStore, 'id'>,
  ) {}

  /** The state as it is now, as a page of one message. @throws ReadRefused */
  async snapshot({ crisis, projections, filter }: Subscription): Promise<LivePage> {
    const now = Date.now();
    const { body } = await this.readSide.ask('snapshot', { crisis, projections, filter: filter?.values, now });
    const cursor = { ...placeOf(body), moment: now };
    return {
      messages: [liveMessage('snapshot', FOR_ALL, cursor, formatId(this.store.id, cursor), body)],
      cursor,
      more: false,
      restart: false,
    };
  }

  /** What comes after a cursor, for all who asked for any of these projections, whatever their filters. @throws ReadRefused */
  async after({ crisis, projections }: Pick<Subscription, 'crisis' | 'projections'>, after: LiveCursor): Promise<LivePage> {
    const { body } = await this.readSide.ask('livePage', { crisis, projections, after, limit: PAGE_LIMIT, now: Date.now() });
    const { messages, cursor, more } = JSON.parse(body) as WrittenPage;
    const restart = messages.some(({ event }) => event === 'resync');
    return { messages: this.#read(messages, after), cursor: { ...readCursor(cursor), moment: cursor.moment }, more, restart };
  }

  /** The next moment (ms) after another at which something may fall due. @throws ReadRefused */
  async nextDue(crisis: string | null, after: number): Promise<number | null> {
    const { body } = await this.readSide.ask('nextDue', { crisis, after });
    return (JSON.parse(body) as { nextDue: number | null }).nextDue;
  }

  #read(messages: readonly WrittenMessage[], after: LiveCursor): LiveMessage[] {
    let lastEvent = after;
    return messages.map(({ event, projections = projectionsOf(event), about, data, moment, among, ...place }) => {
      const isDue = moment !== undefined;
      if (!isDue) lastEvent = readCursor(place);
      if (event === 'resync') return resyncMessage(lastEvent, (data as { reason: string }).reason);
      // What falls due does so between events: of the one before it, all has been told.
      const at = isDue ? { position: lastEvent.position, parked: lastEvent.parked, moment, among } : lastEvent;
      const message = liveMessage(event, { projections, about }, at, formatId(this.store.id, at), JSON.stringify(data));
      return { ...message, conflates: conflates(event, data) };
    });
  }
}

/** What the connection was told before is no beginning of what it will be told. It has no id: nothing resumes from it. */
export function resyncMessage(at: LiveCursor, reason: string): LiveMessage {
  const bytes = Buffer.from(`event: resync\ndata: ${JSON.stringify({ reason })}\n\n`);
  return { event: 'resync', ...FOR_ALL, at, isDue: false, bytes };
}

/** As the read side writes it. */
interface WrittenPage {
  readonly messages: readonly WrittenMessage[];
  readonly cursor: WrittenCursor & { readonly moment: number };
  readonly more: boolean;
}

interface WrittenCursor {
  readonly position: string;
  readonly number?: number;
  /** ms. In a message: only of what fell due. */
  readonly moment?: number;
  readonly among?: number;
  readonly parked?: string;
}

interface WrittenMessage extends WrittenCursor {
  readonly event: string;
  readonly projections?: readonly LiveProjection[];
  readonly about: readonly Subject[];
  readonly data: unknown;
}

function readCursor({ position, ...rest }: WrittenCursor): LiveCursor {
  return { position: BigInt(position), ...rest };
}

/** Where a snapshot stands: it is said before the first list in it, but for what is parked, and the rest is not parsed again. */
function placeOf(body: string): LiveCursor {
  const position = BigInt(/"position":"(\d+)"/.exec(body)![1]!);
  const parked = /^[^[]*"parked":(\[[^\]]*\])/.exec(body)?.[1];
  return { position, parked: parked === undefined ? undefined : markOf(JSON.parse(parked) as ParkedStream[], Number(position)) };
}

/** By the name of a message, whom it concerns, where it does not say so itself. */
const PROJECTIONS: Readonly<Record<string, readonly LiveProjection[] | null>> = {
  crisis: null,
  resync: null,
  track: ['tracks'],
  due: ['tracks'],
  positions: ['positions'],
  commitments: ['commitments'],
  meetings: ['meetings'],
  tension: ['tension'],
};

function projectionsOf(event: string): readonly LiveProjection[] | null {
  const projections = PROJECTIONS[event];
  return projections === undefined ? ['timeline'] : projections;
}

/** To everyone, whatever they filter. */
const FOR_ALL: Addressed = { projections: null, about: [{}] };

/** A whole state, which makes the ones of the same thing before it needless. The other models' messages tell what changed in them. */
function conflates(event: string, data: unknown): string | undefined {
  const { crisis, track } = data as { crisis: string; track: { id: string } };
  if (event === 'track') return `track ${crisis}/${track.id}`;
  return event === 'tension' ? `tension ${crisis}` : undefined;
}

/** @param data JSON text: it has no line break, so it is one line of the wire form */
function liveMessage(event: string, addressed: Addressed, at: LiveCursor, id: string, data: string): LiveMessage {
  return { event, ...addressed, at, isDue: event === 'due', bytes: Buffer.from(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`) };
}
