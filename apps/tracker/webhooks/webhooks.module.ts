import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { EventStore } from '#event-store/port.js';
import type { ReadSide } from '#projections/read-side.js';
import type { LogWatch } from '../event-log/log-watch.js';
import type { Log } from '../log.js';
import type { Metrics } from '../operations/metrics.js';
import type { Settings } from '../settings.js';
import { StartRefused } from '../start-refused.js';
import { EVENT_STORE, LOG, LOG_WATCH, METRICS, READ_SIDE, SETTINGS } from '../tokens.js';
import { SYSTEM_CLOCK } from './clock.js';
import { Sender } from './send.js';
import { WebhookFile, WebhookFileUnusable } from './webhook-file.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhooksController } from './webhooks.controller.js';
import { Webhooks } from './webhooks.js';

/** Webhooks. Whoever imports it provides what is injected here, globally. */
@Module({
  controllers: [WebhooksController],
  providers: [
    { provide: Sender, inject: [SETTINGS], useFactory: ({ webhookPrivate }: Settings) => new Sender({ allowPrivate: webhookPrivate }) },
    {
      provide: Webhooks,
      inject: [SETTINGS, Sender, EVENT_STORE, READ_SIDE, LOG_WATCH, METRICS, LOG],
      useFactory: (
        settings: Settings,
        sender: Sender,
        store: EventStore,
        readSide: ReadSide,
        watch: LogWatch,
        metrics: Metrics,
        log: Log,
      ) => {
        const file = openFile(join(settings.dataDir, 'webhooks.sqlite'));
        const measured = new WebhookMetrics(metrics.registry, () => file.parkedCount());
        return new Webhooks({ file, sender, store, readSide, watch, metrics: measured, log, clock: SYSTEM_CLOCK, random: Math.random });
      },
    },
  ],
})
export class WebhooksModule {}

/** @throws StartRefused */
function openFile(path: string): WebhookFile {
  try {
    return WebhookFile.open(path);
  } catch (error) {
    if (!(error instanceof WebhookFileUnusable)) throw error;
    throw new StartRefused(`${error.message}. Restore it from a backup, or move it away and register the webhooks again.`, {
      cause: error,
    });
  }
}
