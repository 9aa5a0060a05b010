// The service over HTTP, from its parts. It is the larger half of what is loaded: start.ts loads it while the threads of the log and
// the read side start.
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, type Parts } from './app.module.js';
import { serveAsyncApi } from './asyncapi/document.js';
import { allowOrigins } from './http/cross-origin.js';
import { tellLag } from './http/lag-header.js';
import { createHttpServer } from './http/server.js';
import { nestLogger } from './log.js';
import { serveDocument } from './openapi/document.js';
import type { Settings } from './settings.js';
import { StartRefused } from './start-refused.js';

/** How long requests under way may take once the service is told to stop, ms. */
const PATIENCE_MS = 3000;

export interface Served {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Every call that is served, such as `PUT /crises/:crisis`. */
  readonly calls: readonly string[];
}

/** @param opened takes what is to be closed @throws StartRefused */
export async function serve(parts: Omit<Parts, 'routes'>, opened: AsyncDisposableStack): Promise<Served> {
  const { settings, log, metrics, watch } = parts;
  const { adapter, routes } = createHttpServer();
  metrics.observe(adapter.getInstance());
  tellLag(adapter.getInstance(), watch);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of({ ...parts, routes }), adapter, {
    bodyParser: false,
    logger: nestLogger(log),
    abortOnError: false,
  });
  opened.defer(() => closeServer(app));
  allowOrigins(app, settings);
  serveDocument(app);
  serveAsyncApi(app);
  const url = await listen(app, settings);
  return { url, calls: routes.calls };
}

async function listen(app: NestFastifyApplication, { host, port }: Settings): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${port} on ${host} is in use. Stop what listens there, or set PORT to another port.`,
      EACCES: `Port ${port} needs rights that this process has not. Set PORT to a port above 1023.`,
      EADDRNOTAVAIL: `${host} is no address of this machine. Set HOST to one, such as 127.0.0.1.`,
      ENOTFOUND: `${host} is not known by that name. Set HOST to an address of this machine, such as 127.0.0.1.`,
    };
    throw reasons[code] === undefined ? error : new StartRefused(reasons[code], { cause: error });
  }
  const { family, port: taken } = app.getHttpServer().address() as { family: string; port: number };
  const everywhere = host === '0.0.0.0' || host === '::';
  return `http://${everywhere ? 'localhost' : family === 'IPv6' ? `[${host}]` : host}:${taken}`;
}

/** Connections that are still busy after the time of grace are cut. */
async function closeServer(app: NestFastifyApplication): Promise<void> {
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), PATIENCE_MS);
  await app.close();
  clearTimeout(cut);
}
