// Which pages of other origins may call the service from a browser (CORS, in the Fetch standard).
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../settings.js';

/** What a page may send beside what every page may. */
const REQUEST_HEADERS = [
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Parley-Position',
  'Parley-Recorder',
  'X-Correlation-Id',
];
/** What a page may read beside what every page may. */
const RESPONSE_HEADERS = ['ETag', 'Link', 'Location', 'Parley-Lag', 'Parley-Position', 'Retry-After', 'X-Correlation-Id'];
/** How long a browser need not ask again, s. */
const MAX_AGE = 7200;

/** With no origin, nothing: browsers then keep pages of other origins out. */
export function allowOrigins(app: NestFastifyApplication, { allowedOrigins }: Pick<Settings, 'allowedOrigins'>): void {
  if (allowedOrigins.length === 0) return;
  app.enableCors({
    origin: allowedOrigins === '*' ? '*' : [...allowedOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: RESPONSE_HEADERS,
    maxAge: MAX_AGE,
  });
}
