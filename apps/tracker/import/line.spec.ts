import { describe, expect, test } from '@jest/globals';
import { readLine } from './line.js';

function read(line: unknown): ReturnType<typeof readLine> {
  return readLine(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)));
}

function faultsOf(line: unknown): readonly (string | undefined)[] {
  const result = read(line);
  if (result.kind !== 'invalid') throw new Error(`it is a ${result.kind}`);
  return result.problem.errors.map(({ pointer }) => pointer);
}

const statement = { type: 'StatementMade', crisis: 'c', track: 't', id: 'd', occurredAt: '2022-01-12', summary: 'Words.' };

describe('a line of an import', () => {
  test('of a crisis opens it, and has the crisis for its id', () => {
    expect(read({ type: 'CrisisOpened', crisis: 'c', title: 'T', recordedAt: '2022-01-12T18:00:00Z' })).toEqual({
      kind: 'register',
      id: 'c',
      recordedAt: Date.UTC(2022, 0, 12, 18),
      command: { type: 'CrisisOpened', crisis: 'c', entry: undefined, imported: true, content: { title: 'T' } },
    });
  });

  test('of a register carries the name and the number of the entry', () => {
    expect(read({ type: 'SourceRegraded', crisis: 'c', id: 'tass', entry: 2, reliability: 'C' })).toMatchObject({
      kind: 'register',
      id: 'tass',
      command: { type: 'SourceRegraded', id: 'tass', entry: 2, content: { reliability: 'C' } },
    });
  });

  test('of a track is named by its track', () => {
    expect(read({ type: 'TrackOpened', crisis: 'c', track: 't', title: 'T', parties: ['a'] })).toMatchObject({
      kind: 'opening',
      id: 't',
      command: { type: 'TrackOpened', track: 't', content: { title: 'T', parties: ['a'] } },
    });
  });

  test('of a development has its content without id, crisis, track and record time', () => {
    expect(read({ ...statement, recordedAt: '2022-01-13T00:00:00+03:00' })).toEqual({
      kind: 'record',
      id: 'd',
      recordedAt: Date.UTC(2022, 0, 12, 21),
      command: { crisis: 'c', track: 't', id: 'd', content: { type: 'StatementMade', occurredAt: '2022-01-12', summary: 'Words.' } },
    });
  });

  test('about a development keeps the development that it names', () => {
    expect(read({ type: 'DevelopmentRetracted', crisis: 'c', track: 't', id: 'r', development: 'd', reason: 'duplicate' })).toMatchObject({
      command: { id: 'r', content: { type: 'DevelopmentRetracted', development: 'd', reason: 'duplicate' } },
    });
  });

  test('without an id gets the same one each time that it is sent, and another one has another', () => {
    const { id: _id, ...anonymous } = statement;
    expect(read(anonymous).id).toBe(read({ ...anonymous, recordedAt: '2022-01-13T00:00:00Z' }).id);
    expect(read(anonymous).id).not.toBe(read({ ...anonymous, summary: 'Other words.' }).id);
  });

  test.each([
    ['is no JSON', '{"type"', ['']],
    ['is a list', [], ['']],
    ['is null', null, ['']],
    ['has no type', { crisis: 'c' }, ['/type']],
    ['has a type that is none', { type: 'constructor', crisis: 'c' }, ['/type']],
    ['names neither crisis nor track', { type: 'StatementMade' }, ['/crisis', '/track']],
    ['has names that are no slugs', { ...statement, crisis: 'C', track: 7, id: 'a b' }, ['/crisis', '/track', '/id']],
    ['registers nobody', { type: 'ActorRegistered', crisis: 'c', name: 'A', kind: 'state' }, ['/id']],
    ['has an entry of no number', { type: 'IssueRaised', crisis: 'c', id: 'i', entry: 0, title: 'I' }, ['/entry']],
    ['has a record time without a zone', { ...statement, recordedAt: '2022-01-13' }, ['/recordedAt']],
  ])('that %s is invalid', (_, line, pointers) => {
    expect(faultsOf(line)).toEqual(pointers);
  });
});
