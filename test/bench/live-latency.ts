// From the acknowledgement of a POST to its message on a live connection.
import { request, type IncomingMessage } from 'node:http';
import { Connection } from './connection.js';
import { CRISIS, developmentBody, trackName } from './history.js';

/** Posts at a steady rate. @returns for each development the time from its 201 to its live message, ms; 0 if the message came first */
export async function liveLatencies(
  url: string,
  { rate, seconds, tracks, prefix }: { rate: number; seconds: number; tracks: number; prefix: string },
): Promise<number[]> {
  const arrived = new Map<string, number>();
  const live = await openLive(`${url}/crises/${CRISIS}/live?projections=timeline`, (id) => {
    if (id.startsWith(prefix)) arrived.set(id, performance.now()); // the read side may still be telling of an earlier run
  });
  const idle = await Promise.all(Array.from({ length: 16 }, () => Connection.open(url)));
  const connections = [...idle];
  const acknowledged = new Map<string, number>();
  const total = rate * seconds;
  const started = performance.now();
  const posts: Promise<void>[] = [];
  for (let number = 0; number < total; number++) {
    const at = started + (number * 1000) / rate;
    const wait = at - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const connection = connections.pop() ?? (await Connection.open(url));
    const id = `${prefix}-${number}`;
    posts.push(
      connection
        .send('POST', `/crises/${CRISIS}/tracks/${trackName(number % tracks)}/developments`, JSON.stringify(developmentBody(number, id)))
        .then(({ status, body }) => {
          acknowledged.set(id, performance.now());
          connections.push(connection);
          if (status !== 201) throw new Error(`${status} ${body}`);
        }),
    );
  }
  await Promise.all(posts);
  const end = performance.now() + 10_000;
  while (arrived.size < total && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  live.destroy();
  for (const connection of connections) connection.close();
  if (arrived.size < total) throw new Error(`${total} developments, ${arrived.size} live messages`);
  return [...acknowledged].map(([id, at]) => Math.max(0, arrived.get(id)! - at));
}

/** @param onDevelopment told the id of each development whose message came */
function openLive(url: string, onDevelopment: (id: string) => void): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const messages = (rest + text).split('\n\n');
        rest = messages.pop()!;
        for (const message of messages) {
          if (message.includes('event: snapshot')) resolve(response);
          if (!message.includes('event: development')) continue;
          const data = JSON.parse(/^data: (.*)$/m.exec(message)![1]!) as { development: { id: string } };
          onDevelopment(data.development.id);
        }
      });
      response.on('error', () => {});
    })
      .on('error', reject)
      .end();
  });
}
