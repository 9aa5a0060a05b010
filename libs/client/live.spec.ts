import { describe, expect, it } from '@jest/globals';
import { liveMessages, type LiveOptions } from './live.js';
import { ParleyProblem } from './problem.js';

const ask = 'retry: 1\n\n';
const message = (n: number): string => `id: s:${n}.0\nevent: track\ndata: {"n":${n}}\n\n`;

describe('a live connection', () => {
  it('goes on after the last whole message, and ends where it is told not to come back', async () => {
    const service = answering(ask + message(1) + message(2).slice(0, -1), message(2), new Response(null, { status: 204 }));
    const lost: (string | undefined)[] = [];
    const heard = await Array.fromAsync(liveMessages(service.connect, { onLost: (error) => lost.push((error as Error)?.name) }));
    expect(heard).toEqual([1, 2].map((n) => ({ event: 'track', id: `s:${n}.0`, data: { n } })));
    expect(service.asked).toEqual([undefined, 's:1.0', 's:2.0']);
    expect(lost).toEqual([undefined, undefined]);
  });

  it('begins after what somebody has had already', async () => {
    const service = answering(new Response(null, { status: 204 }));
    expect(await Array.fromAsync(liveMessages(service.connect, { after: 's:7.1' }))).toEqual([]);
    expect(service.asked).toEqual(['s:7.1']);
  });

  it('tells that what was told before is void, and goes on from the fresh start', async () => {
    const resync = 'event: resync\ndata: {"reason":"of another log"}\n\n';
    const service = answering(`${ask}${resync}id: t:9\nevent: snapshot\ndata: {}\n\n`, new Response(null, { status: 204 }));
    const heard = await Array.fromAsync(liveMessages(service.connect, { after: 's:1.0' }));
    expect(heard.map(({ event, id }) => [event, id])).toEqual([
      ['resync', undefined],
      ['snapshot', 't:9'],
    ]);
    expect(service.asked).toEqual(['s:1.0', 't:9']);
  });

  it('tries again what may pass, never sooner than told, and throws what will not', async () => {
    const told: number[] = [];
    const away = () => problem(503, 'store-away', { 'retry-after': '0.2' });
    const service = answering(ask, new TypeError('fetch failed'), away(), problem(404, 'unknown-crisis'));
    const started = performance.now();
    const heard = Array.fromAsync(liveMessages(service.connect, { onLost: (_error, ms) => told.push(ms) }));
    await expect(heard).rejects.toMatchObject({ name: 'ParleyProblem', status: 404, code: 'unknown-crisis' });
    expect(told).toHaveLength(3);
    expect(told[2]).toBeGreaterThanOrEqual(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(200);
  });

  it('waits longer with every failure in a row, and never as long as anybody else', async () => {
    const told: number[] = [];
    const failures = Array.from({ length: 6 }, () => new TypeError('fetch failed'));
    const service = answering(ask + message(1), ...failures, new Response(null, { status: 204 }));
    await Array.fromAsync(liveMessages(service.connect, { onLost: (_error, ms) => told.push(ms) }));
    told.forEach((ms, n) => {
      expect(ms).toBeGreaterThanOrEqual(2 ** n);
      expect(ms).toBeLessThan(2 ** n * 1.5 + 1);
    });
    expect(new Set(told).size).toBe(told.length);
  });

  it.each<[string, (signal: AbortSignal) => LiveOptions]>([
    ['while it is silent', (signal) => ({ signal })],
    ['while it waits to come back', (signal) => ({ signal, onLost: () => undefined })],
  ])('that is aborted %s throws the reason', async (_when, options) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const service = answering(options(stop.signal).onLost === undefined ? silent() : 'retry: 60000\n\n');
    const heard = Array.fromAsync(liveMessages(service.connect, options(stop.signal)));
    setTimeout(() => stop.abort(reason), 50);
    await expect(heard).rejects.toBe(reason);
  });
});

/** A service that gives one answer to each connection: a stream's text, a response, or no connection at all. */
function answering(...answers: (string | Response | Error | ((signal: AbortSignal) => Response))[]) {
  const asked: (string | undefined)[] = [];
  const connect = async (lastId: string | undefined, signal: AbortSignal): Promise<Response> => {
    asked.push(lastId);
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    const response = typeof answer === 'string' ? new Response(answer) : typeof answer === 'function' ? answer(signal) : answer;
    if (!response.ok) throw await ParleyProblem.of(response);
    return response;
  };
  return { asked, connect };
}

function silent() {
  return (signal: AbortSignal): Response =>
    new Response(
      new ReadableStream({ start: (controller) => signal.addEventListener('abort', () => controller.error(new Error('aborted'))) }),
    );
}

function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ status, code, detail: code }), { status, headers });
}
