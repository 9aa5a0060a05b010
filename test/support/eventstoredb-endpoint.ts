// An EventStoreDB for tests: an ordinary TCP port on which the real client speaks to it, and which can be told to go wrong.
//
// Guarantees: where nothing is scripted it answers as a server does (eventstoredb-endpoint/, each part with its spec);
// what it acknowledged is in its log, over any `stop` and `start`.
// Not guaranteed: docs/testing-eventstoredb.md says what it does not prove. It is no server, and not fast.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { openEmbeddedStore } from '#event-store/embedded/store.js';
import { batchAppend, singleAppend } from './eventstoredb-endpoint/appending.js';
import { softDelete, tombstone } from './eventstoredb-endpoint/deleting.js';
import { members, supportedMethods } from './eventstoredb-endpoint/node-status.js';
import { read } from './eventstoredb-endpoint/reading.js';
import { consumerTooSlow, notReady } from './eventstoredb-endpoint/refusals.js';
import { Script, type AppendFault } from './eventstoredb-endpoint/script.js';
import { ServerLog } from './eventstoredb-endpoint/server-log.js';
import type { ServedEvent } from './eventstoredb-endpoint/stored-event.js';
import { FaultyWire } from './faulty-wire.js';

export interface EndpointOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Where its log is kept, also after `close`. Default: a folder for the time being. */
  readonly folder?: string;
}

export interface Endpoint {
  /** For the client: `esdb://127.0.0.1:<port>?tls=false`. */
  readonly url: string;
  readonly port: number;
  /** How many connections there are, and how many subscriptions are served. */
  readonly connections: number;
  readonly subscriptions: number;
  /** Everything in its log, past all faults: what a test judges by. */
  events(): Promise<ServedEvent[]>;

  /** Every piece of data comes so much later, both ways, ms. */
  slow(delay: number): void;
  /** Accepts, and never answers, until `thaw`: as a process that is stopped with SIGSTOP. */
  freeze(): void;
  thaw(): void;
  /** Ends its half of every connection. */
  halfClose(): void;
  /** Breaks every connection. */
  cut(): void;
  /** Takes no new connections, until `accept`; those that there are stay. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Gone as after `kill -9`: every connection breaks, new ones are refused. Its data stay. */
  stop(): Promise<void>;
  /** Back on the same port, with its data. */
  start(): Promise<void>;
  /** Ends all subscriptions: without an error, because the subscriber is slow, or because the node is. */
  dropSubscriptions(how: 'ended' | 'too-slow' | 'not-ready'): void;
  /** The next appends, one each, go wrong so. */
  failAppends(...faults: readonly AppendFault[]): void;
  /** Takes back what was scripted and lasts. */
  heal(): Promise<void>;

  close(): Promise<void>;
}

/** A server takes events of 16 MB from other clients. */
const LARGEST_MESSAGE = 17 * 1024 * 1024;

export async function startEndpoint({ port = 0, folder }: EndpointOptions = {}): Promise<Endpoint> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'parley-endpoint-')));
  const store = await openEmbeddedStore({ folder: home });
  const log = new ServerLog(store);
  const script = new Script(() => wire.cut());
  const server = new Server({ 'grpc.max_receive_message_length': LARGEST_MESSAGE, 'grpc.max_send_message_length': LARGEST_MESSAGE });
  server.addService(streams.StreamsService, {
    read: read(log, script),
    append: singleAppend(log, script),
    batchAppend: batchAppend(log, script),
    delete: softDelete(log),
    tombstone: tombstone(log),
  });
  server.addService(features.ServerFeaturesService, { getSupportedMethods: supportedMethods() });
  server.addService(gossip.GossipService, { read: members(() => wire.port) });
  const wire = await FaultyWire.open({ host: '127.0.0.1', port: await bind(server) }, port);

  const stop = async (): Promise<void> => {
    const refusing = wire.refuse();
    wire.cut();
    await refusing;
  };
  return {
    url: `esdb://127.0.0.1:${wire.port}?tls=false`,
    port: wire.port,
    get connections() {
      return wire.connections;
    },
    get subscriptions() {
      return script.subscriptions;
    },
    events: () => Array.fromAsync(log.readAll('start')),
    slow: (delay) => wire.slow(delay),
    freeze: () => wire.freeze(),
    thaw: () => wire.thaw(),
    halfClose: () => wire.halfClose(),
    cut: () => wire.cut(),
    refuse: () => wire.refuse(),
    accept: () => wire.accept(),
    stop,
    start: () => wire.accept(),
    dropSubscriptions: (how) => script.dropSubscriptions(how === 'ended' ? undefined : how === 'too-slow' ? consumerTooSlow() : notReady()),
    failAppends: (...faults) => script.failAppends(...faults),
    heal: async () => {
      script.clear();
      wire.slow(0);
      wire.thaw();
      await wire.accept();
    },
    close: async () => {
      await wire.close();
      server.forceShutdown();
      await store.close();
      if (folder === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error === null ? resolve(port) : reject(error)));
  });
}
