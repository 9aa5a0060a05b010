// Errors as a server sends them: a status, and trailers from which the client makes its own error
// (`RpcExceptions.cs` in the server's source, `CommandError` in the client's).
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

function refusal(code: status, details: string, trailers: Readonly<Record<string, string>> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const streamDeleted = (stream: string): ServiceError =>
  refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const maxAppendSizeExceeded = (bytes: number): ServiceError =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytes),
  });

export const wrongExpectedVersion = (operation: string, stream: string, expected: bigint, actual: bigint): ServiceError =>
  refusal(
    status.FAILED_PRECONDITION,
    `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    { exception: 'wrong-expected-version', 'stream-name': stream, 'expected-version': String(expected), 'actual-version': String(actual) },
  );

/** What ASP.NET says of any exception that nobody caught. */
export const handlerThrew = (): ServiceError => refusal(status.UNKNOWN, 'Exception was thrown by handler.');

export const unexpectedResult = (result: string): ServiceError => refusal(status.UNKNOWN, `Unexpected ${result}: Error`);

/** A subscriber that did not take what the server had for it. */
export const consumerTooSlow = (): ServiceError =>
  refusal(status.ABORTED, 'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.');

export const notReady = (): ServiceError => refusal(status.UNAVAILABLE, 'Server Is Not Ready');

export const invalidArgument = (what: string): ServiceError => refusal(status.INVALID_ARGUMENT, `'${what}' is not a valid argument`);
