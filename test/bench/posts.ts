// POSTs of developments, closed loop: each connection sends its next one when the last is answered.
import { Connection } from './connection.js';
import { CRISIS, developmentBody, trackName } from './history.js';

export interface PostRun {
  readonly count: number;
  /** ms */
  readonly duration: number;
  /** ms, of each request. */
  readonly latencies: readonly number[];
}

export interface PostOptions {
  /** How long. */
  readonly ms: number;
  readonly connections: number;
  /** Over how many tracks in turn. */
  readonly tracks: number;
  /** Of the ids, so that runs do not repeat each other. */
  readonly prefix: string;
  readonly crisis?: string;
  readonly bodyOf?: (number: number, id: string) => object;
}

export async function postFor(
  url: string,
  { ms, connections, tracks, prefix, crisis = CRISIS, bodyOf = developmentBody }: PostOptions,
): Promise<PostRun> {
  const latencies: number[] = [];
  let number = 0;
  const started = performance.now();
  const end = started + ms;
  const loop = async (): Promise<void> => {
    const connection = await Connection.open(url);
    while (performance.now() < end) {
      const n = number++;
      const sent = performance.now();
      const { status, body } = await connection.send(
        'POST',
        `/crises/${crisis}/tracks/${trackName(n % tracks)}/developments`,
        JSON.stringify(bodyOf(n, `${prefix}-${n}`)),
      );
      if (status !== 201) throw new Error(`${status} ${body}`);
      latencies.push(performance.now() - sent);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, loop));
  return { count: latencies.length, duration: performance.now() - started, latencies };
}
