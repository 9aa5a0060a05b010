// The way to the server: the client finds the node, holds the channel, the certificates and the credentials; the calls on it are ours.
import { EventStoreDBClient } from '@eventstore/db-client';
import grpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { StoreUnavailable } from '../port.js';
import { isAboutTheNode, UNAVAILABLE } from './failure.js';

type Streams = InstanceType<typeof grpc.StreamsClient>;
export type ReadCall = ReturnType<Streams['read']>;
export type BatchAppendCall = ReturnType<Streams['batchAppend']>;
type Call = ReadCall | BatchAppendCall;

/** The calls that the adapter is made of. */
export interface Calls {
  /** @param leader the answer must be the leader's: no other node knows all that was acknowledged. @throws StoreUnavailable */
  read(request: streams.ReadReq, by: { readonly leader: boolean }): Promise<ReadCall>;
  /** @throws StoreUnavailable */
  batchAppend(): Promise<BatchAppendCall>;
}

/** What the client keeps for its own methods (6.2.1, pinned): see docs/decisions/calls-of-our-own.md. */
interface ClientsOwn {
  getChannel(): Promise<Channel>;
  /** Leaves a node that has failed, or that says who leads. */
  handleError(client: Streams, error: Error): Promise<void>;
  callArguments(
    options: { readonly requiresLeader?: boolean },
    call: { readonly deadline: number },
  ): [Parameters<Streams['batchAppend']>[0], object];
}
interface Channel {
  close(): void;
}

/**
 * In the client's units: ms, ms, s. A server that is frozen shows after 3 s, before those who wait for it give up; and no longer
 * is waited for one that is asked who leads.
 */
const DEFAULTS = { keepAliveInterval: '1500', keepAliveTimeout: '1500', gossipTimeout: '2' };

/** The text is no connection string that the client takes. The message names no part of it: it may hold a password. */
export class InvalidConnectionString extends Error {
  override readonly name = 'InvalidConnectionString';
}

/** The client looks for what else an error says. */
const NOTHING = { getMap: () => ({}) };
const leaving = new WeakMap<Call, () => void>();

/** A call's node does not answer: the next calls are to look for another, or for the same anew. */
export function leaveNodeOf(call: Call): void {
  leaving.get(call)?.();
}

/**
 * One client, and its calls. A client whose discovery has failed, and so may answer with that failure for ever, is left for
 * a new one; calls that an earlier client made go on, and nothing but `close` cancels another's call.
 */
export class Connection implements Calls {
  readonly #calls = new Set<Call>();
  #client: ClientsOwn;
  #nodes = 0;
  #streams: { readonly channel: Channel; readonly client: Streams } | undefined;
  #closed = false;

  /** @throws InvalidConnectionString */
  constructor(private readonly url: string) {
    this.#client = makeClient(url);
  }

  /** Another number each time that a node was left: what is found next may be another one, or the same with other data. */
  get node(): number {
    return this.#nodes;
  }

  async read(request: streams.ReadReq, { leader }: { readonly leader: boolean }): Promise<ReadCall> {
    return this.#call((client) => client.read(request, ...this.#arguments(leader)));
  }

  async batchAppend(): Promise<BatchAppendCall> {
    return this.#call((client) => client.batchAppend(...this.#arguments(true)));
  }

  /** Cancels all calls. */
  close(): void {
    this.#closed = true;
    for (const call of this.#calls) call.cancel();
    this.#streams?.channel.close();
  }

  #arguments(requiresLeader: boolean) {
    return this.#client.callArguments({ requiresLeader }, { deadline: Infinity });
  }

  async #call<C extends Call>(make: (client: Streams) => C): Promise<C> {
    const client = await this.#connected();
    const call = make(client);
    this.#calls.add(call);
    // Beside whoever made the call: an error that nobody listens to would end the process.
    call.on('error', (error: Error) => {
      if (isAboutTheNode(error)) this.#leave(client, error);
    });
    leaving.set(call, () => this.#leave(client, Object.assign(new Error('The node is silent'), { code: UNAVAILABLE, metadata: NOTHING })));
    call.on('close', () => this.#calls.delete(call));
    return call;
  }

  async #connected(): Promise<Streams> {
    if (this.#closed) throw new StoreUnavailable('The event log is closed');
    const client = this.#client;
    let channel: Channel;
    try {
      channel = await client.getChannel();
    } catch (error) {
      if (this.#client === client) this.#client = makeClient(this.url);
      this.#nodes++;
      throw new StoreUnavailable(`No node of the event store was found: ${(error as Error).message}`, { cause: error });
    }
    if (this.#closed) throw new StoreUnavailable('The event log is closed');
    if (this.#streams?.channel !== channel) {
      const options = { channelOverride: channel };
      this.#streams = { channel, client: new grpc.StreamsClient('', undefined as never, options as never) };
    }
    return this.#streams.client;
  }

  #leave(client: Streams, error: Error): void {
    this.#nodes++;
    // Where the next node is being looked for just now and is not found, the client rejects here as well.
    this.#client.handleError(client, error).catch(() => undefined);
  }
}

/** The string without credentials, for people to read. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([^:]+:\/\/)[^@/]*@/, '$1');
}

function makeClient(url: string): ClientsOwn {
  const text = url.trim().replace(/\/+$/, '');
  const given = new Set([...text.matchAll(/[?&]([^=&]+)=/g)].map(([, name]) => name!.toLowerCase().replace(/[_-]/g, '')));
  const added = Object.entries(DEFAULTS).filter(([name]) => !given.has(name.toLowerCase()));
  const options = added.map(([name, value]) => `${name}=${value}`).join('&');
  const complete = options === '' ? text : `${text}${text.includes('?') ? '&' : '?'}${options}`;
  try {
    return quietly(() => EventStoreDBClient.connectionString(complete)) as unknown as ClientsOwn;
  } catch (error) {
    // What does not stand in the string is a file that it names.
    const reason = /certificate|userCertFile/i.test((error as Error).message) ? ` (${(error as Error).message})` : '';
    throw new InvalidConnectionString(`The client of EventStoreDB cannot read the connection string${reason}`);
  }
}

/** The client warns of a keep-alive that is shorter than its own, each time. */
function quietly<T>(make: () => T): T {
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).startsWith('Specified KeepAliveInterval')) warn(...words);
  };
  try {
    return make();
  } finally {
    console.warn = warn;
  }
}
