// What a node tells of itself: which calls it serves, and that it leads a cluster of one.
import type { handleUnaryCall } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';

/** The server that the endpoint was measured against. */
const SERVER_VERSION = '23.10.8';
const STREAMS = 'event_store.client.streams.streams';
const METHODS: Readonly<Record<string, readonly string[]>> = {
  read: ['position', 'events'],
  append: [],
  delete: [],
  tombstone: [],
  batchappend: ['deadline_duration'],
};

export function supportedMethods(): handleUnaryCall<shared.Empty, features.SupportedMethods> {
  return (_, respond) => {
    const methods = Object.entries(METHODS).map(([name, list]) =>
      new features.SupportedMethod()
        .setServiceName(STREAMS)
        .setMethodName(name)
        .setFeaturesList([...list]),
    );
    respond(null, new features.SupportedMethods().setEventStoreServerVersion(SERVER_VERSION).setMethodsList(methods));
  };
}

/** @param port where clients reach the node */
export function members(port: () => number): handleUnaryCall<shared.Empty, gossip.ClusterInfo> {
  const instance = crypto.randomUUID();
  return (_, respond) => {
    const self = new gossip.MemberInfo()
      .setInstanceId(new shared.UUID().setString(instance))
      .setTimeStamp(String(BigInt(Date.now()) * 10_000n))
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port()));
    respond(null, new gossip.ClusterInfo().setMembersList([self]));
  };
}
