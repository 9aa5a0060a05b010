// POSTs of developments at a steady rate, whatever the answers take.
import { Connection } from './connection.js';
import { CRISIS, developmentBody, trackName } from './history.js';

export interface Posted {
  readonly id: string;
  readonly position: number;
  /** When the 201 came, by {@link clock}. */
  readonly at: number;
}

export interface PostPace {
  readonly rate: number;
  readonly seconds: number;
  readonly tracks: number;
  /** Of the ids, so that runs do not repeat each other. */
  readonly prefix: string;
  /** What each development quotes; default: a short sentence. */
  readonly quote?: string;
}

/** ms, the same in all processes of a machine. */
export function clock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** @param on told each as its 201 comes */
export async function postAtRate(
  url: string,
  { rate, seconds, tracks, prefix, quote }: PostPace,
  on: (posted: Posted, number: number) => void = () => {},
): Promise<Posted[]> {
  const idle = await Promise.all(Array.from({ length: 16 }, () => Connection.open(url)));
  const total = Math.round(rate * seconds);
  const started = performance.now();
  const posts: Promise<Posted>[] = [];
  const post = async (number: number): Promise<Posted> => {
    const connection = idle.pop() ?? (await Connection.open(url));
    const id = `${prefix}-${number}`;
    const path = `/crises/${CRISIS}/tracks/${trackName(number % tracks)}/developments`;
    const { status, body } = await connection.send('POST', path, JSON.stringify(developmentBody(number, id, quote)));
    const at = clock();
    idle.push(connection);
    if (status !== 201) throw new Error(`${status} ${body}`);
    const posted = { id, position: Number((JSON.parse(body) as { position: string }).position), at };
    on(posted, number);
    return posted;
  };
  for (let number = 0; number < total; number++) {
    const wait = started + (number * 1000) / rate - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    posts.push(post(number));
  }
  const all = await Promise.all(posts);
  for (const connection of idle) connection.close();
  return all;
}
