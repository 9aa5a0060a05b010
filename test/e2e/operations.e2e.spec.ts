import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCrisis, Service, statement } from './command-service.js';

const MAIN = fileURLToPath(new URL('../../apps/tracker/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'parley-operations-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs the service as a program. */
function run(environment: Record<string, string>): {
  exit: Promise<number | null>;
  text: () => string;
  line: (part: string) => Promise<string>;
  stop: (signal: NodeJS.Signals) => void;
} {
  const child = spawn(process.execPath, [MAIN], {
    env: { PORT: '0', PARLEY_DATA_DIR: scratch, PARLEY_DEMO: 'off', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const line = async (part: string): Promise<string> => {
    for (;;) {
      const found = text.split('\n').find((candidate) => candidate.includes(part));
      if (found !== undefined) return found;
      await Promise.race([once(child.stderr, 'data'), exit.then((code) => Promise.reject(new Error(`exit ${code}: ${text}`)))]);
    }
  };
  return { exit, text: () => text, line, stop: (signal) => void child.kill(signal) };
}

describe('the service as a program', () => {
  test.each([
    ['PORT', 'http'],
    ['PARLEY_DEMO', 'perhaps'],
    ['EVENTSTORE_URL', 'localhost:2113'],
    ['EVENTSTORE_URL', 'esdb://localhost:2113?tls=perhaps'],
  ])('does not start with %s=%s, and says what to do', async (name, value) => {
    const service = run({ [name]: value });
    expect(await service.exit).toBe(1);
    expect(service.text()).toContain(name);
    expect(service.text()).not.toContain('    at ');
  });

  test('does not start on a port in use, nor on a folder in use; stops on SIGTERM with what was acknowledged', async () => {
    const service = run({});
    const url = /http:\S+/.exec(await service.line('answers on'))![0];
    const answer = await fetch(`${url}/crises/c`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"C"}',
    });
    expect(answer.status).toBe(201);

    const second = run({});
    expect(await second.exit).toBe(1);
    expect(second.text()).toContain('PARLEY_DATA_DIR');
    expect(second.text()).not.toContain('    at ');

    service.stop('SIGTERM');
    expect(await service.exit).toBe(0);

    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const third = run({ PORT: String((taken.address() as AddressInfo).port) });
    expect(await third.exit).toBe(1);
    expect(third.text()).toContain('is in use');
    taken.close();

    const fourth = run({});
    const again = /http:\S+/.exec(await fourth.line('answers on'))![0];
    const repeat = await fetch(`${again}/crises/c`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"C"}',
    });
    expect(repeat.status).toBe(200);
    fourth.stop('SIGINT');
    expect(await fourth.exit).toBe(0);
  });
});

describe('operations', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.remove());

  test('tell that the service is live and ready', async () => {
    expect((await service.get('/health/live')).body).toEqual({ status: 'up' });
    const ready = await service.get('/health/ready');
    expect([ready.status, ready.body]).toEqual([
      200,
      {
        status: 'ready',
        reasons: [],
        store: { id: expect.any(String), head: '0' },
        readSide: { position: '0', lag: '0', staleFor: 0, caughtUp: true, parked: 0 },
        demo: 'off',
      },
    ]);
  });

  test('count commands and requests', async () => {
    await openCrisis(service, 'c');
    await service.post('/crises/c/tracks/talks/developments', statement({ speaker: 'nobody' }));
    const { body, headers } = await service.get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toContain('parley_commands_total{result="recorded"} 6');
    expect(body).toContain('parley_commands_total{result="unknown-actor"} 1');
    expect(body).toContain(
      'parley_http_request_duration_seconds_count{method="POST",route="/crises/:crisis/tracks/:track/developments",status="422"} 1',
    );
    expect(body).toContain('parley_log_head_position 6');
    for (const name of [
      'parley_lag_positions',
      'parley_parked_events',
      'process_resident_memory_bytes',
      'nodejs_eventloop_delay_p99_seconds',
    ])
      expect(body).toMatch(new RegExp(`^${name} [\\d.e+-]+$`, 'm'));
  });

  test('describe every call in a valid OpenAPI document', async () => {
    const { body: document } = await service.get('/openapi.json');
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
    const described = Object.entries<any>(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described).toEqual(
      expect.arrayContaining(['PUT /crises/:crisis', 'POST /crises/:crisis/closure', 'POST /import', 'GET /health/ready', 'GET /metrics']),
    );
    const served = service.calls.filter((call) => !/^(HEAD|OPTIONS) |\/(docs|openapi|asyncapi)/.test(call));
    expect(described.sort()).toEqual(served.sort());
  });

  test('describe bodies by the rules that they are checked against', async () => {
    const { schemas } = (await service.get('/openapi.json')).body.components;
    expect(schemas.Development.oneOf).toHaveLength(16);
    expect(schemas.MeetingHeld).toMatchObject({
      additionalProperties: false,
      properties: {
        type: { enum: ['MeetingHeld'] },
        durationMinutes: { type: 'integer', minimum: 1 },
        participants: { type: 'array', minItems: 1, uniqueItems: true },
      },
      required: expect.arrayContaining(['type', 'occurredAt', 'summary', 'reports', 'participants']),
    });
    expect(schemas.DevelopmentCorrected.required.sort()).toEqual(['changes', 'reason']);
  });

  test('serve a page to browse the calls, with nothing from elsewhere', async () => {
    const page = await service.get('/docs');
    expect(page.status).toBe(200);
    expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect((await service.get('/docs/swagger-ui-bundle.js')).status).toBe(200);
  });
});
