import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCrisis, Service, statement } from './command-service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
  await openCrisis(service, 'c');
});
afterAll(() => service.remove());

const line = (id: string, more: object = {}): object => statement({ crisis: 'c', track: 'talks', id, ...more });

describe('an import', () => {
  test('records the good lines around the bad ones, and tells of each', async () => {
    const results = await service.import([
      line('d1'),
      '',
      '{"type": "StatementMade",',
      line('d2', { speaker: 'nobody' }),
      '   ',
      line('d3', { mood: 'grim' }),
      { ...line('d4'), crisis: 'nowhere' },
      'x'.repeat(70_000),
      `${JSON.stringify(line('d5'))}\r`,
      line('d1'),
      line('d1', { summary: 'Something else.' }),
      line('d6'),
    ]);
    expect(results.map(({ line: number, id, status, problem }) => [number, id, status, problem?.code])).toEqual([
      [1, 'd1', 'recorded', undefined],
      [3, null, 'rejected', 'malformed-json'],
      [4, 'd2', 'rejected', 'unknown-actor'],
      [6, 'd3', 'rejected', 'invalid-body'],
      [7, 'd4', 'rejected', 'unknown-crisis'],
      [8, null, 'rejected', 'line-too-long'],
      [9, 'd5', 'recorded', undefined],
      [10, 'd1', 'unchanged', undefined],
      [11, 'd1', 'rejected', 'id-taken'],
      [12, 'd6', 'recorded', undefined],
    ]);
    expect(results[2].problem.errors).toEqual([{ pointer: '/speaker', detail: expect.any(String) }]);
    expect(results[0]).toMatchObject({ position: expect.stringMatching(/^\d+$/), recordedAt: expect.stringMatching(/Z$/) });
    expect(results[7].position).toBe(results[0].position);
  });

  test('records an archive before the lines behind it that are recorded now', async () => {
    const lines = [
      { type: 'CrisisOpened', crisis: 'tail', title: 'An archive with a live tail' },
      { type: 'ActorRegistered', crisis: 'tail', id: 'russia', name: 'Russia', kind: 'state' },
      { type: 'SourceRegistered', crisis: 'tail', id: 'tass', name: 'TASS', reliability: 'B' },
      { type: 'TrackOpened', crisis: 'tail', track: 'talks', title: 'Talks', parties: ['russia'] },
      { type: 'TrackOpened', crisis: 'tail', track: 'other', title: 'Other', parties: ['russia'] },
      statement({ crisis: 'tail', track: 'talks', id: 'first', recordedAt: '2022-01-12T18:00:00Z' }),
      statement({ crisis: 'tail', track: 'talks', id: 'second', recordedAt: '2022-01-13T18:00:00Z' }),
      statement({ crisis: 'tail', track: 'talks', id: 'now' }),
      statement({ crisis: 'tail', track: 'other', id: 'now-too' }),
    ];
    const results = await service.import(lines);
    expect(results.map(({ status }) => status)).toEqual(lines.map(() => 'recorded'));
    expect(results[5].recordedAt).toBe('2022-01-12T18:00:00.000Z');
  });

  test('can be repeated, also without ids', async () => {
    const lines = [
      { type: 'CrisisOpened', crisis: 'again', title: 'Again' },
      { type: 'ActorRegistered', crisis: 'again', id: 'russia', name: 'Russia', kind: 'state' },
      { type: 'SourceRegistered', crisis: 'again', id: 'tass', name: 'TASS', reliability: 'B' },
      { type: 'SourceRegraded', crisis: 'again', id: 'tass', reliability: 'C' },
      { type: 'TrackOpened', crisis: 'again', track: 'talks', title: 'Talks', parties: ['russia'] },
      statement({ crisis: 'again', track: 'talks', id: 'said', recordedAt: '2022-01-12T18:00:00Z' }),
      statement({ crisis: 'again', track: 'talks', recordedAt: '2022-01-13T18:00:00Z', summary: 'Without an id.' }),
      {
        type: 'DevelopmentCorrected',
        crisis: 'again',
        track: 'talks',
        id: 'corrected',
        development: 'said',
        changes: { summary: 'Else.' },
        reason: 'translation',
        recordedAt: '2022-01-14T18:00:00Z',
      },
      { type: 'CrisisClosed', crisis: 'again' },
    ];
    const first = await service.import(lines);
    expect(first.map(({ status }) => status)).toEqual(lines.map(() => 'recorded'));
    expect(first[5].recordedAt).toBe('2022-01-12T18:00:00.000Z');
    const again = await service.import(lines);
    expect(again).toEqual(first.map((result) => ({ ...result, status: 'unchanged' })));
  });

  test('answers each line as soon as it is durable, while the request goes on', async () => {
    const stream = service.openImport();
    for (const id of ['s1', 's2', 's3']) {
      stream.send(`${JSON.stringify(line(id))}\n`);
      expect(await stream.next()).toMatchObject({ id, status: 'recorded' });
    }
    stream.send(JSON.stringify(line('s4')));
    stream.end();
    expect(await stream.next()).toMatchObject({ line: 4, id: 's4', status: 'recorded' });
    expect(await stream.next()).toBeUndefined();
  });

  test('that its client leaves does no harm', async () => {
    const stream = service.openImport();
    stream.send(`${JSON.stringify(line('left'))}\n{"type":`);
    await stream.next();
    stream.abort();
    await setTimeout(50);
    expect((await service.import([line('left'), line('after')])).map(({ status }) => status)).toEqual(['unchanged', 'recorded']);
  });

  test('of thousands of lines keeps their order', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) => line(`many-${n}`));
    const results = await service.import(lines);
    expect(results.map(({ id }) => id)).toEqual(lines.map((_, n) => `many-${n}`));
    expect(results.every(({ status }) => status === 'recorded')).toBe(true);
    const positions = results.map(({ position }) => Number(position));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });

  test('refers to what its earlier lines have recorded on other tracks', async () => {
    const results = await service.import([
      { type: 'TrackOpened', crisis: 'c', track: 'council', title: 'Council', parties: ['russia'] },
      line('asked'),
      line('answered', { track: 'council', relatesTo: [{ development: 'talks/asked', relation: 'answers' }], alsoOn: ['talks'] }),
      {
        type: 'DevelopmentRetracted',
        crisis: 'c',
        track: 'talks',
        id: 'gone',
        development: 'asked',
        reason: 'duplicate',
        replacedBy: 'council/answered',
      },
      { type: 'DevelopmentReinstated', crisis: 'c', track: 'talks', id: 'back', development: 'asked' },
    ]);
    expect(results.map(({ status, problem }) => [status, problem?.detail])).toEqual(results.map(() => ['recorded', undefined]));
  });

  test('of nothing answers nothing', async () => {
    expect(await service.import([])).toEqual([]);
    expect(await service.import(['', '  ', ''])).toEqual([]);
  });
});
