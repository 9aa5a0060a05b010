// npm run keep-log: writes the log of this release's version, where there is none yet.
import { existsSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { projectRoot } from '#crisis/testing/project-files.js';
import { SCHEMA_VERSION } from '#crisis/upcast.js';
import { keptLogFile, keptText, ScratchLog } from './kept-log.js';

const file = keptLogFile(SCHEMA_VERSION);
const name = relative(projectRoot(), file);
if (existsSync(file)) {
  console.error(`${name} is there: a kept log is never changed. A release that writes otherwise has another SCHEMA_VERSION.`);
  process.exitCode = 1;
} else {
  await using log = await ScratchLog.open();
  const rejected = (await log.tell()).filter(({ status }) => status !== 'recorded');
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected[0]));
  writeFileSync(file, keptText(await log.events()));
  console.log(`${name} written`);
}
