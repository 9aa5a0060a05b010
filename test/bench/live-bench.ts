// npm run bench:live: what the issue promises of live connections and replay, in one run on this machine.
// Arguments: which parts (1 to 4; all of them), and smaller numbers to try it: --connections --seconds --cut-seconds --developments
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fanOut } from './live-fan-out.js';
import { cutAndResume } from './live-resume.js';
import { replayFrames } from './live-replay.js';
import { silentReaders } from './live-silent.js';
import { printTable, type Row } from './measure.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    'cut-seconds': { type: 'string', default: '60' },
    developments: { type: 'string', default: '100000' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
const rows: Row[] = [];
const tell = (row: Row): void => {
  rows.push(row);
  console.error(`${row.what}: ${row.figure}`);
};
const seconds = Number(values.seconds);
const parts: Record<string, (folder: string) => Promise<void>> = {
  1: (data) => fanOut(data, { connections: Number(values.connections), seconds }, tell),
  2: (data) => silentReaders(data, tell),
  3: (data) => cutAndResume(data, { seconds: Number(values['cut-seconds']) }, tell),
  4: (data) => replayFrames(data, { developments: Number(values.developments) }, tell),
};
try {
  for (const part of positionals.length > 0 ? positionals : Object.keys(parts)) await parts[part]!(join(folder, part));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
printTable([['what', 'figure', 'aim'], ...rows.map(({ what, figure, aim = '' }) => [what, figure, aim])]);
