// Part 3: connections that are cut at random while others write, and come back with the last id that they have whole. What each was
// told is compared with the log.
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.js';
import { CRISIS, trackName } from './history.js';
import { LIVE_PATH, startWithHistory, TRACKS } from './live-history.js';
import { postAtRate } from './live-posts.js';
import type { Row } from './measure.js';
import { seeded } from '../support/seeded.js';

const CLIENTS = 50;
const RATE = 50;
/** Of so many developments one is corrected. */
const CORRECTED = 10;
const LONGEST_MS = 2000;
const LONGEST_AWAY_MS = 500;
const PATIENCE_MS = 60_000;

export async function cutAndResume(folder: string, { seconds }: { seconds: number }, tell: (row: Row) => void): Promise<void> {
  const service = await startWithHistory(folder);
  const url = service.url + LIVE_PATH;
  const before = (await logOf(service.url)).length;
  const random = seeded(20_220_121);
  const clients = Array.from({ length: CLIENTS }, () => new Client(url, random));
  await Promise.all(clients.map((client) => client.listen()));
  let isWriting = true;
  const running = clients.map((client) => client.cutAtRandom(() => isWriting));

  const corrector = await Connection.open(service.url);
  let corrections: Promise<unknown> = Promise.resolve();
  const correct = async (id: string, number: number): Promise<void> => {
    const path = `/crises/${CRISIS}/tracks/${trackName(number % TRACKS)}/developments/${id}/corrections`;
    const body = JSON.stringify({ id: `correction-${number}`, changes: { summary: 'It was put otherwise.' }, reason: 'factual-error' });
    const { status, body: answer } = await corrector.send('POST', path, body);
    if (status !== 201) throw new Error(answer);
  };
  await postAtRate(service.url, { rate: RATE, seconds, tracks: TRACKS, prefix: 'cut' }, ({ id }, number) => {
    if (number % CORRECTED === 0) corrections = corrections.then(() => correct(id, number));
  });
  await corrections;
  isWriting = false;
  await Promise.all(running);

  const log = (await logOf(service.url)).slice(before);
  await Promise.all(clients.map((client) => client.listenUntil(log.at(-1)!)));
  const wrong = clients.filter(({ heard }) => heard.length !== log.length || heard.some((name, index) => name !== log[index]));
  const cuts = clients.reduce((sum, client) => sum + client.cuts, 0);
  tell({
    what: `${CLIENTS} clients, cut ${cuts} times in ${seconds} s, that were told ${log.length} developments and corrections otherwise than the log has them`,
    figure: String(wrong.length),
    aim: '0',
  });
  tell({
    what: 'states that they were told, on average',
    figure: (clients.reduce((sum, { states }) => sum + states, 0) / CLIENTS).toFixed(0),
  });
  corrector.close();
  await service.stop();
}

/** Developments and corrections in the order of the log, by name. */
async function logOf(url: string): Promise<string[]> {
  const text = await (await fetch(`${url}/crises/${CRISIS}/export.ndjson`)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; type: string; development?: string; reports?: object })
    .filter(({ type, reports }) => type === 'DevelopmentCorrected' || reports !== undefined)
    .map(({ type, id }) => `${type === 'DevelopmentCorrected' ? 'correction' : 'development'} ${id}`);
}

class Client {
  readonly heard: string[] = [];
  states = 0;
  cuts = 0;
  #lastId: string | undefined;
  #response: IncomingMessage | undefined;
  #rest = '';

  constructor(
    private readonly url: string,
    private readonly random: () => number,
  ) {}

  /** Resolves once it is answered. */
  listen(): Promise<void> {
    this.#rest = '';
    return new Promise((resolve, reject) => {
      const headers = this.#lastId === undefined ? {} : { 'last-event-id': this.#lastId };
      get(this.url, { agent: false, headers }, (response) => {
        this.#response = response;
        response
          .setEncoding('utf8')
          .on('data', (text: string) => this.#read(text))
          .on('error', () => {});
        resolve();
      }).on('error', reject);
    });
  }

  async cutAtRandom(goesOn: () => boolean): Promise<void> {
    while (this.#lastId === undefined) await sleep(10);
    while (goesOn()) {
      await sleep(this.random() * LONGEST_MS);
      this.#response!.destroy();
      this.cuts++;
      await sleep(this.random() * LONGEST_AWAY_MS);
      await this.listen();
    }
  }

  async listenUntil(name: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (this.heard.at(-1) !== name && Date.now() < end) await sleep(10);
    await sleep(200); // what should not come
    this.#response!.destroy();
  }

  #read(text: string): void {
    const messages = (this.#rest + text).split('\n\n');
    this.#rest = messages.pop()!;
    for (const message of messages) {
      const [, id, event, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(message) ?? [];
      if (id === undefined) continue;
      this.#lastId = id;
      if (event === 'track') this.states++;
      if (event !== 'development' && event !== 'correction') continue;
      const told = JSON.parse(data!) as { development: { id: string }; event: { id: string } };
      this.heard.push(`${event} ${event === 'correction' ? told.event.id : told.development.id}`);
    }
  }
}
