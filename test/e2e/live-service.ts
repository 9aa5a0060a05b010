// A service for specs of live connections: a fresh crisis for each test, and clients that are closed in the end.
import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import { openCrisis, Service, statement, type Answer } from './command-service.js';
import { LiveClient } from './live-client.js';

export class LiveService {
  service!: Service;
  /** The name of the test's own. */
  crisis!: string;
  readonly #clients: LiveClient[] = [];
  #crises = 0;

  /** Starts one before the tests of a file. @param prefix of the names of crises */
  static forEachTest(prefix: string): LiveService {
    const live = new LiveService();
    beforeAll(async () => {
      live.service = await Service.start();
    });
    beforeEach(async () => {
      live.crisis = `${prefix}-${++live.#crises}`;
      await live.open(live.crisis);
    });
    afterAll(async () => {
      await Promise.all(live.#clients.map((client) => client.close()));
      await live.service.remove();
    });
    return live;
  }

  /** Opens a crisis, and waits until it can be read. */
  async open(crisis: string): Promise<void> {
    await openCrisis(this.service, crisis);
    // Opened once more, nothing happens: the answer tells where the track stands in the log.
    const { body } = await this.service.put(`/crises/${crisis}/tracks/talks`, { title: 'Talks', parties: ['russia', 'united-states'] });
    await this.untilRead(crisis, body.position);
  }

  async listen(path: string, headers: Readonly<Record<string, string>> = {}): Promise<LiveClient> {
    const client = await LiveClient.open(`${this.service.url}${path}`, headers);
    expect(client.status).toBe(200);
    this.#clients.push(client);
    return client;
  }

  /** Records a statement, or what else is given. */
  async record(body: Readonly<Record<string, unknown>>, track = 'talks', crisis = this.crisis): Promise<Answer> {
    const answer = await this.service.post(`/crises/${crisis}/tracks/${track}/developments`, statement(body));
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer;
  }

  async untilRead(crisis: string, position: string): Promise<void> {
    expect((await this.service.get(`/crises/${crisis}?minPosition=${position}`)).status).toBe(200);
  }
}
