import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openForWriting } from './log-file.js';
import type { WritableLog } from './log-file.js';
import { LogWriter } from './log-writer.js';
import type { AppendRequest } from './log-writer.js';

const append = (stream: string, expected = -1, bytes = 100): AppendRequest => ({
  stream,
  expected,
  fields: [randomUUID(), 'StatementMade', JSON.stringify('x'.repeat(bytes)), '{}'],
});

describe('a group of appends', () => {
  let folder: string;
  let log: WritableLog;
  let database: DatabaseSync;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-writer-'));
    log = openForWriting(folder);
    database = log.database;
  });
  afterEach(() => {
    database.close();
    log.lock.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is judged one after another, each by itself', () => {
    const writer = new LogWriter(database);
    const first = append('a');
    expect(writer.commit([first, append('a', 0), append('a', 0), first, append('b', 3), append('b')])).toEqual([
      { kind: 'appended', revision: 0, positions: [1] },
      { kind: 'appended', revision: 1, positions: [2] },
      { kind: 'wrong-revision', actual: 1 },
      { kind: 'appended', revision: 0, positions: [1] },
      { kind: 'wrong-revision', actual: -1 },
      { kind: 'appended', revision: 0, positions: [3] },
    ]);
  });

  test('for which the disk has no room is not written at all, and the next one is, without a gap', () => {
    const writer = new LogWriter(database);
    writer.commit([append('a')]);
    const { pages } = database.prepare('select page_count as pages from pragma_page_count').get() as { pages: number };
    database.exec(`pragma max_page_count = ${pages + 2}`);
    const [small, large] = writer.commit([append('a', 0), append('b', -1, 500_000)]);
    expect(small).toEqual({ kind: 'unavailable', reason: expect.stringContaining('full') });
    expect(large).toEqual(small);
    database.exec('pragma max_page_count = 1000000');
    expect(writer.commit([append('a', 0), append('b')])).toEqual([
      { kind: 'appended', revision: 1, positions: [2] },
      { kind: 'appended', revision: 0, positions: [3] },
    ]);
  });

  test('whose commit fails is of unknown outcome, and its repeat finds the truth', () => {
    const writer = new LogWriter(database);
    // A deferred constraint is what makes `commit` itself fail at will.
    database.exec(`
      pragma foreign_keys = on;
      create table owed (to_nobody integer references owed (rowid_of_none) deferrable initially deferred, rowid_of_none integer unique);
      create temp trigger fail after insert on event begin insert into owed (to_nobody) values (1); end`);
    const group = [append('a'), append('b')];
    const unknown = { kind: 'unknown', reason: expect.stringContaining('constraint') };
    expect(writer.commit(group)).toEqual([unknown, unknown]);
    database.exec('drop trigger fail');
    expect(writer.commit(group)).toEqual([
      { kind: 'appended', revision: 0, positions: [1] },
      { kind: 'appended', revision: 0, positions: [2] },
    ]);
  });
});
