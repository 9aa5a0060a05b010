// The header Parley-Lag: how stale the answer to a read may be.
//
// In seconds, such as `0` or `12.3`: for how long the log may hold what the answer does not include. `unknown`: the read side has
// not been level with the log since the service was started.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { LogWatch } from '../event-log/log-watch.js';

const READS = /^\/(crises|projections)(\/|$)/;

export function tellLag(fastify: FastifyInstance, watch: Pick<LogWatch, 'lag'>): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const isRead = (request.method === 'GET' || request.method === 'HEAD') && READS.test(request.routeOptions.url ?? '');
    if (isRead && !isForEver(reply)) void reply.header('parley-lag', lagText(watch.lag));
    done();
  });
}

/** What a permalink names includes all that it is to include: a header that moves has no place on it. */
function isForEver(reply: FastifyReply): boolean {
  return String(reply.getHeader('cache-control')).includes('immutable');
}

export function lagText(lag: number | undefined): string {
  return lag === undefined ? 'unknown' : String(Math.round(lag * 1000) / 1000);
}
