// How long whoever records waits for the store: as long as it is heard.
import { StoreAway } from './recorder.js';

/** How long a store may be silent before callers are told that it is away, ms. */
const PATIENCE_MS = 4500;

/**
 * Settles as `work` does, or rejects once the store has been silent for {@link PATIENCE_MS}. What is under way goes on.
 * @param heard when something was read last of the streams that it takes (`performance.now()`)
 * @throws StoreAway
 */
export async function unlessSilent<T>(work: Promise<T>, heard: () => number): Promise<T> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const look = (): void => {
    const left = heard() + PATIENCE_MS - performance.now();
    if (left > 0) timer = setTimeout(look, left);
    else reject(new StoreAway('The store does not answer'));
  };
  let timer = setTimeout(look, PATIENCE_MS);
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
