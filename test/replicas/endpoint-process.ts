// An endpoint in a process of its own, as a server would be: node endpoint-process.js prints its url and serves until stdin ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startEndpoint } from '../support/eventstoredb-endpoint.js';

const PROGRAM = fileURLToPath(import.meta.url);

export interface EndpointProcess {
  readonly url: string;
  close(): Promise<void>;
}

export async function spawnEndpoint(): Promise<EndpointProcess> {
  const child = spawn(process.execPath, ['--no-warnings', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  const close = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
  return { url: url.toString().trim(), close };
}

if (process.argv[1] === PROGRAM) {
  const { url, close } = await startEndpoint();
  process.stdout.write(`${url}\n`);
  process.stdin.resume().once('end', () => void close().then(() => process.exit()));
}
