// A client of Parley's API, for browsers and Node. It needs `fetch` and streams, and nothing else.
//
// Guarantees: a read includes what this client has recorded before it (unless `readsOwnWrites` is off); a live connection loses
// and repeats nothing; what the service refuses is a {@link ParleyProblem}.
// Non-guarantee: commands are not sent again by themselves. Give an `id` or an `idempotencyKey`, then you may.
import type {
  Actor,
  Changes,
  CommandAnswer,
  Crisis,
  CrisisCommitment,
  CrisisOverview,
  Development,
  DevelopmentPage,
  FoundDevelopment,
  Frame,
  ImportResult,
  Meeting,
  ParkedEvent,
  PositionWithHistory,
  Preface,
  Projection,
  TensionReport,
  TrackState,
  Verification,
} from './answers.js';
import { importBatches } from './import.js';
import { linesOf } from './lines.js';
import { liveMessages, type LiveOptions } from './live.js';
import type { LiveMessage, LiveProjection } from './messages.js';
import { ParleyProblem } from './problem.js';
import type {
  ActorEntry,
  AddedReport,
  ClosureEntry,
  Correction,
  CrisisEntry,
  DevelopmentType,
  ImportLine,
  IssueEntry,
  NewDevelopment,
  Position,
  Reinstatement,
  Reliability,
  ReportWithdrawal,
  Retraction,
  SourceEntry,
  TrackEntry,
} from './vocabulary.js';
import type { ParkedMessage, RegisteredWebhook, RetriedMessages, Webhook, WebhookEntry, WebhookTest } from './webhooks.js';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:3000`; in a browser also a path, such as `/parley`. */
  readonly baseUrl: string;
  /** Default: the platform's own. */
  readonly fetch?: typeof fetch;
  /** Who records. Nobody checks it. */
  readonly recorder?: string;
  /** Whether reads wait for what this client has recorded. Default: they do. */
  readonly readsOwnWrites?: boolean;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface CommandOptions extends CallOptions {
  /** Makes the id where the body has none, so that a repeat is one. */
  readonly idempotencyKey?: string;
  /** The track's revision on which it depends. */
  readonly ifMatch?: string;
}

/** A date, a month, a year, or a moment with its zone. A bare date includes the date. */
export type When = string | Date;

/** Where a read stands. */
export interface ReadPoint extends CallOptions {
  /** What had happened by then. */
  readonly asOf?: When;
  /** What had been recorded by then. */
  readonly knownAt?: When;
  /** Pins the answer to what the log held up to there. */
  readonly position?: Position;
  /** Waits until this is included. */
  readonly minPosition?: Position;
  readonly excludeSource?: readonly string[];
  readonly minReliability?: Exclude<Reliability, 'F'>;
}

export interface Paged {
  /** 1 to 500. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

export interface TimelineQuery extends ReadPoint, Paged {
  readonly order?: 'newest' | 'oldest' | 'relevance';
  readonly from?: When;
  readonly to?: When;
  readonly type?: readonly DevelopmentType[];
  readonly track?: readonly string[];
  readonly actor?: readonly string[];
  readonly issue?: readonly string[];
  readonly source?: readonly string[];
  readonly verification?: readonly Verification[];
  readonly q?: string;
}

export interface LiveFilters {
  readonly track?: readonly string[];
  readonly actor?: readonly string[];
  readonly issue?: readonly string[];
  readonly type?: readonly DevelopmentType[];
  readonly source?: readonly string[];
}

export interface LiveQuery<F = LiveFilters> extends LiveOptions {
  /** Default: tracks and timeline. */
  readonly projections?: readonly LiveProjection[];
  readonly filters?: F;
  readonly minPosition?: Position;
}

export interface ReplayQuery extends ReadPoint {
  readonly from?: When;
  readonly until?: When;
  /** Default: `occurred`. */
  readonly by?: 'occurred' | 'recorded';
}

/** An answer in pages; `next` is null on the last one. */
export type Page<T> = Preface & T & { next: string | null };
export type Timeline = Page<{ developments: (Development & FoundDevelopment)[]; complete?: boolean }>;

type Query = Readonly<Record<string, unknown>>;

export class ParleyClient {
  readonly #base: string;
  readonly #fetch: typeof fetch;
  readonly #recorder: Readonly<Record<string, string>>;
  readonly #readsOwnWrites: boolean;
  #lastPosition: bigint | undefined;

  constructor({ baseUrl, fetch: own = (...call) => fetch(...call), recorder, readsOwnWrites = true }: ClientOptions) {
    this.#base = baseUrl.replace(/\/+$/, '');
    this.#fetch = own;
    // Headers are Latin-1; the service reads these bytes as UTF-8.
    this.#recorder = recorder === undefined ? {} : { 'parley-recorder': String.fromCharCode(...new TextEncoder().encode(recorder)) };
    this.#readsOwnWrites = readsOwnWrites;
  }

  /** The furthest position that a command of this client was answered with. */
  get lastPosition(): Position | undefined {
    return this.#lastPosition === undefined ? undefined : String(this.#lastPosition);
  }

  // Commands

  openCrisis(crisis: string, entry: CrisisEntry, options?: CallOptions): Promise<CommandAnswer> {
    return this.#command('PUT', path`/crises/${crisis}`, entry, options);
  }

  closeCrisis(crisis: string, entry: ClosureEntry = {}, options?: CallOptions): Promise<CommandAnswer> {
    return this.#command('POST', path`/crises/${crisis}/closure`, entry, options);
  }

  registerActor(crisis: string, actor: string, entry: ActorEntry, options?: CallOptions): Promise<CommandAnswer> {
    return this.#command('PUT', path`/crises/${crisis}/actors/${actor}`, entry, options);
  }

  registerIssue(crisis: string, issue: string, entry: IssueEntry, options?: CallOptions): Promise<CommandAnswer> {
    return this.#command('PUT', path`/crises/${crisis}/issues/${issue}`, entry, options);
  }

  registerSource(crisis: string, source: string, entry: SourceEntry, options?: CallOptions): Promise<CommandAnswer> {
    return this.#command('PUT', path`/crises/${crisis}/sources/${source}`, entry, options);
  }

  registerTrack(crisis: string, track: string, entry: TrackEntry, options?: CallOptions): Promise<CommandAnswer> {
    return this.#command('PUT', path`/crises/${crisis}/tracks/${track}`, entry, options);
  }

  record(crisis: string, track: string, development: NewDevelopment, options?: CommandOptions): Promise<CommandAnswer> {
    return this.#command('POST', path`/crises/${crisis}/tracks/${track}/developments`, development, options);
  }

  correct(crisis: string, track: string, id: string, correction: Correction, options?: CommandOptions): Promise<CommandAnswer> {
    return this.#command('POST', `${developmentPath(crisis, track, id)}/corrections`, correction, options);
  }

  retract(crisis: string, track: string, id: string, retraction: Retraction, options?: CommandOptions): Promise<CommandAnswer> {
    return this.#command('POST', `${developmentPath(crisis, track, id)}/retractions`, retraction, options);
  }

  reinstate(
    crisis: string,
    track: string,
    id: string,
    reinstatement: Reinstatement = {},
    options?: CommandOptions,
  ): Promise<CommandAnswer> {
    return this.#command('POST', `${developmentPath(crisis, track, id)}/reinstatements`, reinstatement, options);
  }

  addReport(crisis: string, track: string, id: string, added: AddedReport, options?: CommandOptions): Promise<CommandAnswer> {
    return this.#command('POST', `${developmentPath(crisis, track, id)}/reports`, added, options);
  }

  withdrawReport(
    crisis: string,
    track: string,
    id: string,
    report: string,
    withdrawal: ReportWithdrawal = {},
    options?: CommandOptions,
  ): Promise<CommandAnswer> {
    return this.#command('POST', `${developmentPath(crisis, track, id)}${path`/reports/${report}/withdrawal`}`, withdrawal, options);
  }

  /** Any number of lines; one result for each, in order. A rejected line is a result, no error. */
  async *import(
    lines: Iterable<ImportLine> | AsyncIterable<ImportLine>,
    { signal }: CallOptions = {},
  ): AsyncGenerator<ImportResult, void, void> {
    const headers = { 'content-type': 'application/x-ndjson', ...this.#recorder };
    const send = (body: string): AsyncIterable<ImportResult> =>
      this.#lines<ImportResult>('/import', { method: 'POST', headers, body, signal });
    for await (const result of importBatches(lines, send)) {
      this.#recorded(result.position);
      yield result;
    }
  }

  // Reads

  crises(query: ReadPoint = {}): Promise<Preface & { crises: CrisisOverview[] }> {
    return this.#read('/crises', query);
  }

  crisis(crisis: string, query: ReadPoint = {}): Promise<Preface & { crisis: Crisis }> {
    return this.#read(path`/crises/${crisis}`, query);
  }

  tracks(crisis: string, query: ReadPoint = {}): Promise<Preface & { tracks: TrackState[] }> {
    return this.#read(path`/crises/${crisis}/tracks`, query);
  }

  track(crisis: string, track: string, query: ReadPoint = {}): Promise<Preface & { track: TrackState }> {
    return this.#read(path`/crises/${crisis}/tracks/${track}`, query);
  }

  timeline(crisis: string, query: TimelineQuery = {}): Promise<Timeline> {
    return this.#read(path`/crises/${crisis}/timeline`, query);
  }

  /** The developments of all pages: of one moment, that of the first page. */
  async *timelineAll(crisis: string, query: TimelineQuery = {}): AsyncGenerator<Development & FoundDevelopment, void, void> {
    for (let cursor = query.cursor; ;) {
      const { developments, next } = await this.timeline(crisis, { ...query, cursor });
      yield* developments;
      if (next === null) return;
      cursor = next;
    }
  }

  development(
    crisis: string,
    track: string,
    id: string,
    query: ReadPoint = {},
  ): Promise<Preface & { development: Development & DevelopmentPage }> {
    return this.#read(developmentPath(crisis, track, id), query);
  }

  positions(
    crisis: string,
    query: ReadPoint & {
      readonly party?: readonly string[];
      readonly issue?: readonly string[];
      readonly track?: readonly string[];
      readonly history?: number;
    } = {},
  ): Promise<Preface & { positions: PositionWithHistory[] }> {
    return this.#read(path`/crises/${crisis}/positions`, query);
  }

  commitments(
    crisis: string,
    query: ReadPoint &
      Paged & {
        readonly track?: readonly string[];
        readonly by?: readonly string[];
        readonly to?: readonly string[];
        readonly state?: readonly ('open' | 'overdue' | 'delivered' | 'late' | 'withdrawn' | 'renewed')[];
      } = {},
  ): Promise<Page<{ commitments: CrisisCommitment[] }>> {
    return this.#read(path`/crises/${crisis}/commitments`, query);
  }

  meetings(
    crisis: string,
    query: ReadPoint &
      Paged & { readonly track?: readonly string[]; readonly actor?: readonly string[]; readonly state?: readonly Meeting['state'][] } = {},
  ): Promise<Page<{ meetings: Meeting[] }>> {
    return this.#read(path`/crises/${crisis}/meetings`, query);
  }

  /** @param query.actor one, or two between whom */
  tension(
    crisis: string,
    query: ReadPoint & { readonly track?: string; readonly actor?: readonly string[]; readonly days?: number } = {},
  ): Promise<Preface & { tension: TensionReport }> {
    return this.#read(path`/crises/${crisis}/tension`, query);
  }

  actors(crisis: string, query: ReadPoint & Paged & { readonly actor?: readonly string[] } = {}): Promise<Page<{ actors: Actor[] }>> {
    return this.#read(path`/crises/${crisis}/actors`, query);
  }

  /** What changed from a point up to `asOf` and `knownAt`. */
  changes(
    crisis: string,
    query: ReadPoint & { readonly from: When; readonly fromKnownAt?: When; readonly track?: readonly string[]; readonly limit?: number },
  ): Promise<Preface & Changes> {
    // The second clock of the end goes with its first one, as that of the beginning does.
    return this.#read(path`/crises/${crisis}/changes`, { ...query, knownAt: query.knownAt ?? query.asOf });
  }

  parked(query: Pick<ReadPoint, 'minPosition' | 'signal'> = {}): Promise<{ position: Position; count: number; parked: ParkedEvent[] }> {
    return this.#read('/projections/parked', query);
  }

  projections({ signal }: CallOptions = {}): Promise<{ projections: Projection[] }> {
    return this.#json('/projections', { signal });
  }

  // Live and replay

  /** A snapshot, then each change as it happens, whatever the connection goes through. See {@link LiveOptions} for how it ends. */
  live(crisis: string, query: LiveQuery = {}): AsyncGenerator<LiveMessage, void, void> {
    return this.#live(path`/crises/${crisis}/live`, query);
  }

  /** The same over all crises: messages say of which one they are. */
  liveAll(query: LiveQuery<LiveFilters & { readonly crisis?: readonly string[] }> = {}): AsyncGenerator<LiveMessage, void, void> {
    return this.#live('/live', query);
  }

  /** The history as frames. The last one is `until` itself. @throws where the answer was cut */
  replay(crisis: string, query: ReplayQuery = {}): AsyncGenerator<Frame, void, void> {
    const { signal, ...own } = query;
    return this.#lines(path`/crises/${crisis}/replay` + this.#query(own), { signal, headers: { accept: 'application/x-ndjson' } });
  }

  // Webhooks, at the replica that is called

  /** Registers a webhook, amends it, or enables it again. */
  putWebhook(webhook: string, entry: WebhookEntry, options?: CallOptions): Promise<RegisteredWebhook> {
    return this.#send('PUT', path`/webhooks/${webhook}`, entry, options);
  }

  async webhooks({ signal }: CallOptions = {}): Promise<Webhook[]> {
    return (await this.#json<{ webhooks: Webhook[] }>('/webhooks', { signal })).webhooks;
  }

  webhook(webhook: string, { signal }: CallOptions = {}): Promise<Webhook> {
    return this.#json(path`/webhooks/${webhook}`, { signal });
  }

  async deleteWebhook(webhook: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#call(path`/webhooks/${webhook}`, { method: 'DELETE', signal });
  }

  /** Sends a test message at once. */
  testWebhook(webhook: string, options?: CallOptions): Promise<WebhookTest> {
    return this.#send('POST', path`/webhooks/${webhook}/test`, {}, options);
  }

  /** Delivers everything that matches after a position again. */
  replayWebhook(webhook: string, from: Position, options?: CallOptions): Promise<Webhook> {
    return this.#send('POST', path`/webhooks/${webhook}/replay`, { from }, options);
  }

  /** The first 500 messages that were given up. */
  async parkedMessages(webhook: string, { signal }: CallOptions = {}): Promise<ParkedMessage[]> {
    return (await this.#json<{ messages: ParkedMessage[] }>(path`/webhooks/${webhook}/parked`, { signal })).messages;
  }

  /** Tries parked messages once more: one of them, or all in their order. */
  retryParked(webhook: string, message?: string, options?: CallOptions): Promise<RetriedMessages> {
    const which = message === undefined ? '' : path`/${message}`;
    return this.#send('POST', `${path`/webhooks/${webhook}/parked`}${which}/retry`, {}, options);
  }

  #live(address: string, { projections, filters, minPosition, ...options }: LiveQuery): AsyncGenerator<LiveMessage, void, void> {
    const connect = (lastId: string | undefined, signal: AbortSignal): Promise<Response> =>
      this.#call(address + this.#query({ projections, ...filters, minPosition }), {
        signal,
        cache: 'no-store',
        headers: { accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
      });
    return liveMessages(connect, options);
  }

  async #command(
    method: 'PUT' | 'POST',
    address: string,
    body: object,
    { idempotencyKey, ifMatch, signal }: CommandOptions = {},
  ): Promise<CommandAnswer> {
    const headers = {
      'content-type': 'application/json',
      ...this.#recorder,
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    };
    const answer = await this.#json<CommandAnswer>(address, { method, headers, body: JSON.stringify(body), signal });
    this.#recorded(answer.position);
    return answer;
  }

  #send<T>(method: 'PUT' | 'POST', address: string, body: object, { signal }: CallOptions = {}): Promise<T> {
    return this.#json(address, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });
  }

  #recorded(position: Position | undefined): void {
    if (position === undefined) return;
    const reached = BigInt(position);
    if (this.#lastPosition === undefined || reached > this.#lastPosition) this.#lastPosition = reached;
  }

  #read<T>(address: string, { signal, ...query }: ReadPoint & object): Promise<T> {
    return this.#json(address + this.#query(query as Query), { signal });
  }

  /** @returns with its `?`, or nothing */
  #query({ minPosition = this.#readsOwnWrites ? this.lastPosition : undefined, ...query }: Query): string {
    const parameters = Object.entries({ ...query, minPosition }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(textOf(value))}`],
    );
    return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  }

  async #json<T>(address: string, init: CallInit): Promise<T> {
    return (await this.#call(address, init)).json() as Promise<T>;
  }

  async *#lines<T>(address: string, init: CallInit): AsyncGenerator<T, void, void> {
    const { body } = await this.#call(address, init);
    for await (const line of linesOf(body!)) if (line !== '') yield JSON.parse(line) as T;
  }

  async #call(address: string, { signal, ...init }: CallInit): Promise<Response> {
    const response = await this.#fetch(this.#base + address, { ...init, ...(signal === undefined ? {} : { signal }) });
    if (!response.ok) throw await ParleyProblem.of(response);
    return response;
  }
}

type CallInit = Omit<RequestInit, 'signal'> & { readonly signal?: AbortSignal | undefined };

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.join(',') : String(value);
}

function path(parts: TemplateStringsArray, ...names: readonly string[]): string {
  return parts.map((part, index) => part + (index < names.length ? encodeURIComponent(names[index]!) : '')).join('');
}

function developmentPath(crisis: string, track: string, id: string): string {
  return path`/crises/${crisis}/tracks/${track}/developments/${id}`;
}
