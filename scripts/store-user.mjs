// Makes the user "parley" in an EventStoreDB with the rights that Parley needs, and no more. Safe to run again.
//   EVENTSTORE_ADMIN_URL='esdb://admin:...@node:2113?...' PARLEY_STORE_PASSWORD=... npm run store:user
import { EventStoreDBClient } from '@eventstore/db-client';
import users from '@eventstore/db-client/generated/users_pb.js';
import services from '@eventstore/db-client/generated/users_grpc_pb.js';

const LOGIN = 'parley';
/** gRPC's. */
const ALREADY_EXISTS = 6;

const url = process.env.EVENTSTORE_ADMIN_URL ?? refuse('Set EVENTSTORE_ADMIN_URL to a connection string with the user admin.');
const password = process.env.PARLEY_STORE_PASSWORD ?? refuse('Set PARLEY_STORE_PASSWORD to what the user parley is to have.');
const client = EventStoreDBClient.connectionString(url);
try {
  await makeUser();
  // $all is a system stream: without this only admins may read or follow it.
  await client.setStreamMetadata('$all', { acl: { readRoles: ['$admins', LOGIN] } });
} catch (error) {
  refuse(`The server refused: ${error.message}`);
}
console.log(`The user ${LOGIN} may read all of the log, and read and write streams as everyone with a login may.`);
process.exit(0);

async function makeUser() {
  const user = new users.CreateReq.Options().setLoginName(LOGIN).setFullName('Parley').setPassword(password);
  try {
    await call('create', new users.CreateReq().setOptions(user));
  } catch (error) {
    if (error.code !== ALREADY_EXISTS && error.metadata?.get('exception')[0] !== 'user-conflict') throw error;
    const reset = new users.ResetPasswordReq.Options().setLoginName(LOGIN).setNewPassword(password);
    await call('resetPassword', new users.ResetPasswordReq().setOptions(reset));
  }
}

/** The client has no method for users, but what its methods are made of: the node, the certificates and the credentials are its own. */
function call(method, request) {
  return client.execute(services.UsersClient, method, (stub) => {
    const [metadata, options] = client.callArguments({ requiresLeader: true });
    return new Promise((resolve, reject) => {
      stub[method](request, metadata, options, (error, answer) => (error === null ? resolve(answer) : reject(error)));
    });
  });
}

function refuse(reason) {
  console.error(reason);
  process.exit(1);
}
