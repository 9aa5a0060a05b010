import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Service } from './command-service.js';

// From the project's root, where tests are run.
const lines = readFileSync('data/nato-russia-2022.ndjson', 'utf8').trimEnd().split('\n');

let service: Service;
beforeEach(async () => {
  service = await Service.start();
});
afterEach(() => service.remove());

/** Starts the service again, with its demo, and waits until it is ready. */
async function restartWithDemo(): Promise<{ demo: string; head: string }> {
  await service.stop();
  await service.start({ PARLEY_DEMO: 'on' });
  for (;;) {
    const { status, body } = await service.get('/health/ready');
    if (status === 200) return { demo: body.demo, head: body.store.head };
    await setTimeout(10);
  }
}

describe('the demo', () => {
  test('fills an empty store, once', async () => {
    expect(await restartWithDemo()).toEqual({ demo: 'filled', head: String(lines.length) });
    expect(await restartWithDemo()).toEqual({ demo: 'filled', head: String(lines.length) });
  });

  test('fills up what was left half filled', async () => {
    await service.import(lines.slice(0, 60));
    expect(await restartWithDemo()).toEqual({ demo: 'filled', head: String(lines.length) });
    expect((await service.import(lines)).every(({ status }) => status === 'unchanged')).toBe(true);
  });

  test('keeps what users recorded on it', async () => {
    await restartWithDemo();
    const address = '/crises/nato-russia-2022/tracks/us-russia/developments';
    const mine = {
      id: 'mine',
      type: 'StatementMade',
      occurredAt: '2022-01-28',
      summary: 'Words.',
      speaker: 'russia',
      reports: [{ source: 'tass' }],
    };
    expect((await service.post(address, mine)).status).toBe(201);
    expect(await restartWithDemo()).toEqual({ demo: 'filled', head: String(lines.length + 1) });
  });

  test('leaves a store with other crises alone', async () => {
    await service.put('/crises/gulf', { title: 'The Gulf' });
    expect(await restartWithDemo()).toEqual({ demo: 'off', head: '1' });
  });
});
