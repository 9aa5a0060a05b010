import type { ArgumentsHost } from '@nestjs/common';
import { describe, expect, test } from '@jest/globals';
import { refusal } from '#crisis/refusal.js';
import { OutcomeUnknown, StoreUnavailable } from '#event-store/port.js';
import { ReadRefused } from '#projections/read-side.js';
import { RouteTable } from './http/route-table.js';
import { createLog } from './log.js';
import { Problem } from './problem.js';
import { ProblemFilter } from './problem-filter.js';
import { CommandRefused, StoreAway } from './recording/recorder.js';

interface Told {
  status?: number;
  headers: Record<string, string>;
  body?: any;
  destroyed: boolean;
}

/** What a caller is told of an error, and what stands in the log. */
function tell(error: unknown, headersSent = false): { told: Told; logged: string } {
  const told: Told = { headers: {}, destroyed: false };
  const reply = {
    raw: { headersSent, destroy: () => (told.destroyed = true) },
    code: (status: number) => ((told.status = status), reply),
    header: (name: string, value: string) => ((told.headers[name] = value), reply),
    type: (type: string) => ((told.headers['Content-Type'] = type), reply),
    send: (text: string) => (told.body = JSON.parse(text)),
  };
  const request = { id: 'c-1', method: 'GET', url: '/crises/c?asOf=2022' };
  const lines: string[] = [];
  const log = createLog('debug', lines.push.bind(lines));
  const filter = new ProblemFilter(log, new RouteTable());
  const handle = filter.catch.bind(filter);
  handle(error, { switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }) } as unknown as ArgumentsHost);
  return { told, logged: lines.join('') };
}

describe('an error', () => {
  test('that is a problem is told as it is', () => {
    const { told, logged } = tell(new Problem(410, 'projection-gone', 'It is gone', [{ parameter: 'permalink', detail: 'is gone' }]));
    expect(told).toMatchObject({ status: 410, body: { code: 'projection-gone', errors: [{ parameter: 'permalink', detail: 'is gone' }] } });
    expect(told.headers).toMatchObject({ 'Content-Type': 'application/problem+json', 'X-Correlation-Id': 'c-1' });
    expect(logged).toBe('');
  });

  test.each([
    ['invalid', 400],
    ['not-found', 404],
    ['conflict', 409],
    ['precondition', 412],
    ['rule', 422],
    ['unavailable', 503],
  ] as const)('that is a refusal of kind %s has status %i', (kind, status) => {
    expect(tell(new CommandRefused(refusal(kind, 'some-code', 'No.'))).told).toMatchObject({
      status,
      body: { code: 'some-code', detail: 'No.' },
    });
    expect(tell(new ReadRefused(refusal(kind, 'some-code', 'No.'))).told.status).toBe(status);
  });

  test.each([new StoreAway('away'), new StoreUnavailable('away'), new OutcomeUnknown('away')])(
    'of the store says when to come back: %s',
    (error) => {
      const { told } = tell(error);
      expect(told).toMatchObject({ status: 503, body: { code: 'store-away' }, headers: { 'Retry-After': '1' } });
    },
  );

  test('that nobody foresaw is logged and not told', () => {
    const { told, logged } = tell(new TypeError('secret.path is not a function'));
    expect(told).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(told.body)).not.toContain('secret');
    expect(logged).toContain('secret.path');
    expect(logged).toContain('c-1');
  });

  test('in an answer that has begun cuts it', () => {
    expect(tell(new Error('late'), true).told).toEqual({ headers: {}, destroyed: true });
  });
});
