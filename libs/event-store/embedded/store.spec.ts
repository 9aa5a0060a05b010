import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEventStore } from '../contract.js';
import { openEmbeddedStore } from './store.js';

let folder = '';

describeEventStore('embedded', {
  open: () => openEmbeddedStore({ folder: (folder = mkdtempSync(join(tmpdir(), 'parley-log-'))) }),
  reopen: () => openEmbeddedStore({ folder }),
  dispose: async () => rmSync(folder, { recursive: true, force: true }),
});
