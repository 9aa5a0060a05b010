// The client where nothing of Node is: its built files, in a context that has what browsers have and nothing else.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import vm from 'node:vm';
import { openCrisis, Service, statement } from '../e2e/command-service.js';

const LIBRARY = new URL('../../libs/client/', import.meta.url);
/** What of the web platform the client may use. */
const WEB = {
  fetch,
  Response,
  ReadableStream,
  TextEncoder,
  TextDecoder,
  AbortController,
  AbortSignal,
  setTimeout,
  clearTimeout,
};

let service: Service;
beforeAll(async () => {
  service = await Service.start();
  await openCrisis(service, 'gulf');
});
afterAll(() => service.remove());

it('the built files import each other alone, by their addresses', () => {
  const files = readdirSync(LIBRARY).filter((file) => file.endsWith('.js') && !file.endsWith('.spec.js'));
  expect(files).toContain('client.js');
  for (const file of files) {
    const text = readFileSync(new URL(file, LIBRARY), 'utf8');
    const { moduleRequests } = new vm.SourceTextModule(text) as unknown as { moduleRequests: { specifier: string }[] };
    for (const { specifier } of moduleRequests) expect(files).toContain(specifier.replace(/^\.\//, ''));
    expect(text).not.toMatch(/\bimport\(\s*['"`]/);
    expect(text).not.toMatch(/\b(?:require\(|process\.|Buffer\.|globalThis|setImmediate)/);
  }
});

it('records, reads, replays and listens without anything of Node', async () => {
  const context = vm.createContext({ ...WEB, baseUrl: service.url, body: statement({ id: 'first' }) });
  const script = `
    const client = new ParleyClient({ baseUrl });
    const live = client.live('gulf', { minPosition: '6' });
    const snapshot = await live.next();
    await client.record('gulf', 'talks', body);
    const development = await live.next();
    await live.return();
    const frames = [];
    for await (const frame of client.replay('gulf')) frames.push(frame);
    const results = [];
    for await (const result of client.import([{ type: 'IssueRaised', crisis: 'gulf', id: 'passage', title: 'Passage' }])) results.push(result);
    export const seen = JSON.stringify({
      snapshot: snapshot.value.event,
      development: development.value.data.development.id,
      read: (await client.track('gulf', 'talks')).track.developments,
      frames: frames.length,
      imported: results.map(({ status }) => status),
      refused: await client.crisis('nowhere').catch((error) => error instanceof ParleyProblem && error.code),
      node: [typeof process, typeof require, typeof Buffer],
    });
  `;
  const imports = `import { ParleyClient } from './client.js'; import { ParleyProblem } from './problem.js';`;
  const { seen } = (await runModule(imports + script, context)) as { seen: string };
  expect(JSON.parse(seen)).toEqual({
    snapshot: 'snapshot',
    development: 'first',
    read: 1,
    frames: 3,
    imported: ['recorded'],
    refused: 'unknown-crisis',
    node: ['undefined', 'undefined', 'undefined'],
  });
});

it('does what the guide shows', async () => {
  const guide = readFileSync('docs/guide.md', 'utf8'); // from the project's root, where tests are run
  const [, sample] = /^## The client$.*?^```js\n(.*?)^```$/ms.exec(guide)!;
  await service.import(readFileSync('data/nato-russia-2022.ndjson', 'utf8').trimEnd().split('\n'));
  const stop = new AbortController();
  const shown: string[] = [];
  const show = (...words: unknown[]): void => {
    shown.push(words.join(' '));
    if (shown.length === 2) void service.post('/crises/nato-russia-2022/tracks/us-russia/developments', suspended);
    if (shown.length === 3) stop.abort(new Error('enough'));
  };
  const suspended = { type: 'TrackSuspended', occurredAt: '2022-01-29', summary: 'It rests.', reports: [{ source: 'tass' }] };
  const context = vm.createContext({ ...WEB, signal: stop.signal, console: { log: show } });
  await expect(runModule(sample!.replace('http://127.0.0.1:3000', service.url), context)).rejects.toThrow('enough');
  expect(shown).toEqual(['lavrov-awaits-reply', '4 tracks', 'us-russia is suspended']);
});

async function runModule(source: string, context: vm.Context): Promise<object> {
  const modules = new Map<string, vm.SourceTextModule>();
  const load = (specifier: string): vm.SourceTextModule => {
    const address = new URL(specifier, LIBRARY).href;
    let module = modules.get(address);
    if (module === undefined) {
      module = new vm.SourceTextModule(readFileSync(new URL(address), 'utf8'), { context, identifier: address });
      modules.set(address, module);
    }
    return module;
  };
  const main = new vm.SourceTextModule(source, { context, identifier: 'main' });
  await main.link(load);
  await main.evaluate();
  return main.namespace;
}
