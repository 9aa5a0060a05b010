/** The service cannot run as it is set up. The message says what to do. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
