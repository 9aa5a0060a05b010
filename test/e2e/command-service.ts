// A real service on a folder of its own, and a client that speaks JSON to it.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../apps/tracker/settings.js';
import { startTracker, type Tracker } from '../../apps/tracker/start.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON, or the text of what is none. */
  readonly body: any;
}

export class Service {
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-e2e-'));
  #tracker: Tracker | undefined;

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Service> {
    const service = new Service();
    await service.start(environment);
    return service;
  }

  get url(): string {
    return this.#tracker!.url;
  }

  get calls(): readonly string[] {
    return this.#tracker!.calls;
  }

  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#tracker = await startTracker(
      readSettings({ PORT: '0', PARLEY_DATA_DIR: this.folder, PARLEY_DEMO: 'off', LOG_LEVEL: 'error', ...environment }),
    );
  }

  async stop(): Promise<void> {
    await this.#tracker?.close();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** @param body sent as JSON; a text as it is; undefined: none */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(this.url + path, { method, headers: { ...type, ...headers }, ...sent });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body:
        /json/.test(response.headers.get('content-type') ?? '') && !/ndjson/.test(response.headers.get('content-type')!)
          ? JSON.parse(text)
          : text,
    };
  }

  put(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.call('PUT', path, body, headers);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.call('POST', path, body, headers);
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  /** Imports lines (objects as JSON, texts as they are), and gives the results. */
  async import(lines: readonly unknown[]): Promise<any[]> {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    const answer = await this.call('POST', '/import', text, { 'content-type': 'application/x-ndjson' });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body === ''
      ? []
      : answer.body
          .trimEnd()
          .split('\n')
          .map((line: string) => JSON.parse(line));
  }

  /** An import whose lines are sent one by one. */
  openImport(): { send(text: string): void; end(): void; next(): Promise<any>; abort(): void } {
    const request = http.request(`${this.url}/import`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' } });
    const results = (async function* () {
      const [response] = await new Promise<[http.IncomingMessage]>((resolve, reject) => {
        request.on('response', (...args) => resolve(args));
        request.on('error', reject);
      });
      let text = '';
      for await (const chunk of response) {
        text += chunk;
        for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
          yield JSON.parse(text.slice(0, end));
          text = text.slice(end + 1);
        }
      }
    })();
    request.flushHeaders();
    return {
      send: (text) => void request.write(text),
      end: () => void request.end(),
      abort: () => void request.destroy(),
      next: async () => (await results.next()).value,
    };
  }
}

/** Opens a crisis with two actors, an issue, a source and a track, so that developments can be recorded. */
export async function openCrisis(service: Service, crisis: string): Promise<void> {
  const results = await service.import([
    { type: 'CrisisOpened', crisis, title: 'A crisis' },
    { type: 'ActorRegistered', crisis, id: 'russia', name: 'Russia', kind: 'state' },
    { type: 'ActorRegistered', crisis, id: 'united-states', name: 'United States', kind: 'state' },
    { type: 'IssueRaised', crisis, id: 'enlargement', title: 'Enlargement' },
    { type: 'SourceRegistered', crisis, id: 'tass', name: 'TASS', reliability: 'C' },
    { type: 'TrackOpened', crisis, track: 'talks', title: 'Talks', parties: ['russia', 'united-states'] },
  ]);
  const rejected = results.filter(({ status }) => status === 'rejected');
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected));
}

export function statement(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    type: 'StatementMade',
    occurredAt: '2022-01-12',
    summary: 'Something was said.',
    speaker: 'russia',
    reports: [{ source: 'tass' }],
    ...more,
  };
}
