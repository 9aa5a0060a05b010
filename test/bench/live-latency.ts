// From the acknowledgement of a POST to its message on a live connection.
import { request, type IncomingMessage } from 'node:http';
import { CRISIS } from './history.js';
import { clock, postAtRate, type PostPace } from './live-posts.js';

/** Posts at a steady rate. @returns for each development the time from its 201 to its live message, ms; 0 if the message came first */
export async function liveLatencies(url: string, pace: PostPace): Promise<number[]> {
  const arrived = new Map<string, number>();
  const live = await openLive(`${url}/crises/${CRISIS}/live?projections=timeline`, (id) => {
    if (id.startsWith(pace.prefix)) arrived.set(id, clock()); // the read side may still be telling of an earlier run
  });
  const posted = await postAtRate(url, pace);
  const end = clock() + 10_000;
  while (arrived.size < posted.length && clock() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  live.destroy();
  if (arrived.size < posted.length) throw new Error(`${posted.length} developments, ${arrived.size} live messages`);
  return posted.map(({ id, at }) => Math.max(0, arrived.get(id)! - at));
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
